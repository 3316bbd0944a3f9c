package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request: gathered up to a limit for those who want it whole, or handed on piece by
 * piece to those who {@link #stream} it.
 */
final class RequestBody {
  /** What a body must bring while it is wanted, in bytes a second. */
  static final int LEAST_RATE = 500;

  private final int max;
  private final Promise<Buffer> whole;
  private @Nullable BodyReader reader;
  private @Nullable BufferInternal received;
  private boolean ended;
  private boolean failed;
  private boolean paused;
  private long bytesInWindow;
  private boolean pausedInWindow;

  RequestBody(ContextInternal context, int max, boolean empty) {
    this.max = max;
    this.whole = context.promise();
    if (empty) {
      ended = true;
      whole.complete(Buffer.buffer());
    }
  }

  Future<Buffer> whole() {
    return whole.future();
  }

  void stream(BodyReader to) {
    if (!ended) {
      reader = to;
      pause();
    }
  }

  boolean isStreamed() {
    return reader != null;
  }

  boolean ended() {
    return ended;
  }

  boolean paused() {
    return paused;
  }

  void pause() {
    paused = true;
    pausedInWindow = true;
  }

  void resume() {
    paused = false;
  }

  /**
   * @throws HttpError 413 if it is gathered and gets too large
   */
  void receive(ByteBuf content) {
    if (failed || !content.isReadable()) {
      return;
    }
    if (reader != null) {
      bytesInWindow += content.readableBytes();
      reader.chunk(content.retain());
    } else {
      gather(content);
    }
  }

  private void gather(ByteBuf content) {
    int before = received == null ? 0 : received.length();
    if (content.readableBytes() > max - before) {
      throw RequestRules.bodyTooLarge(max);
    }
    if (received == null) {
      received = BufferInternal.buffer(content.readableBytes());
    }
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    received.appendBytes(bytes);
  }

  void end() {
    ended = true;
    if (failed) {
      return;
    }
    if (reader != null) {
      reader.end();
    } else {
      whole.complete(received == null ? Buffer.buffer() : received);
      received = null;
    }
  }

  /** False if it has failed before. */
  boolean fail(HttpError error) {
    if (failed) {
      return false;
    }
    failed = true;
    received = null;
    whole.tryFail(error);
    return true;
  }

  /** Tells who streams it, after the exchange has been answered. */
  void tellReader(HttpError error) {
    if (reader != null) {
      reader.failed(error);
    }
  }

  /** Whether the streamed body was fast enough since the last call; begins the next window. */
  boolean wasFastEnough(long windowMillis) {
    boolean enough = pausedInWindow || bytesInWindow >= windowMillis * LEAST_RATE / 1000;
    bytesInWindow = 0;
    pausedInWindow = paused;
    return enough;
  }
}
