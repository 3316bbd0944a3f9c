package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Store;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends StoreContract {
  private static Vertx vertx;
  private static Stores stores;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    stores = Stores.memory(vertx);
  }

  @AfterAll
  static void stop() {
    await(stores.close());
    await(vertx.close());
  }

  @Override
  Store open(String name) {
    return stores.open(name);
  }

  @Override
  Vertx vertx() {
    return vertx;
  }

  @Test
  void namesThatCouldBeMistakenAreRefused() {
    for (String name : List.of("", "a:b", "a b", "x".repeat(65), "ä")) {
      assertThrows(FunctionException.class, () -> stores.open(name), name);
    }
  }
}
