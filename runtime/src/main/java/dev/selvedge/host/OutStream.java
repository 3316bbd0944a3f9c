package dev.selvedge.host;

import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * A stream that answers a message: passes its items on, at most a window of them ahead of what has
 * gone to the client. On the context of the instance.
 */
final class OutStream {
  /** Where the items go. */
  interface Sink {
    /** One more item. */
    void item(@Nullable Object value);

    /** No more come. Called once, unless the stream is stopped. */
    Future<Void> end(@Nullable Throwable failure);
  }

  private final ReadStream<?> source;
  private final Sink sink;
  private final int window;
  private final Promise<Void> delivered = Promise.promise();
  private int ahead;
  private boolean paused;
  private boolean over;

  /**
   * @param window items that may go before there is credit for more
   */
  OutStream(ReadStream<?> source, Sink sink, int window) {
    this.source = source;
    this.sink = sink;
    this.window = window;
  }

  /** Completes when the end has left; fails if the stream was stopped. */
  Future<Void> start() {
    source.exceptionHandler(this::finish);
    source.endHandler(end -> finish(null));
    source.handler(this::pass);
    return delivered.future();
  }

  private void pass(@Nullable Object item) {
    @Nullable Object value;
    try {
      value = Values.checked(item);
    } catch (FunctionException notAValue) {
      detach(source);
      finish(notAValue);
      return;
    }
    synchronized (this) {
      if (over) {
        return;
      }
      if (++ahead >= window && !paused) {
        paused = true;
        source.pause();
      }
    }
    sink.item(value);
  }

  private void finish(@Nullable Throwable failure) {
    if (markOver()) {
      sink.end(failure).onComplete(delivered);
    }
  }

  private synchronized boolean markOver() {
    boolean first = !over;
    over = true;
    return first;
  }

  /** So many items have gone to the client. */
  void credit(int items) {
    synchronized (this) {
      ahead -= items;
      if (over || !paused || ahead > window / 2) {
        return;
      }
      paused = false;
    }
    source.resume();
  }

  /**
   * The client wants no more, or cannot get it.
   *
   * @param tell whether the client is to get an orderly end
   */
  void stop(String code, String text, boolean tell) {
    if (!markOver()) {
      return;
    }
    detach(source);
    if (tell) {
      sink.end(null);
    }
    delivered.tryFail(new FunctionException(code, text));
  }

  /** Lets go of a stream: it is paused and has no handlers any more. */
  static void detach(ReadStream<?> source) {
    source.pause();
    source.handler(null);
    source.exceptionHandler(null);
    source.endHandler(null);
  }
}
