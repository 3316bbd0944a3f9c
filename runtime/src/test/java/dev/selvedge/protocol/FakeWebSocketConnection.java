package dev.selvedge.protocol;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** A WebSocket whose client is the test. */
public final class FakeWebSocketConnection implements WebSocketConnection {
  /** Texts as they are, binary messages in hex after {@code 0x}. */
  public final List<String> sent = Collections.synchronizedList(new ArrayList<>());

  public volatile Listener listener;
  public volatile CloseReason closed;
  public boolean reading = true;
  public boolean full;

  public void receiveText(String text) {
    listener.message(true, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  public void receiveBinary(byte... bytes) {
    listener.message(false, Unpooled.wrappedBuffer(bytes));
  }

  @Override
  public void listen(Listener newListener) {
    listener = newListener;
  }

  @Override
  public void send(boolean text, byte[] payload) {
    sent.add(
        text
            ? new String(payload, StandardCharsets.UTF_8)
            : "0x" + HexFormat.of().formatHex(payload));
  }

  @Override
  public void close(CloseReason reason) {
    closed = reason;
  }

  @Override
  public void pauseReading() {
    reading = false;
  }

  @Override
  public void resumeReading() {
    reading = true;
  }

  @Override
  public long pendingBytes() {
    return full ? 64 * 1024 : 0;
  }

  @Override
  public boolean writable() {
    return !full;
  }
}
