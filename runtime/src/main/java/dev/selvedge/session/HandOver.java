package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the kept sessions of an edge that stops go to the node that stands by: first their hosts hold
 * back what functions send, so that nothing is on its way here; then the standby says that it is
 * there and knows of all, or, if it has just died, the next one does; then all that is published
 * comes to it or has come here; then it takes over, and hosts send to it what they have held back.
 * A host that a session gets meanwhile holds back, too. By lane, each part confined to its lane.
 */
final class HandOver {
  /** How long hosts are waited for, and publications. */
  private static final long PATIENCE_MILLIS = 1_000;

  private static final long NO_TIMER = -1;

  /** A hand-over that has begun. */
  private static final class Begun {
    /** Whose hosts have been asked to hold back, and have not said that they do. */
    final Set<SessionId> asked = new HashSet<>();

    /** Ends the patience with them, while it is they who are waited for. */
    long timer = NO_TIMER;
  }

  private final Fabric fabric;
  private final SessionTable table;
  private final Standby standby;
  private final Fences fences;
  private final Consumer<Lane> then;
  private final List<@Nullable Begun> byLane = new ArrayList<>();

  /**
   * @param then called on a lane whose sessions are handed over, or have nobody to take them
   */
  HandOver(Fabric fabric, SessionTable table, Fences fences, Consumer<Lane> then) {
    this.fabric = fabric;
    this.table = table;
    this.standby = table.recovery().standby();
    this.fences = fences;
    this.then = then;
    fabric.lanes().forEach(lane -> byLane.add(null));
  }

  /**
   * Hands over what the lane has; on the lane. One that has begun goes on, also with the sessions
   * that have come since.
   */
  void begin(Lane lane) {
    if (standby.of(lane) == null) {
      then.accept(lane);
      return;
    }
    Begun before = byLane.get(lane.index());
    Begun begun = before == null ? new Begun() : before;
    byLane.set(lane.index(), begun);
    kept(lane).forEach(session -> ask(begun, session));
    if (before == null) {
      awaitHosts(lane, begun);
    }
  }

  private List<EdgeSession> kept(Lane lane) {
    List<EdgeSession> kept = new ArrayList<>(table.sessions(lane).values());
    kept.removeIf(session -> !session.canBeHandedOver());
    return kept;
  }

  private static void ask(Begun begun, EdgeSession session) {
    NodeId host = session.hosting().host();
    SessionId id = session.sessionId();
    if (host != null && session.lane().send(host, new ToFunction.Hold(id))) {
      begun.asked.add(id);
    } else {
      begun.asked.remove(id);
    }
  }

  /** The session has another host; on its lane. */
  void bound(EdgeSession session) {
    Begun begun = byLane.get(session.lane().index());
    if (begun != null && session.canBeHandedOver()) {
      ask(begun, session);
    }
  }

  /** The host sends nothing more of that session here; on the session's lane. */
  void held(Lane lane, SessionId session) {
    Begun begun = byLane.get(lane.index());
    if (begun != null
        && begun.asked.remove(session)
        && begun.asked.isEmpty()
        && begun.timer != NO_TIMER) {
      awaitStandby(lane, begun);
    }
  }

  private void awaitHosts(Lane lane, Begun begun) {
    if (begun.asked.isEmpty()) {
      awaitStandby(lane, begun);
      return;
    }
    begun.timer =
        fabric.vertx().setTimer(PATIENCE_MILLIS, timer -> lane.run(() -> late(lane, begun, timer)));
  }

  private void late(Lane lane, Begun begun, long timer) {
    if (begun.timer == timer) {
      begun.asked.clear();
      awaitStandby(lane, begun);
    }
  }

  private void awaitStandby(Lane lane, Begun begun) {
    begun.timer = NO_TIMER;
    standby.whenTold(
        lane,
        () -> {
          if (begun.asked.isEmpty()) {
            awaitPublications(lane, begun);
          } else {
            awaitHosts(lane, begun);
          }
        });
  }

  /**
   * A standby that is new may not have got what was published before it stood by and has not come
   * here yet: first all nodes send to it, too, then what they had sent here before has come.
   */
  private void awaitPublications(Lane lane, Begun begun) {
    NodeId node = standby.of(lane);
    if (node == null) {
      end(lane);
      return;
    }
    standby
        .hears(lane, node)
        .compose(hears -> fences.caughtUp())
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(
            done ->
                lane.run(
                    () -> {
                      if (node.equals(standby.of(lane)) && begun.asked.isEmpty()) {
                        end(lane);
                      } else {
                        awaitHosts(lane, begun);
                      }
                    }));
  }

  private void end(Lane lane) {
    byLane.set(lane.index(), null);
    if (standby.of(lane) != null) {
      List<EdgeSession> kept = kept(lane);
      kept.forEach(session -> session.tellWaiting(standby));
      standby.takeOver(lane);
      kept.forEach(session -> session.handOver(CloseReason.SERVICE_RESTART));
    }
    then.accept(lane);
  }
}
