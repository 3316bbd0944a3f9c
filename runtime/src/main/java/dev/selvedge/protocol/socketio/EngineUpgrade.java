package dev.selvedge.protocol.socketio;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.LaneClock;

/**
 * A WebSocket that is to replace the polls of a session: it is probed, and takes over when the
 * client says so. Anything else closes it, and the session stays with its polls. Confined to the
 * session's lane.
 */
final class EngineUpgrade implements EngineSocket.Owner {
  private static final String PROBE = "probe";

  /** How often a poll that the client waits for is released, so that it can let go. */
  private static final long RELEASE_MILLIS = 100;

  /** The session. */
  interface Session {
    /** Answers a held poll. */
    void releasePoll();

    /** The client has let go of its polls: go on with this socket. */
    void upgraded(EngineSocket socket);

    /** The session stays as it is. */
    void notUpgraded();
  }

  private final EngineSocket socket;
  private final LaneClock clock;
  private final Session session;
  private final Runnable cancelTimeout;
  private Runnable cancelRelease = () -> {};
  private boolean over;

  EngineUpgrade(
      WebSocketConnection connection,
      boolean base64,
      SocketIoConfig rules,
      LaneClock clock,
      Session session) {
    this.clock = clock;
    this.session = session;
    this.socket = new EngineSocket(connection, base64, this);
    this.cancelTimeout = clock.after(rules.upgradeTimeout().toMillis(), this::fail);
  }

  void begin() {
    socket.open();
  }

  @Override
  public void packet(EnginePacket packet) {
    if (over) {
      return;
    }
    if (packet.type() == EnginePacket.Type.PING && packet.text().equals(PROBE)) {
      socket.send(EngineCodec.PROBED);
      cancelRelease.run();
      releaseLater();
    } else if (packet.type() == EnginePacket.Type.UPGRADE) {
      end();
      session.upgraded(socket);
    } else {
      fail();
    }
  }

  private void releaseLater() {
    cancelRelease =
        clock.after(
            RELEASE_MILLIS,
            () -> {
              session.releasePoll();
              releaseLater();
            });
  }

  @Override
  public void malformed() {
    fail();
  }

  private void fail() {
    if (!over) {
      end();
      socket.close(CloseReason.NORMAL);
      session.notUpgraded();
    }
  }

  @Override
  public void drained() {}

  @Override
  public void closed(CloseReason reason) {
    if (!over) {
      end();
      session.notUpgraded();
    }
  }

  /** The session is over, and the socket with it. */
  void cancel(CloseReason reason) {
    if (!over) {
      end();
      socket.close(reason);
    }
  }

  private void end() {
    over = true;
    cancelTimeout.run();
    cancelRelease.run();
  }
}
