package dev.selvedge.store;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.function.FunctionException;
import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Waiting for what must come, from a test's own thread. */
final class Awaited {
  private Awaited() {}

  static <T> T value(Future<T> operation) {
    return operation
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  static FunctionException failure(Future<?> operation) {
    CompletionException thrown = assertThrows(CompletionException.class, () -> value(operation));
    return assertInstanceOf(FunctionException.class, thrown.getCause());
  }

  static void until(String what, Callable<Boolean> condition) {
    try {
      Eventually.until(what, condition);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stop);
    }
  }
}
