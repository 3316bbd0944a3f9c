package dev.selvedge.protocol;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import java.util.function.LongConsumer;

/**
 * A client's WebSocket whose session is elsewhere: passes whole messages both ways. The client is
 * not read while {@link ForwardedSocket#WINDOW} of its messages are not handled, and the session
 * hears what the client has taken. Confined to the client's lane.
 */
final class PassedOnSocket implements WebSocketConnection.Listener {
  /** The way to the session. */
  interface Session {
    void message(boolean text, Buffer payload);

    void closed(CloseReason reason);
  }

  private final WebSocketConnection connection;
  private final Session session;
  private final LongConsumer taken;
  private long unhandled;
  private boolean paused;
  private long untold;

  /**
   * @param taken tells the session that the client has taken messages of that weight
   */
  PassedOnSocket(WebSocketConnection connection, Session session, LongConsumer taken) {
    this.connection = connection;
    this.session = session;
    this.taken = taken;
  }

  // From the client.

  @Override
  public void message(boolean text, ByteBuf payload) {
    Buffer bytes = Buffer.buffer(ByteBufUtil.getBytes(payload));
    unhandled += SocketEnvelope.weight(bytes);
    if (!paused && unhandled >= ForwardedSocket.WINDOW) {
      paused = true;
      connection.pauseReading();
    }
    session.message(text, bytes);
  }

  @Override
  public void drained() {
    tellTaken();
  }

  @Override
  public void closed(CloseReason reason) {
    session.closed(reason);
  }

  // From the session.

  void handled(long weight) {
    unhandled -= weight;
    if (paused && unhandled < ForwardedSocket.WINDOW / 2) {
      paused = false;
      connection.resumeReading();
    }
  }

  void send(boolean text, Buffer payload) {
    connection.send(text, payload.getBytes());
    untold += SocketEnvelope.weight(payload);
    tellTaken();
  }

  private void tellTaken() {
    if (untold >= ForwardedSocket.CREDIT_STEP && connection.writable()) {
      long told = untold;
      untold = 0;
      taken.accept(told);
    }
  }

  void close(CloseReason reason) {
    connection.close(reason);
  }
}
