package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/** An answer in chunks, or up to the close for HTTP/1.0, that hears when its client is gone. */
final class HttpResponseStream implements ResponseStream {
  private final HttpExchange exchange;
  private final HttpAnswerStream answer;
  private boolean lost;
  private @Nullable Runnable onClosed;

  HttpResponseStream(HttpExchange exchange, HttpAnswerStream answer) {
    this.exchange = exchange;
    this.answer = answer;
  }

  /** A stream to a client that is gone. */
  static HttpResponseStream over(HttpExchange exchange, HttpConnection connection) {
    HttpResponseStream stream =
        new HttpResponseStream(exchange, HttpAnswerStream.over(exchange, connection));
    stream.lost = true;
    return stream;
  }

  @Override
  public void write(Buffer chunk) {
    if (answer.takes()) {
      exchange.streamed(chunk.length());
      answer.write(((BufferInternal) chunk).getByteBuf());
    }
  }

  @Override
  public void end() {
    if (answer.isOpen()) {
      exchange.streamEnded();
      answer.end();
    }
  }

  @Override
  public long pendingBytes() {
    return answer.pendingBytes();
  }

  @Override
  public boolean writable() {
    return answer.writable();
  }

  @Override
  public void onDrained(Runnable action) {
    answer.onDrained(action);
  }

  @Override
  public void onClosed(Runnable action) {
    if (lost) {
      action.run();
    } else {
      onClosed = action;
    }
  }

  void abort() {
    lost = true;
    Runnable action = onClosed;
    onClosed = null;
    if (action != null) {
      action.run();
    }
  }
}
