package dev.selvedge.testing;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits on the test's own thread for what must come. */
public final class Eventually {
  /** Long enough for a busy machine; nothing that works takes so long. */
  public static final Duration PATIENCE = Duration.ofSeconds(180);

  private Eventually() {}

  /** The value of a future; its failure is thrown as it is. */
  public static <T> T value(Future<T> future) throws Exception {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new AssertionError("no result within " + PATIENCE, e);
    }
  }

  /**
   * Waits until the condition is true. One that throws an exception counts as not true yet; a
   * failed assertion ends the wait.
   */
  public static void until(String what, Callable<Boolean> condition) throws InterruptedException {
    within(PATIENCE, what, condition);
  }

  /**
   * As {@link #until}, with a promise of the product as the limit.
   *
   * @return how long it took
   */
  public static Duration within(Duration limit, String what, Callable<Boolean> condition)
      throws InterruptedException {
    long start = System.nanoTime();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return Duration.ofNanos(System.nanoTime() - start);
        }
        last = null;
      } catch (InterruptedException stop) {
        throw stop;
      } catch (Exception notYet) {
        last = notYet;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    } while (System.nanoTime() - start < limit.toNanos());
    throw new AssertionError("waited " + limit + " in vain: " + what, last);
  }
}
