package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * Who is in the cluster. Reads may be made on any thread and never block; listeners are called on
 * lane 0, one at a time, in the order of the events.
 */
public interface Membership {
  /** This node. */
  NodeId self();

  /** All live nodes, this one included, oldest first. */
  List<Node> nodes();

  /** All live nodes but this one, oldest first. */
  default List<Node> peers() {
    return nodes().stream().filter(node -> !node.id().equals(self())).toList();
  }

  Optional<Node> node(NodeId id);

  /** The oldest live node. */
  default Node leader() {
    return nodes().get(0);
  }

  /**
   * Replaces one section of this node's record. Peers see it within a few milliseconds, and again
   * every second; a newcomer gets the whole record at once. Keep it under 16 KiB.
   */
  void announce(String section, JsonObject value);

  /** The listener is told what happens from here on; read {@link #nodes} for who is there. */
  void addListener(Listener listener);

  /**
   * Whether the node answers. A live node that the bus does not reach (another port than the
   * cluster's) turns unreachable after some seconds; what is sent to it waits.
   */
  boolean isReachable(NodeId node);

  /**
   * Membership events. A node that was cut off and returned has left and joined; so has one to
   * which a link of this node, or the other way round, lost its place: a lane had 64 MiB under way
   * that were not acknowledged. Both nodes then see it so.
   *
   * <p>What a listener hands to a lane in {@code left} runs there after the last envelope of that
   * node, and what it hands over in {@code joined} before the first; by then the lane can send to
   * it.
   */
  interface Listener {
    default void joined(Node node) {}

    default void left(Node node) {}

    /** A peer, or this node, announced a changed section. */
    default void announced(Node node, String section) {}
  }
}
