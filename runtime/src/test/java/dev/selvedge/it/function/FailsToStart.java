package dev.selvedge.it.function;

import dev.selvedge.function.EdgeFunction;
import io.vertx.core.Future;

/** A function that cannot start. */
public final class FailsToStart extends EdgeFunction {
  @Override
  public Future<?> start() {
    throw new IllegalStateException("the oven is cold");
  }
}
