package dev.selvedge.host;

import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;

/** 1, 2, 3 … up to a number, as fast as it is read; counts what it has given. */
@SuppressWarnings("NonAtomicVolatileUpdate") // only one thread counts
public final class Counting implements ReadStream<Integer> {
  private final int last;
  private final Throwable failure;
  private Handler<Integer> handler;
  private Handler<Void> endHandler;
  private Handler<Throwable> exceptionHandler;
  private boolean paused;
  private boolean running;
  private volatile int given;

  /**
   * @param failure what it fails with after the last number, or null
   */
  public Counting(int last, Throwable failure) {
    this.last = last;
    this.failure = failure;
  }

  private void run() {
    if (running) {
      return;
    }
    running = true;
    while (!paused && handler != null && given < last) {
      given++;
      handler.handle(given);
    }
    running = false;
    if (given == last && !paused && handler != null) {
      handler = null;
      if (failure == null) {
        endHandler.handle(null);
      } else {
        exceptionHandler.handle(failure);
      }
    }
  }

  @Override
  public Counting handler(Handler<Integer> to) {
    handler = to;
    run();
    return this;
  }

  @Override
  public Counting pause() {
    paused = true;
    return this;
  }

  @Override
  public Counting resume() {
    paused = false;
    run();
    return this;
  }

  @Override
  public Counting fetch(long amount) {
    return resume();
  }

  @Override
  public Counting endHandler(Handler<Void> to) {
    endHandler = to;
    return this;
  }

  @Override
  public Counting exceptionHandler(Handler<Throwable> to) {
    exceptionHandler = to;
    return this;
  }

  /** How many numbers have gone out. */
  public int given() {
    return given;
  }
}
