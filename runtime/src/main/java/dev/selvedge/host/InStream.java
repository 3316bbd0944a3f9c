package dev.selvedge.host;

import dev.selvedge.function.FunctionException;
import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a client sends along with a message, as function code reads it. Any thread; the
 * handlers run on the instance's context.
 */
final class InStream implements ReadStream<@Nullable Object> {
  private record Item(@Nullable Object value) {}

  private final ContextInternal context;
  private final IntConsumer taken;
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private @Nullable Handler<@Nullable Object> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable FunctionException failure;
  private long demand = Long.MAX_VALUE;
  private boolean complete;
  private boolean over;
  private boolean scheduled;

  /**
   * @param taken told how many items the function has read, on the instance's context
   */
  InStream(ContextInternal context, IntConsumer taken) {
    this.context = context;
    this.taken = taken;
  }

  // ---- from the client

  synchronized void item(@Nullable Object value) {
    if (!complete) {
      items.add(new Item(value));
      schedule();
    }
  }

  synchronized void end(@Nullable FunctionException error) {
    if (!complete) {
      complete = true;
      failure = error;
      schedule();
    }
  }

  /** The message has been answered: nothing more is read. */
  synchronized void abandon() {
    complete = true;
    over = true;
    items.clear();
  }

  // ---- the function's side

  @Override
  public synchronized InStream handler(@Nullable Handler<@Nullable Object> to) {
    handler = to;
    schedule();
    return this;
  }

  @Override
  public synchronized InStream endHandler(@Nullable Handler<Void> to) {
    endHandler = to;
    return this;
  }

  @Override
  public synchronized InStream exceptionHandler(@Nullable Handler<Throwable> to) {
    exceptionHandler = to;
    return this;
  }

  @Override
  public synchronized InStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public InStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public synchronized InStream fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    schedule();
    return this;
  }

  private void schedule() {
    if (!scheduled && !over && handler != null) {
      scheduled = true;
      context.runOnContext(turn -> deliver());
    }
  }

  private void deliver() {
    int count = 0;
    for (Item item = next(); item != null; item = next()) {
      Handler<@Nullable Object> to = handler;
      count++;
      if (to != null) {
        context.dispatch(item.value(), to);
      }
    }
    if (count > 0) {
      taken.accept(count);
    }
    finish();
  }

  private synchronized @Nullable Item next() {
    scheduled = false;
    if (handler == null || demand == 0 || over || items.isEmpty()) {
      return null;
    }
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    return items.poll();
  }

  private void finish() {
    Handler<Void> end;
    Handler<Throwable> failed;
    FunctionException why;
    synchronized (this) {
      if (over || !complete || !items.isEmpty()) {
        return;
      }
      over = true;
      why = failure;
      end = endHandler;
      failed = exceptionHandler;
    }
    if (why != null && failed != null) {
      context.dispatch(why, failed);
    } else if (why == null && end != null) {
      context.dispatch(null, end);
    }
  }
}
