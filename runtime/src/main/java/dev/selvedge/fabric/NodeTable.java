package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live nodes as this one knows them. Readers see immutable snapshots. Peers are changed on lane
 * 0 only; this node's own sections by any thread.
 */
final class NodeTable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeTable.class);

  /** A consistent view: the nodes oldest first, and by id. */
  private record Snapshot(List<Node> ordered, Map<NodeId, Node> byId) {}

  private final NodeId self;
  private final List<Membership.Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot;

  NodeTable(Node self) {
    this.self = self.id();
    this.snapshot = snapshotOf(Map.of(self.id(), self));
  }

  NodeId self() {
    return self;
  }

  List<Node> nodes() {
    return snapshot.ordered();
  }

  Optional<Node> node(NodeId id) {
    return Optional.ofNullable(snapshot.byId().get(id));
  }

  boolean contains(NodeId id) {
    return snapshot.byId().containsKey(id);
  }

  void addListener(Membership.Listener listener) {
    listeners.add(listener);
  }

  /** Adds or replaces a node. */
  synchronized void put(Node node) {
    Map<NodeId, Node> nodes = new HashMap<>(snapshot.byId());
    nodes.put(node.id(), node);
    snapshot = snapshotOf(nodes);
  }

  /** Takes a node out; returns what was known of it, or null. */
  synchronized @Nullable Node remove(NodeId id) {
    Map<NodeId, Node> nodes = new HashMap<>(snapshot.byId());
    Node removed = nodes.remove(id);
    snapshot = snapshotOf(nodes);
    return removed;
  }

  /** Sets the order of joining of the nodes that are known. */
  synchronized void order(Map<NodeId, Long> joinOrders) {
    Map<NodeId, Node> nodes = new HashMap<>(snapshot.byId());
    nodes.replaceAll(
        (id, node) -> withJoinOrder(node, joinOrders.getOrDefault(id, node.joinOrder())));
    snapshot = snapshotOf(nodes);
  }

  /** Replaces a section; returns the node as it is now, or empty if it is not known. */
  synchronized Optional<Node> section(NodeId id, String section, JsonObject value) {
    return node(id)
        .map(
            node -> {
              Map<String, JsonObject> sections = new HashMap<>(node.sections());
              sections.put(section, value);
              Node changed =
                  new Node(
                      id, node.roles(), node.address(), node.version(), node.joinOrder(), sections);
              put(changed);
              return changed;
            });
  }

  /** Tells the listeners; call it on lane 0. */
  void tell(Consumer<Membership.Listener> event) {
    for (Membership.Listener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        LOG.error("membership listener failed listener={}", listener.getClass().getName(), e);
      }
    }
  }

  private static Node withJoinOrder(Node node, long joinOrder) {
    return node.joinOrder() == joinOrder
        ? node
        : new Node(
            node.id(), node.roles(), node.address(), node.version(), joinOrder, node.sections());
  }

  private static Snapshot snapshotOf(Map<NodeId, Node> nodes) {
    List<Node> ordered =
        nodes.values().stream()
            .sorted(Comparator.comparingLong(Node::joinOrder).thenComparing(Node::id))
            .toList();
    return new Snapshot(ordered, Map.copyOf(nodes));
  }
}
