package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the kept sessions of an edge that stops go to the node that stands by: first their hosts hold
 * back what functions send, so that nothing is on its way here; then the standby says that it is
 * there and knows of all, or, if it has just died, the next one does; then it takes over, and hosts
 * send to it what they have held back. By lane, each part confined to its lane.
 */
final class HandOver {
  /** How long hosts are waited for. */
  private static final long PATIENCE_MILLIS = 1_000;

  private record Awaited(Set<SessionId> sessions, Runnable then) {}

  private final Fabric fabric;
  private final SessionTable table;
  private final List<@Nullable Awaited> byLane = new ArrayList<>();

  HandOver(Fabric fabric, SessionTable table) {
    this.fabric = fabric;
    this.table = table;
    fabric.lanes().forEach(lane -> byLane.add(null));
  }

  /**
   * Hands over what the lane has; on the lane.
   *
   * @param then called there when that is done, or there is nobody to take it
   */
  void begin(Lane lane, Runnable then) {
    if (!table.recovery().standby().isThere(lane)) {
      then.run();
      return;
    }
    Set<SessionId> asked = new HashSet<>();
    byLane.set(lane.index(), new Awaited(asked, then));
    for (EdgeSession session : kept(lane)) {
      NodeId host = session.hosting().host();
      asked.add(session.sessionId());
      if (host == null || !lane.send(host, new ToFunction.Hold(session.sessionId()))) {
        asked.remove(session.sessionId());
      }
    }
    if (asked.isEmpty()) {
      end(lane);
    } else {
      fabric.vertx().setTimer(PATIENCE_MILLIS, late -> lane.run(() -> end(lane)));
    }
  }

  private List<EdgeSession> kept(Lane lane) {
    List<EdgeSession> kept = new ArrayList<>(table.sessions(lane).values());
    kept.removeIf(session -> !session.canBeHandedOver());
    return kept;
  }

  /** The host sends nothing more of that session here; on the session's lane. */
  void held(Lane lane, SessionId session) {
    Awaited awaited = byLane.get(lane.index());
    if (awaited != null && awaited.sessions().remove(session) && awaited.sessions().isEmpty()) {
      end(lane);
    }
  }

  private void end(Lane lane) {
    Awaited awaited = byLane.set(lane.index(), null);
    if (awaited != null) {
      Standby standby = table.recovery().standby();
      standby.whenTold(
          lane,
          () -> {
            handOver(lane, standby);
            awaited.then().run();
          });
    }
  }

  private void handOver(Lane lane, Standby standby) {
    if (standby.isThere(lane)) {
      List<EdgeSession> kept = kept(lane);
      kept.forEach(session -> session.tellWaiting(standby));
      standby.takeOver(lane);
      kept.forEach(session -> session.handOver(CloseReason.SERVICE_RESTART));
    }
  }
}
