package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What follows the head of an answer: its body in parts, unless it has none, and its end. */
final class HttpAnswerStream implements AnswerStream {
  private final HttpExchange exchange;
  private final HttpConnection connection;
  private final boolean headersOnly;
  private final BooleanSupplier closeAfter;
  private boolean over;
  private @Nullable Runnable onDrained;

  /**
   * @param headersOnly what is written is dropped
   * @param closeAfter asked at the end: whether the connection ends with the answer
   */
  HttpAnswerStream(
      HttpExchange exchange,
      HttpConnection connection,
      boolean headersOnly,
      BooleanSupplier closeAfter) {
    this.exchange = exchange;
    this.connection = connection;
    this.headersOnly = headersOnly;
    this.closeAfter = closeAfter;
  }

  /** An answer that nobody waits for (any more). */
  static HttpAnswerStream over(HttpExchange exchange, HttpConnection connection) {
    HttpAnswerStream answer = new HttpAnswerStream(exchange, connection, true, () -> true);
    answer.over = true;
    return answer;
  }

  boolean isOpen() {
    return !over && connection.isCurrent(exchange);
  }

  /** Whether what is written goes to the client. */
  boolean takes() {
    return isOpen() && !headersOnly;
  }

  @Override
  public void write(ByteBuf chunk) {
    if (takes() && chunk.isReadable()) {
      connection.writer().chunk(chunk);
    } else {
      chunk.release();
    }
  }

  @Override
  public void end() {
    if (isOpen()) {
      over = true;
      connection.answered(connection.writer().end(), closeAfter.getAsBoolean());
    }
  }

  @Override
  public void abort() {
    if (isOpen()) {
      over = true;
      connection.breakOff();
    }
  }

  long pendingBytes() {
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

  void drained() {
    if (!over && onDrained != null) {
      onDrained.run();
    }
  }
}
