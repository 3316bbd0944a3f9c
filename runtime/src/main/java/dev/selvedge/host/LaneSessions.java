package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.ToClient;
import dev.selvedge.session.ToFunction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The sessions whose edges talk to one lane of this host. Confined to the lane. */
final class LaneSessions {
  /** Finds the instance for a new session, and counts the session there; empty if there is none. */
  @FunctionalInterface
  interface Admission {
    Optional<Instance> admit(String function, int version, Lane lane);
  }

  private final Lane lane;
  private final Admission admission;
  private final BooleanSupplier leaving;
  private final Consumer<Instance> onForgotten;
  private final Map<SessionId, HostedSession> sessions = new HashMap<>();

  /**
   * @param leaving whether the host is to be rid of its sessions
   * @param onForgotten told of the instance of each session that is over here
   */
  LaneSessions(
      Lane lane, Admission admission, BooleanSupplier leaving, Consumer<Instance> onForgotten) {
    this.lane = lane;
    this.admission = admission;
    this.leaving = leaving;
    this.onForgotten = onForgotten;
  }

  void receive(NodeId from, ToFunction envelope) {
    if (envelope instanceof ToFunction.Bind bind) {
      bind(from, bind);
      return;
    }
    HostedSession session = sessions.get(envelope.session());
    if (session == null || !session.edge().equals(from)) {
      return; // late: the session has been released, and the edge knows what was not handled
    }
    if (envelope instanceof ToFunction.Release) {
      session.release();
    } else if (envelope instanceof ToFunction.Hold) {
      session.hold();
    } else if (isOfStream(envelope)) {
      session.takeOfStream(envelope);
    } else {
      session.take(envelope);
    }
  }

  private static boolean isOfStream(ToFunction envelope) {
    return switch (envelope.kind()) {
      case ToFunction.STREAM_ITEM,
          ToFunction.STREAM_END,
          ToFunction.STREAM_CANCEL,
          ToFunction.STREAM_CREDIT ->
          true;
      default -> false;
    };
  }

  private void bind(NodeId from, ToFunction.Bind bind) {
    HostedSession present = sessions.get(bind.session());
    if (present != null && !bind.fresh() && !present.edge().equals(from)) {
      present.takenOver(from);
      if (leaving.getAsBoolean()) {
        present.askToMove();
      }
      return;
    }
    Optional<Instance> instance = admission.admit(bind.function(), bind.version(), lane);
    if (instance.isEmpty()) {
      lane.send(from, new ToClient.Unbound(bind.session()));
      return;
    }
    HostedSession session = new HostedSession(bind, from, lane, instance.get(), this);
    sessions.put(bind.session(), session);
    session.take(bind);
  }

  /** The session is bound to another lane. */
  void drop(SessionId id) {
    HostedSession present = sessions.get(id);
    if (present != null) {
      present.drop();
    }
  }

  void forget(HostedSession session) {
    sessions.remove(session.id(), session);
    onForgotten.accept(session.instance());
  }

  /** A snapshot, so that what is done to the sessions may change the table. */
  List<HostedSession> select(Predicate<HostedSession> wanted) {
    return sessions.values().stream().filter(wanted).toList();
  }
}
