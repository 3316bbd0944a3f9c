package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket that carries Engine.IO packets, one in each message. It belongs first to an upgrade,
 * then to the session, or to the session from its start.
 */
final class EngineSocket implements WebSocketConnection.Listener {
  /** Whoever the socket belongs to. */
  interface Owner {
    void packet(EnginePacket packet);

    /** The client broke the rules: the owner closes the socket. */
    void malformed();

    void drained();

    void closed(CloseReason reason);
  }

  private final WebSocketConnection connection;
  private final boolean base64;
  private Owner owner;

  /**
   * @param base64 whether binary messages go out as text
   */
  EngineSocket(WebSocketConnection connection, boolean base64, Owner owner) {
    this.connection = connection;
    this.base64 = base64;
    this.owner = owner;
  }

  /** Closes a socket that nobody wants. */
  static void refuse(WebSocketConnection connection) {
    connection.listen(new Unheard());
    connection.close(CloseReason.NORMAL);
  }

  private static final class Unheard implements WebSocketConnection.Listener {
    @Override
    public void message(boolean text, ByteBuf payload) {}

    @Override
    public void closed(CloseReason reason) {}
  }

  /** Begins to read. */
  void open() {
    connection.listen(this);
  }

  void handOver(Owner next) {
    owner = next;
  }

  // From the client.

  @Override
  public void message(boolean text, ByteBuf payload) {
    if (!text) {
      owner.packet(EnginePacket.binary(Buffer.buffer(ByteBufUtil.getBytes(payload))));
      return;
    }
    try {
      owner.packet(EngineCodec.decode(payload.toString(StandardCharsets.UTF_8)));
    } catch (MalformedPacket parseError) {
      owner.malformed();
    }
  }

  @Override
  public void drained() {
    owner.drained();
  }

  @Override
  public void closed(CloseReason reason) {
    owner.closed(reason);
  }

  // To the client.

  void send(Frame frame) {
    Frame sent = base64 ? EngineCodec.asText(frame) : frame;
    connection.send(sent.text(), sent.bytes());
  }

  void sendAll(Iterable<Frame> frames) {
    for (Frame frame : frames) {
      send(frame);
    }
  }

  boolean writable() {
    return connection.writable();
  }

  long pendingBytes() {
    return connection.pendingBytes();
  }

  void pauseReading() {
    connection.pauseReading();
  }

  void resumeReading() {
    connection.resumeReading();
  }

  void close(CloseReason reason) {
    connection.close(reason);
  }
}
