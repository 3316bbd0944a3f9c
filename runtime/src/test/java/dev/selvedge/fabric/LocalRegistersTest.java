package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;

import org.junit.jupiter.api.AfterEach;

class LocalRegistersTest extends RegistersContract {
  private final Fabric fabric = Fabrics.local("test", options -> options.setEventLoopPoolSize(2));

  @Override
  Fabric fabric() {
    return fabric;
  }

  @AfterEach
  void close() throws Exception {
    await(fabric.close());
  }
}
