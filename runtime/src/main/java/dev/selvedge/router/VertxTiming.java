package dev.selvedge.router;

import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The real time; timers run on the loop that set them. */
final class VertxTiming implements Timing {
  private final Vertx vertx;

  VertxTiming(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long epochMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Timer after(long nanos, Runnable task) {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
    long id = vertx.setTimer(millis, ignored -> task.run());
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public RandomGenerator random() {
    return ThreadLocalRandom.current();
  }
}
