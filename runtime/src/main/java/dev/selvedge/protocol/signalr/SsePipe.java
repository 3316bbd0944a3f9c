package dev.selvedge.protocol.signalr;

import dev.selvedge.edge.ResponseStream;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * An event stream: text only, each hub message an event, and each of its lines a {@code data} line.
 * What the client sends comes as posts.
 */
final class SsePipe implements Pipe {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ResponseStream stream;
  private final HubConnection connection;
  private boolean over;

  SsePipe(ResponseStream stream, HubConnection connection) {
    this.stream = stream;
    this.connection = connection;
  }

  /** Opens the stream in the client's eyes. */
  void begin() {
    stream.write(Buffer.buffer(":\r\n"));
    stream.onDrained(
        () -> {
          if (!over) {
            connection.drained();
          }
        });
    stream.onClosed(
        () -> {
          if (!over) {
            over = true;
            connection.lost(this, CloseReason.LOST);
          }
        });
  }

  @Override
  public Transport transport() {
    return Transport.SSE;
  }

  @Override
  public boolean carriesBinary() {
    return false;
  }

  @Override
  public boolean needsPings() {
    return true;
  }

  @Override
  public void write(byte[] bytes, boolean binary) {
    if (!over) {
      stream.write(event(bytes));
    }
  }

  /** The payload's lines end with LF, or with CR LF. */
  static Buffer event(byte[] payload) {
    Buffer event = Buffer.buffer(payload.length + 16);
    int from = 0;
    for (int at = 0; at <= payload.length; at++) {
      if (at == payload.length || payload[at] == '\n') {
        int end = at > from && at < payload.length && payload[at - 1] == '\r' ? at - 1 : at;
        event.appendBytes(DATA).appendBytes(payload, from, end - from).appendBytes(LINE_END);
        from = at + 1;
      }
    }
    return event.appendBytes(LINE_END);
  }

  @Override
  public boolean writable() {
    return !over && stream.writable();
  }

  @Override
  public long pendingBytes() {
    return stream.pendingBytes();
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  @Override
  public void end(boolean failed) {
    if (!over) {
      over = true;
      stream.end();
    }
  }
}
