package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Role;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The node that stands by for this one: the next edge in the order of ids, the first after the
 * last. Each lane tells it what happens to its kept sessions. Another node that takes its place is
 * told how things are, and then what happens.
 */
final class Standby {
  private final Fabric fabric;
  private final Tickets<Void> tickets;

  /** The node that each lane talks to, confined to the lane. */
  private final List<@Nullable NodeId> byLane = new ArrayList<>();

  private final List<Confirmations> confirmations = new ArrayList<>();

  /** The lanes that have, or had, something to tell. */
  private final boolean[] begun;

  /** Tells how things are on a lane. */
  private final Consumer<Lane> retell;

  /**
   * @param retell called on a lane that has a new standby, to tell it what there is
   */
  Standby(Fabric fabric, Tickets<Void> tickets, Consumer<Lane> retell) {
    this.fabric = fabric;
    this.tickets = tickets;
    this.retell = retell;
    this.begun = new boolean[fabric.lanes().size()];
    for (Lane lane : fabric.lanes()) {
      byLane.add(null);
      confirmations.add(
          new Confirmations(
              task -> lane.context().runOnContext(turn -> task.run()),
              number -> tell(lane, new StandbyWire.Confirm(lane.index(), number))));
    }
    fabric.register(
        StandbyWire.Confirmed.KIND,
        StandbyWire.Confirmed::read,
        (lane, from, envelope) -> confirmed(from, (StandbyWire.Confirmed) envelope));
  }

  /** The lane has its first session to tell of; on the lane. */
  void begin(Lane lane) {
    if (!begun[lane.index()]) {
      begun[lane.index()] = true;
      use(lane, next());
    }
  }

  /** The cluster has changed. */
  void choose() {
    NodeId next = next();
    for (Lane lane : fabric.lanes()) {
      lane.run(
          () -> {
            if (begun[lane.index()]) {
              use(lane, next);
            }
          });
    }
  }

  private @Nullable NodeId next() {
    NodeId self = fabric.membership().self();
    Comparator<NodeId> order = Comparator.comparing(NodeId::value);
    List<NodeId> others =
        fabric.membership().peers().stream()
            .filter(node -> node.has(Role.EDGE))
            .map(Node::id)
            .sorted(order)
            .toList();
    return others.stream()
        .filter(id -> order.compare(id, self) > 0)
        .findFirst()
        .orElse(others.isEmpty() ? null : others.get(0));
  }

  private void use(Lane lane, @Nullable NodeId next) {
    NodeId before = byLane.get(lane.index());
    if (Objects.equals(before, next)) {
      return;
    }
    byLane.set(lane.index(), next);
    if (next != null) {
      lane.send(next, new StandbyWire.Begin(lane.index()));
      retell.accept(lane);
      confirmations.get(lane.index()).again();
    } else {
      confirmations.get(lane.index()).giveUp();
    }
    if (before != null) {
      lane.send(before, new StandbyWire.Dismissed(lane.index()));
    }
  }

  /** Who stands by for the lane, if anyone; call it there. */
  @Nullable NodeId of(Lane lane) {
    return byLane.get(lane.index());
  }

  /**
   * Completes when that standby gets all that is published to the lane's groups, too, or is gone.
   */
  Future<Void> hears(Lane lane, NodeId standby) {
    return tickets
        .ask(lane, standby, ticket -> new StandbyWire.Hear(lane.index(), ticket))
        .answer()
        .otherwiseEmpty();
  }

  // ---- what happens; on the lane

  void kept(Keeping keeping) {
    EdgeSession session = keeping.session();
    Lane lane = session.lane();
    if (of(lane) != null) {
      tell(
          lane,
          new StandbyWire.Kept(
              lane.index(),
              session.sessionId(),
              keeping.secret(),
              session.function(),
              session.protocol(),
              session.transport(),
              session.handshake(),
              session.principal(),
              keeping.adoptions()));
    }
  }

  void served(EdgeSession session, @Nullable NodeId host, int version, @Nullable String state) {
    int lane = session.lane().index();
    tell(session.lane(), new StandbyWire.Served(lane, session.sessionId(), host, version, state));
  }

  void moved(EdgeSession session, String group, boolean joined, @Nullable JsonObject meta) {
    tell(session.lane(), moved(session, group, joined, meta, 0));
  }

  /**
   * The session has joined a group. Completes when the standby gets all that is published to it,
   * too, or is gone.
   */
  Future<Void> joined(EdgeSession session, String group, @Nullable JsonObject meta) {
    NodeId standby = of(session.lane());
    return standby == null
        ? Future.succeededFuture()
        : tickets
            .ask(session.lane(), standby, ticket -> moved(session, group, true, meta, ticket))
            .answer()
            .otherwiseEmpty();
  }

  private static StandbyWire.Moved moved(
      EdgeSession session, String group, boolean joined, @Nullable JsonObject meta, long ticket) {
    int lane = session.lane().index();
    return new StandbyWire.Moved(lane, session.sessionId(), group, joined, meta, ticket);
  }

  void sent(EdgeSession session, Outbound message) {
    sentToAll(session.lane(), List.of(session.sessionId()), message);
  }

  void sentToAll(Lane lane, List<SessionId> sessions, Outbound message) {
    if (!sessions.isEmpty()) {
      tell(lane, new StandbyWire.Sent(lane.index(), sessions, message));
    }
  }

  void published(Lane lane, Mark mark) {
    tell(lane, new StandbyWire.Published(lane.index(), mark));
  }

  void before(Lane lane, List<Mark> marks) {
    tell(lane, new StandbyWire.Before(lane.index(), marks));
  }

  void settled(EdgeSession session, Mark mark) {
    tell(
        session.lane(), new StandbyWire.Settled(session.lane().index(), session.sessionId(), mark));
  }

  /** A message of the client that has not gone to any instance. */
  void waiting(EdgeSession session, ToFunction.Inbound message) {
    tell(session.lane(), new StandbyWire.Waiting(session.lane().index(), message));
  }

  void noted(EdgeSession session, Note note) {
    tell(session.lane(), new StandbyWire.Noted(session.lane().index(), session.sessionId(), note));
  }

  /**
   * Runs that when the standby knows all that the lane has told until now: at once if there is no
   * standby and nothing waits, never if the lane's sessions go to another edge before. In order of
   * the calls, also when the standby is lost while some wait.
   */
  void whenTold(Lane lane, Runnable then) {
    Confirmations ofLane = confirmations.get(lane.index());
    if (of(lane) != null || !ofLane.isEmpty()) {
      ofLane.await(then);
    } else {
      then.run();
    }
  }

  private void confirmed(NodeId from, StandbyWire.Confirmed confirmed) {
    Lane lane = fabric.lane(confirmed.lane());
    lane.run(
        () -> {
          if (from.equals(byLane.get(lane.index()))) {
            confirmations.get(lane.index()).confirmed(confirmed.number());
          }
        });
  }

  void ended(EdgeSession session) {
    tell(session.lane(), new StandbyWire.Ended(session.lane().index(), session.sessionId()));
  }

  /** Hands the lane's sessions over; nothing is told of them from here on, only of later ones. */
  void takeOver(Lane lane) {
    tell(lane, new StandbyWire.TakeOver(lane.index()));
    byLane.set(lane.index(), null);
    begun[lane.index()] = false;
    confirmations.get(lane.index()).forget();
  }

  private void tell(Lane lane, StandbyWire what) {
    NodeId standby = byLane.get(lane.index());
    if (standby != null) {
      lane.send(standby, what);
    }
  }
}
