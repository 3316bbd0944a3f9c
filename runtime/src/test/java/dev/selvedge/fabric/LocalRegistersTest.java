package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;

import dev.selvedge.testing.TestTransport;
import org.junit.jupiter.api.AfterEach;

class LocalRegistersTest extends RegistersContract {
  private final Fabric fabric = TestTransport.fabric();

  @Override
  Fabric fabric() {
    return fabric;
  }

  @AfterEach
  void close() throws Exception {
    await(fabric.close());
  }
}
