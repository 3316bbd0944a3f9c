package dev.selvedge.session;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.session.ToFunction.Inbound;
import org.jspecify.annotations.Nullable;

/**
 * Where the function of a session runs: binds the session to an instance, keeps the state that
 * travels with it, and moves it to another instance between two messages. The state comes in {@code
 * Bound}, {@code Done} and {@code Released}, and goes in {@code Bind}. Confined to the session's
 * lane.
 */
final class Hosting {
  /** Where the session stands towards its function. */
  private enum Phase {
    /** Not bound yet: that comes in the loop's next turn. */
    OPENING,
    /** Bound: messages go to the instance as they come. */
    BOUND,
    /** The instance was asked to let go; messages wait. */
    RELEASING,
    /** No node to bind to at the moment; messages wait. */
    ORPHANED,
    /** Over, and the function has been told. */
    OVER
  }

  private final EdgeSession session;
  private final Inbox inbox;

  private Phase phase = Phase.OPENING;
  private @Nullable NodeId host;
  private int version;
  private boolean confirmed;
  private @Nullable String state;
  private long orphanedAt;

  Hosting(EdgeSession session, Inbox inbox) {
    this.session = session;
    this.inbox = inbox;
  }

  /** The node of the instance, or null while there is none. */
  @Nullable NodeId host() {
    return host;
  }

  /** The instance's version; 0 while there is none. */
  int version() {
    return host == null ? 0 : version;
  }

  /** Whether the function has let the client in. */
  boolean isConfirmed() {
    return confirmed;
  }

  /** The function's state of the session, as JSON; null for none. */
  @Nullable String state() {
    return state;
  }

  boolean isAt(NodeId node) {
    return node.equals(host);
  }

  // ---- what the session says

  /** The first binding, unless the session has ended meanwhile. */
  void open() {
    if (phase == Phase.OPENING) {
      bind();
    }
  }

  /**
   * The session comes from an edge that is gone: goes on at the instance that it has, if that is
   * still there.
   */
  void adopt(@Nullable NodeId formerHost, int formerVersion, @Nullable String formerState) {
    confirmed = true;
    state = formerState;
    host = formerHost;
    version = formerVersion;
    phase = Phase.BOUND;
    inbox.unsend();
    if (host == null
        || !session.placement().isDeployed(session.function())
        || !session.lane().send(host, session.bindTo(version, false, state))) {
      host = null;
      inbox.redeliver();
      bind();
    } else {
      tellStandby();
      forwardAll();
      rebind(false);
    }
  }

  /** A message that has just come to the inbox. */
  void received(Inbound message) {
    if (phase == Phase.BOUND) {
      forward(message);
    }
  }

  /** The session has ended: the function is told after its last messages, if it knows of it. */
  void ended() {
    switch (phase) {
      case BOUND -> tellEnded();
      case RELEASING -> {} // told to the next instance, which gets the session's last messages
      case OPENING -> {
        if (inbox.isEmpty()) {
          over(); // the function has not heard of it, and need not
        } else {
          bind();
        }
      }
      case ORPHANED -> bind();
      case OVER -> {}
    }
  }

  /** Another edge has the session now, and says so to the host. */
  void handedOver() {
    over();
  }

  // ---- what the node sees

  /**
   * The function's serving version may have changed, or the host wants to be rid of the session.
   */
  void rebind(boolean always) {
    switch (phase) {
      case BOUND -> {
        if (!session.placement().isDeployed(session.function())) {
          session.close(CloseReason.FUNCTION_GONE);
        } else if (host != null && (always || wantsOther())) {
          phase = Phase.RELEASING;
          session.lane().send(host, new ToFunction.Release(session.sessionId()));
        }
      }
      case ORPHANED -> bind();
      case OPENING, RELEASING, OVER -> {}
    }
  }

  private boolean wantsOther() {
    return session.placement().servingVersion(session.function()) != version;
  }

