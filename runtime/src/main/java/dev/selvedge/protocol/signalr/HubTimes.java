package dev.selvedge.protocol.signalr;

import dev.selvedge.config.SignalRConfig;
import dev.selvedge.protocol.LaneClock;

/**
 * What a connection does because of the time: gives up a client that does not come or says nothing,
 * pings one that hears nothing, acknowledges what came. Confined to the connection's lane.
 */
final class HubTimes {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long ACK_INTERVAL = 1_000;

  private final HubConnection connection;
  private final SignalRConfig config;
  private final LaneClock clock;
  private final LaneClock.Deadline deadline;
  private boolean pinged;
  private long lastSent;
  private long lastReceived;

  /** Since when there is no transport, no handshake, no poll or, at the end, nothing to do. */
  private long waitsSince;

  private long ackDue = NEVER;

  HubTimes(HubConnection connection, SignalRConfig config, LaneClock clock) {
    this.connection = connection;
    this.config = config;
    this.clock = clock;
    this.deadline = clock.deadline(this::onDeadline);
    waitsSince = clock.millis();
  }

  // ---- what happens

  /** From now on a transport, the handshake, a poll or the end is waited for. */
  void waits() {
    waitsSince = clock.millis();
    schedule();
  }

  /** The first transport is there. */
  void began() {
    lastSent = clock.millis();
    lastReceived = lastSent;
    waits();
  }

  /** Another transport is there; its client has not shown yet that it pings. */
  void resumed() {
    pinged = false;
    lastReceived = clock.millis();
    schedule();
  }

  void sent() {
    lastSent = clock.millis();
  }

  void received() {
    lastReceived = clock.millis();
  }

  /** The client pings: it can be expected to go on with it. */
  void pinged() {
    if (!pinged) {
      pinged = true;
      schedule();
    }
  }

  /** Something has come that is to be acknowledged, together with what else comes soon. */
  void owesAck() {
    if (ackDue == NEVER) {
      ackDue = clock.millis() + ACK_INTERVAL;
      schedule();
    }
  }

  void cancel() {
    deadline.cancel();
  }

  // ---- what is due

  private void onDeadline() {
    long now = clock.millis();
    if (connection.isOver()) {
      connection.forget();
      return;
    }
    if (now >= handshakeDue()) {
      connection.handshakeTimedOut();
    } else if (now >= absenceDue()) {
      connection.absent();
    } else if (now >= silenceDue()) {
      connection.silent();
    } else {
      if (now >= pingDue()) {
        connection.ping();
      }
      if (now >= ackDue) {
        ackDue = NEVER;
        connection.acknowledge();
      }
    }
    if (!connection.isOver()) {
      schedule();
    }
  }

  void schedule() {
    long due = Math.min(Math.min(handshakeDue(), absenceDue()), Math.min(silenceDue(), pingDue()));
    due = Math.min(due, ackDue);
    if (connection.isOver()) {
      due = waitsSince + config.disconnectTimeout().toMillis();
    }
    if (due != NEVER) {
      deadline.in(due - clock.millis());
    }
  }

  private long handshakeDue() {
    return connection.isShakingHands() ? waitsSince + config.handshakeTimeout().toMillis() : NEVER;
  }

  /** No transport at all, or no poll. */
  private long absenceDue() {
    Pipe pipe = connection.pipe();
    boolean absent =
        pipe == null
            || pipe instanceof PollPipe polled && connection.isOpen() && !polled.isPolled();
    return absent && !connection.isOver()
        ? waitsSince + config.disconnectTimeout().toMillis()
        : NEVER;
  }

  /** A client that sends pings is silent. */
  private long silenceDue() {
    return pinged && connection.isOpen() && connection.pipe() != null && !connection.isPaused()
        ? lastReceived + config.clientTimeout().toMillis()
        : NEVER;
  }

  private long pingDue() {
    Pipe pipe = connection.pipe();
    return connection.isOpen() && pipe != null && pipe.needsPings()
        ? lastSent + config.keepAlive().toMillis()
        : NEVER;
  }
}
