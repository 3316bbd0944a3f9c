package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A relayed answer to a client of this node. */
final class HttpAnswerStream implements AnswerStream {
  private final HttpExchange exchange;
  private final HttpConnection connection;
  private final boolean headersOnly;
  private final boolean closeAfter;
  private boolean over;
  private @Nullable Runnable onDrained;

  HttpAnswerStream(
      HttpExchange exchange, HttpConnection connection, boolean headersOnly, boolean closeAfter) {
    this.exchange = exchange;
    this.connection = connection;
    this.headersOnly = headersOnly;
    this.closeAfter = closeAfter;
  }

  private boolean open() {
    return !over && connection.isCurrent(exchange);
  }

  @Override
  public void write(ByteBuf chunk) {
    if (open() && !headersOnly && chunk.isReadable()) {
      connection.writer().chunk(chunk);
    } else {
      chunk.release();
    }
  }

  @Override
  public void end() {
    if (open()) {
      over = true;
      connection.answered(
          connection.writer().end(), closeAfter || connection.mustCloseAfterRelayed(exchange));
    }
  }

  @Override
  public void abort() {
    if (open()) {
      over = true;
      connection.breakOff();
    }
  }

  @Override
  public boolean writable() {
    return connection.channel().isWritable();
  }

  @Override
  public void onDrained(Runnable action) {
    onDrained = action;
  }

  void drained() {
    if (!over && onDrained != null) {
      onDrained.run();
    }
  }
}
