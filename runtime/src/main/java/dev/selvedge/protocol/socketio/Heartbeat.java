package dev.selvedge.protocol.socketio;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.protocol.LaneClock;

/**
 * The server pings: an interval after the session began or the last ping was answered, and gives
 * the client up when it has not answered in time. The deadlines count from the session's creation
 * and from the arrival of the answers, not from when a timer happened to fire. Confined to the
 * session's lane.
 */
final class Heartbeat {
  /** The session. */
  interface Subject {
    void ping();

    /** Whether what the client sends is read; what is not read may be the answer. */
    boolean reading();

    /** No answer in time. */
    void lost();
  }

  private final SocketIoConfig rules;
  private final LaneClock clock;
  private final Subject subject;
  private long heard;
  private boolean pinged;
  private Runnable cancel;

  Heartbeat(SocketIoConfig rules, LaneClock clock, Subject subject) {
    this.rules = rules;
    this.clock = clock;
    this.subject = subject;
    this.heard = clock.millis();
    this.cancel = clock.after(rules.pingInterval().toMillis(), this::ping);
  }

  private void ping() {
    pinged = true;
    awaitPong();
    subject.ping();
  }

  private void awaitPong() {
    cancel = clock.after(Math.max(1, deadline() - clock.millis()), this::expire);
  }

  private long deadline() {
    return heard + rules.pingInterval().toMillis() + rules.pingTimeout().toMillis();
  }

  private void expire() {
    if (isOverdue()) {
      subject.lost();
    } else {
      awaitPong();
    }
  }

  /** Whether the client should have answered by now. */
  boolean isOverdue() {
    if (!subject.reading()) {
      heard = clock.millis() - rules.pingInterval().toMillis();
    }
    return clock.millis() >= deadline();
  }

  void pong() {
    if (pinged) {
      pinged = false;
      heard = clock.millis();
      cancel.run();
      cancel = clock.after(rules.pingInterval().toMillis(), this::ping);
    }
  }

  void stop() {
    cancel.run();
  }
}
