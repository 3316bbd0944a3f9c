package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Publications to more than one group, or with exceptions: to whoever is in at least one of some
 * groups, or has one function, but not in others; each session once. One envelope to each node, as
 * for {@link GroupTable#publish}, and in order with that.
 */
final class Broadcasts {
  private final Fabric fabric;
  private final SessionTable table;

  Broadcasts(Fabric fabric, SessionTable table) {
    this.fabric = fabric;
    this.table = table;
    fabric.register(GroupWire.BROADCAST, GroupWire.Broadcast::read, this::receive);
  }

  /** Call it on {@code lane}, whose publications arrive in order. */
  void publish(Lane lane, GroupWire.Broadcast wanted) {
    long mark = table.recovery().nextMark();
    GroupWire.Broadcast broadcast = mark == 0 ? wanted : wanted.marked(mark);
    broadcast.groups().forEach(table.listener()::published);
    for (NodeId node : targets(broadcast)) {
      if (!node.equals(fabric.membership().self())) {
        lane.send(node, broadcast);
      }
    }
    deliver(fabric.membership().self(), broadcast);
  }

  private Set<NodeId> targets(GroupWire.Broadcast broadcast) {
    Set<NodeId> nodes = new HashSet<>();
    if (broadcast.function() != null) {
      fabric.membership().nodes().stream().map(Node::id).forEach(nodes::add);
    }
    broadcast.groups().forEach(group -> nodes.addAll(table.groups().nodesWith(group)));
    return nodes;
  }

  private void receive(Lane lane, NodeId from, Envelope envelope) {
    deliver(from, (GroupWire.Broadcast) envelope);
  }

  private void deliver(NodeId by, GroupWire.Broadcast broadcast) {
    Outbound message =
        broadcast.isVolatile()
            ? Outbound.volatileEvent(broadcast.event(), broadcast.args())
            : Outbound.event(broadcast.event(), broadcast.args())
                .marked(table.recovery().mark(by, broadcast.mark()));
    for (Lane lane : fabric.lanes()) {
      lane.run(() -> deliverOn(lane, broadcast, message));
    }
  }

  private void deliverOn(Lane lane, GroupWire.Broadcast broadcast, Outbound message) {
    table.replicas().published(lane, broadcast, message);
    table.recovery().published(lane, broadcast, message);
    for (EdgeSession session : meant(lane, broadcast)) {
      if (!isExcepted(session, broadcast)) {
        session.deliver(message);
      }
    }
  }

  /** A copy: a slow session may be closed, and so leave its groups. */
  private Collection<EdgeSession> meant(Lane lane, GroupWire.Broadcast broadcast) {
    if (broadcast.function() == null && broadcast.groups().size() == 1) {
      return List.copyOf(table.groups().on(lane, broadcast.groups().get(0)));
    }
    Set<EdgeSession> meant = new LinkedHashSet<>();
    if (broadcast.function() != null) {
      for (EdgeSession session : table.sessions(lane).values()) {
        if (session.function().equals(broadcast.function())) {
          meant.add(session);
        }
      }
    }
    broadcast.groups().forEach(group -> meant.addAll(table.groups().on(lane, group)));
    return meant;
  }

  private static boolean isExcepted(EdgeSession session, GroupWire.Broadcast broadcast) {
    List<String> ids = broadcast.except();
    List<String> groups = broadcast.exceptGroups();
    return !ids.isEmpty() && ids.contains(session.id())
        || !groups.isEmpty() && groups.stream().anyMatch(session.memberships()::contains);
  }
}
