package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The membership of a node that is alone. */
final class LocalMembership implements Membership {
  private final NodeTable table;
  private final EventLoopLane lane0;

  LocalMembership(NodeTable table, EventLoopLane lane0) {
    this.table = table;
    this.lane0 = lane0;
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
  public synchronized void announce(String section, JsonObject value) {
    table
        .section(self(), section, value.copy())
        .ifPresent(node -> lane0.later(() -> table.tell(l -> l.announced(node, section))));
  }

  @Override
  public void addListener(Listener listener) {
    table.addListener(listener);
  }

  @Override
  public boolean isReachable(NodeId node) {
    return node.equals(self());
  }
}
