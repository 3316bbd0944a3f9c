package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** The membership as a {@link NodeTable} has it. */
final class TableMembership implements Membership {
  private final NodeTable table;
  private final BiConsumer<String, JsonObject> announce;
  private final Predicate<NodeId> reachable;

  /**
   * @param announce takes a new section of this node's record, on any thread
   * @param reachable whether a node answers
   */
  TableMembership(
      NodeTable table, BiConsumer<String, JsonObject> announce, Predicate<NodeId> reachable) {
    this.table = table;
    this.announce = announce;
    this.reachable = reachable;
  }

  @Override
  public NodeId self() {
    return table.self();
  }

  @Override
  public List<Node> nodes() {
    return table.nodes();
  }

  @Override
  public Optional<Node> node(NodeId id) {
    return table.node(id);
  }

  @Override
  public void announce(String section, JsonObject value) {
    announce.accept(section, value);
  }

  @Override
  public void addListener(Listener listener) {
    table.addListener(listener);
  }

  @Override
  public boolean isReachable(NodeId node) {
    return reachable.test(node);
  }
}
