package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The edges that this node stands by for, and the moment in which it takes their sessions over. By
 * lane, each part confined to its lane.
 */
final class Replicas {
  /** A lane of another edge. */
  private record Of(NodeId node, int lane) {}

  private final Fabric fabric;
  private final SessionTable table;
  private final List<Map<Of, Replica>> byLane = new ArrayList<>();

  Replicas(Fabric fabric, SessionTable table) {
    this.fabric = fabric;
    this.table = table;
    fabric.lanes().forEach(lane -> byLane.add(new HashMap<>()));
    StandbyWire.receiveWith(fabric, this::receive);
  }

  private void receive(Lane lane, NodeId from, Envelope envelope) {
    StandbyWire what = (StandbyWire) envelope;
    Of of = new Of(from, what.lane());
    Map<Of, Replica> here = byLane.get(lane.index());
    switch (what.kind()) {
      case StandbyWire.BEGIN -> {
        dismiss(here, of);
        here.put(of, replica(lane));
      }
      case StandbyWire.DISMISSED -> dismiss(here, of);
      case StandbyWire.TAKE_OVER -> takeOver(lane, of);
      default -> tell(lane, of, here.get(of), what);
    }
  }

  private static void dismiss(Map<Of, Replica> here, Of of) {
    Replica replica = here.remove(of);
    if (replica != null) {
      replica.clear();
    }
  }

  /**
   * @param replica null if this node does not stand by for it any more
   */
  private void tell(Lane lane, Of of, @Nullable Replica replica, StandbyWire what) {
    if (what instanceof StandbyWire.Hear hear) {
      acknowledge(lane, of, hear.ticket(), replica == null ? Set.of() : replica.groups());
    } else if (replica != null && what instanceof StandbyWire.Confirm confirm) {
      lane.send(of.node(), new StandbyWire.Confirmed(confirm.lane(), confirm.number()));
    } else if (replica != null) {
      replica.tell(what, Recovery.millis());
    }
    if (what instanceof StandbyWire.Moved moved) {
      acknowledge(lane, of, moved.ticket(), Set.of(moved.group()));
    }
  }

  /** When all nodes know that this one wants what is published to those groups. */
  private void acknowledge(Lane lane, Of of, long ticket, Set<String> groups) {
    if (ticket != 0) {
      Future.join(groups.stream().map(table.groups()::announced).toList())
          .onComplete(all -> Tickets.answer(lane, of.node(), ToClient.Ack.ok(ticket)));
    }
  }

  private Replica replica(Lane lane) {
    Replica.Groups groups =
        new Replica.Groups() {
          @Override
          public void gained(String group) {
            table.groups().shadow(group, lane, 1);
          }

          @Override
          public void lost(String group) {
            table.groups().shadow(group, lane, -1);
          }
        };
    return new Replica(groups, table.recovery().bufferBytes(), table.recovery().maxAgeMillis());
  }

  /** A publication has come; on a lane. */
  void published(Lane lane, Audience audience, Outbound message) {
    Map<Of, Replica> here = byLane.get(lane.index());
    if (!here.isEmpty()) {
      long millis = Recovery.millis();
      here.values().forEach(replica -> replica.published(audience, message, millis));
    }
  }

  /**
   * An edge has left: its sessions are those of this node now.
   *
   * @param then called on lane 0 when they are all here, if there were any
   */
  void nodeLeft(NodeId node, Runnable then) {
    AtomicInteger pending = new AtomicInteger(fabric.lanes().size());
    AtomicInteger taken = new AtomicInteger();
    for (Lane lane : fabric.lanes()) {
      lane.run(
          () -> {
            for (Of of : List.copyOf(byLane.get(lane.index()).keySet())) {
              if (of.node().equals(node)) {
                taken.incrementAndGet();
                adoptAll(lane, of);
              }
            }
            if (pending.decrementAndGet() == 0 && taken.get() > 0) {
              fabric.lane(0).run(then);
            }
          });
    }
  }

  /** The node is the heir when it has the sessions of all lanes: nobody looks for one before. */
  private void takeOver(Lane lane, Of of) {
    adoptAll(lane, of);
    AtomicInteger pending = new AtomicInteger(fabric.lanes().size());
    AtomicInteger left = new AtomicInteger();
    for (Lane each : fabric.lanes()) {
      each.run(
          () -> {
            byLane.get(each.index()).keySet().stream()
                .filter(other -> other.node().equals(of.node()))
                .forEach(other -> left.incrementAndGet());
            if (pending.decrementAndGet() == 0 && left.get() == 0) {
              fabric.lane(0).run(() -> table.heirs().inherit(of.node()));
            }
          });
    }
  }

  private void adoptAll(Lane lane, Of of) {
    Replica replica = byLane.get(lane.index()).remove(of);
    if (replica == null) {
      return;
    }
    SentLog.Past past = replica.past();
    for (Replica.Kept kept : replica.sessions()) {
      if (kept.served) {
        table.adopt(lane, kept, past);
      }
    }
    replica.clear();
  }
}
