package dev.selvedge.signalrchat;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The numbers from 0 on, with the same delay between them. While its reader is behind it counts no
 * further. For one thread: the event loop that made it.
 */
final class Counter implements ReadStream<Integer> {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final int count;
  private final long delayMillis;

  private @Nullable Handler<Integer> reader;
  private @Nullable Handler<Void> end;
  private long wanted = Long.MAX_VALUE;
  private int next;
  private long timer = NO_TIMER;
  private boolean stopped;

  Counter(Vertx vertx, int count, Duration delay) {
    this.vertx = vertx;
    this.count = count;
    // A timer of Vert.x waits for at least one millisecond.
    this.delayMillis = Math.max(1, delay.toMillis());
  }

  /** Nothing comes any more, not even the end. */
  void stop() {
    stopped = true;
    if (timer != NO_TIMER) {
      vertx.cancelTimer(timer);
      timer = NO_TIMER;
    }
  }

  /** Waits for the next number or, after the last one, for the end. */
  private void proceed() {
    boolean due = next == count || wanted > 0;
    if (reader != null && due && !stopped && timer == NO_TIMER) {
      timer = vertx.setTimer(next == 0 || next == count ? 1 : delayMillis, now -> tick());
    }
  }

  private void tick() {
    timer = NO_TIMER;
    if (next == count) {
      stopped = true;
      if (end != null) {
        end.handle(null);
      }
    } else if (wanted > 0 && reader != null) {
      if (wanted != Long.MAX_VALUE) {
        wanted--;
      }
      reader.handle(next++);
    }
    proceed();
  }

  @Override
  public Counter handler(@Nullable Handler<Integer> handler) {
    reader = handler;
    proceed();
    return this;
  }

  @Override
  public Counter endHandler(@Nullable Handler<Void> handler) {
    end = handler;
    return this;
  }

  /** Counting does not fail. */
  @Override
  public Counter exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public Counter pause() {
    wanted = 0;
    return this;
  }

  @Override
  public Counter resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public Counter fetch(long amount) {
    wanted = Long.MAX_VALUE - amount < wanted ? Long.MAX_VALUE : wanted + amount;
    proceed();
    return this;
  }
}
