package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The membership of a node in a cluster. */
final class ClusterMembership implements Membership {
  private final NodeTable table;
  private final Announcements announcements;
  private final Reachability reachability;

  ClusterMembership(NodeTable table, Announcements announcements, Reachability reachability) {
    this.table = table;
    this.announcements = announcements;
    this.reachability = reachability;
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
    announcements.announce(section, value);
  }

  @Override
  public void addListener(Listener listener) {
    table.addListener(listener);
  }

  @Override
  public boolean isReachable(NodeId node) {
    return reachability.isReachable(node);
  }
}
