package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** An answer in chunks, or up to the close for HTTP/1.0; for HEAD its headers only. */
final class HttpResponseStream implements ResponseStream {
  private final HttpExchange exchange;
  private final HttpConnection connection;
  private final boolean headersOnly;
  private final boolean closeAfter;
  private boolean over;
  private boolean ended;
  private @Nullable Runnable onDrained;
  private @Nullable Runnable onClosed;

  HttpResponseStream(
      HttpExchange exchange, HttpConnection connection, boolean headersOnly, boolean closeAfter) {
    this.exchange = exchange;
    this.connection = connection;
    this.headersOnly = headersOnly;
    this.closeAfter = closeAfter;
  }

  /** A stream to a client that is gone. */
  static HttpResponseStream over(HttpExchange exchange, HttpConnection connection) {
    HttpResponseStream stream = new HttpResponseStream(exchange, connection, true, true);
    stream.over = true;
    return stream;
  }

  private boolean open() {
    return !over && !ended && connection.isCurrent(exchange);
  }

  @Override
  public void write(Buffer chunk) {
    if (open() && !headersOnly) {
      exchange.streamed(chunk.length());
      connection.writer().chunk(chunk);
    }
  }

  @Override
  public void end() {
    if (open()) {
      ended = true;
      exchange.streamEnded();
      connection.answered(
          connection.writer().end(), closeAfter || connection.mustCloseAfter(exchange));
    }
  }

  @Override
  public long pendingBytes() {
    return connection.pendingBytes();
  }

  @Override
  public boolean writable() {
    return connection.channel().isWritable();
  }

  @Override
  public void onDrained(Runnable action) {
    onDrained = action;
  }

  @Override
  public void onClosed(Runnable action) {
    if (over) {
      action.run();
    } else {
      onClosed = action;
    }
  }

  void drained() {
    if (onDrained != null) {
      onDrained.run();
    }
  }

  void abort() {
    over = true;
    Runnable action = onClosed;
    onClosed = null;
    if (action != null) {
      action.run();
    }
  }
}