  /** Binds an orphan if a node is there by now, or closes it when its time is over. */
  void retryOrphan(long patienceNanos) {
    if (phase == Phase.ORPHANED && System.nanoTime() - orphanedAt > patienceNanos) {
      giveUp(CloseReason.TRY_AGAIN_LATER);
    } else if (phase == Phase.ORPHANED) {
      bind();
    }
  }

  /** The host is gone: what was under way there goes again. */
  void hostLost() {
    if (phase != Phase.OVER) {
      inbox.lost();
      host = null;
      bind();
      session.rebound();
    }
  }

  // ---- what the host says; the table has checked that it is the host of this session

  void bound(@Nullable String newState) {
    confirm();
    keep(newState);
  }

  private void confirm() {
    if (!confirmed) {
      confirmed = true;
      session.accepted();
      tellStandby();
    }
  }

  void done(long sequence, @Nullable String newState) {
    keep(newState);
    session.handled(sequence);
    inbox.done(sequence);
  }

  void released(long sequence, @Nullable String newState, boolean interrupted) {
    if (phase != Phase.RELEASING && phase != Phase.BOUND) {
      return;
    }
    state = newState;
    confirm();
    session.handled(sequence);
    inbox.done(sequence);
    if (interrupted) {
      inbox.interrupted();
    }
    bind();
    session.rebound();
  }

  void refused(CloseReason reason, ReplyError why) {
    if (phase != Phase.OVER) {
      session.refuse(reason, why);
      over();
    }
  }

  /** The host could not take this session: nothing was handled there. */
  void unbound() {
    if (phase == Phase.BOUND || phase == Phase.RELEASING) {
      orphan();
    }
  }

  private void keep(@Nullable String newState) {
    if (newState != null) {
      state = newState;
      tellStandby();
    }
  }

  /** What another edge has to know to go on with this. */
  void tellStandby() {
    if (confirmed && session.isKept()) {
      session.recovery().standby().served(session, host, version, state);
    }
  }

  // ---- binding

  /** Binds to the best node there is now; without one the session waits for another try. */
  private void bind() {
    Placement.Binding target = session.placement().pick(session.function(), host).orElse(null);
    if (target == null) {
      orphan();
      return;
    }
    host = target.node();
    version = target.version();
    phase = Phase.BOUND;
    orphanedAt = 0;
    session.interrupted(inbox.lastSent());
    session.hostCounts();
    inbox.unsend();
    tellStandby();
    if (session.lane().send(host, session.bindTo(version, !confirmed, state))) {
      session.bound();
      forwardAll();
    } else {
      orphan();
    }
  }

  private void forwardAll() {
    for (Inbound message : inbox.all()) {
      // An instance on this lane may have handled it, or let go of the session, meanwhile.
      if (phase == Phase.BOUND && inbox.isUnsent(message)) {
        forward(message);
      }
    }
    if (phase == Phase.BOUND && !session.isOpen()) {
      tellEnded();
    }
  }

  private void forward(Inbound message) {
    inbox.send(message);
    if (host != null) {
      session.lane().send(host, message);
      session.forwarded(message);
    }
  }

  private void tellEnded() {
    CloseReason reason = session.ending();
    if (host != null && reason != null) {
      session.lane().send(host, new ToFunction.Ended(session.sessionId(), reason));
    }
    over();
  }

  private void orphan() {
    phase = Phase.ORPHANED;
    host = null;
    if (orphanedAt == 0) {
      orphanedAt = System.nanoTime();
    }
    if (!session.isOpen()) {
      over(); // nobody left to tell
    } else if (!session.placement().isDeployed(session.function())) {
      giveUp(CloseReason.FUNCTION_GONE);
    } else {
      session.retryLater();
    }
  }

  private void giveUp(CloseReason reason) {
    session.giveUp(reason);
    over();
  }

  private void over() {
    phase = Phase.OVER;
    inbox.clear();
    session.forget();
  }
}
