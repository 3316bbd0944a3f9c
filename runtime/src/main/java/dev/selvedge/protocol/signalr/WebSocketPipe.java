package dev.selvedge.protocol.signalr;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import io.netty.buffer.ByteBuf;

/** A WebSocket: each hub message is one of its messages; what comes may be cut otherwise. */
final class WebSocketPipe implements Pipe, WebSocketConnection.Listener {
  private static final CloseReason ENDED = new CloseReason(1000, "", false);
  private static final CloseReason FAILED = new CloseReason(1011, "", true);

  private final WebSocketConnection socket;
  private final HubConnection connection;
  private boolean over;

  WebSocketPipe(WebSocketConnection socket, HubConnection connection) {
    this.socket = socket;
    this.connection = connection;
  }

  /** Starts reading, unless the function of a resumed connection is behind. */
  void listen() {
    socket.listen(this);
    if (connection.isPaused()) {
      socket.pauseReading();
    }
  }

  @Override
  public Transport transport() {
    return Transport.WEBSOCKET;
  }

  @Override
  public boolean carriesBinary() {
    return true;
  }

  @Override
  public boolean needsPings() {
    return true;
  }

  @Override
  public void write(byte[] bytes, boolean binary) {
    socket.send(!binary, bytes);
  }

  @Override
  public boolean writable() {
    return socket.writable();
  }

  @Override
  public long pendingBytes() {
    return socket.pendingBytes();
  }

  @Override
  public void pauseReading() {
    socket.pauseReading();
  }

  @Override
  public void resumeReading() {
    socket.resumeReading();
  }

  @Override
  public void end(boolean failed) {
    over = true;
    socket.close(failed ? FAILED : ENDED);
  }

  @Override
  public void cutOff() {
    over = true;
    socket.close(CloseReason.LOST);
  }

  @Override
  public void message(boolean text, ByteBuf payload) {
    if (!over) {
      connection.received(payload);
    }
  }

  @Override
  public void drained() {
    if (!over) {
      connection.drained();
    }
  }

  @Override
  public void closed(CloseReason reason) {
    if (!over) {
      over = true;
      connection.lost(this, reason);
    }
  }
}
