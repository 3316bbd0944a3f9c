package dev.selvedge.protocol.raw;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.raw.RawCodec.Frame;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client on a WebSocket. Its messages are in the JSON form or the bare one throughout. */
final class WebSocketPort implements ClientPort, WebSocketConnection.Listener {
  /** The subprotocol of the JSON form (RFC 6455 §1.9). */
  static final String JSON_SUBPROTOCOL = "selvedge.json.v1";

  private final WebSocketConnection connection;
  private final boolean json;
  private @Nullable ClientSession session;
  private boolean closed;

  WebSocketPort(WebSocketConnection connection, boolean json) {
    this.connection = connection;
    this.json = json;
  }

  /** Starts the conversation; until here nothing was written or read. */
  void opened(ClientSession opened) {
    if (closed) {
      return;
    }
    session = opened;
    if (json) {
      connection.send(true, RawCodec.hello(opened.id()));
    }
    connection.listen(this);
    opened.drained();
  }

  // Towards the client.

  @Override
  public Transport transport() {
    return Transport.WEBSOCKET;
  }

  @Override
  public void send(Outbound message) {
    Frame frame = message.in(json ? RawCodec.JSON_FRAME : RawCodec.BARE_FRAME);
    connection.send(frame.text(), frame.payload());
  }

  /** Not before the hello, which needs the session's id. */
  @Override
  public boolean writable() {
    return session != null && !closed && connection.writable();
  }

  @Override
  public long pendingBytes() {
    return connection.pendingBytes();
  }

  @Override
  public void close(CloseReason reason) {
    closed = true;
    connection.close(reason);
  }

  @Override
  public void pauseReading() {
    connection.pauseReading();
  }

  @Override
  public void resumeReading() {
    connection.resumeReading();
  }

  // From the client.

  @Override
  public void message(boolean text, ByteBuf payload) {
    ClientSession to = session;
    if (closed || to == null) {
      return;
    }
    try {
      if (json) {
        fromJson(text, payload).tell(to);
      } else {
        to.receive(bare(text, payload));
      }
    } catch (MalformedMessage e) {
      refuse(e.reason());
    }
  }

  private static FromClient fromJson(boolean text, ByteBuf payload) throws MalformedMessage {
    if (!text) {
      throw MalformedMessage.binary();
    }
    return JsonForm.one(payload.toString(StandardCharsets.UTF_8));
  }

  private static ClientMessage bare(boolean text, ByteBuf payload) {
    return RawCodec.bare(
        text
            ? payload.toString(StandardCharsets.UTF_8)
            : Buffer.buffer(ByteBufUtil.getBytes(payload)));
  }

  private void refuse(CloseReason reason) {
    close(reason);
    end(reason);
  }

  @Override
  public void drained() {
    if (session != null && session.isOpen()) {
      session.drained();
    }
  }

  @Override
  public void closed(CloseReason reason) {
    closed = true;
    end(reason);
  }

  private void end(CloseReason reason) {
    if (session != null && session.isOpen()) {
      session.end(reason);
    }
  }
}
