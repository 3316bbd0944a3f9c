package dev.selvedge.fabric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what the cluster says into nodes that join and leave, one after the other, on lane 0.
 *
 * <p>Each pair of nodes counts its <i>epochs</i>: the times for which both saw each other alive
 * without a break. Whoever sees a break counts up, the other follows when it hears the higher
 * number, and for both the peer has left and joined. Nothing of an earlier epoch is received in a
 * later one, so what a listener hands to a lane in {@code left} runs there after the last envelope
 * of that peer, and what it hands over in {@code joined} before the first.
 */
final class Roster {
  /** Told of the changes, before the listeners of the membership and on lane 0. */
  interface Neighbours {
    void joined(NodeId peer);

    void left(NodeId peer);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Roster.class);
  private static final int PAST_LIMIT = 1_024;

  private static final class Peer {
    final Member member;
    final long epoch;
    boolean heard;

    Peer(Member member, long epoch) {
      this.member = member;
      this.epoch = epoch;
    }
  }

  private final NodeTable table;
  private final List<EventLoopLane> lanes;
  private final List<LaneLinks> links;
  private final Supplier<List<Member>> members;
  private final Neighbours neighbours;
  private final Map<NodeId, Peer> peers = new HashMap<>();
  private final Map<NodeId, Long> pastEpochs =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeId, Long> eldest) {
          return size() > PAST_LIMIT;
        }
      };
  private @Nullable UUID ownMembership;

  /**
   * @param members the cluster's members now, oldest first
   */
  Roster(
      NodeTable table,
      List<EventLoopLane> lanes,
      List<LaneLinks> links,
      Supplier<List<Member>> members,
      Neighbours neighbours) {
    this.table = table;
    this.lanes = lanes;
    this.links = links;
    this.members = members;
    this.neighbours = neighbours;
  }

  /** Compares with the cluster's members; call it on lane 0 after every change. */
  void refresh() {
    Map<NodeId, Member> present = new LinkedHashMap<>();
    members.get().forEach(member -> present.put(member.id(), member));
    Member own = present.remove(table.self());
    if (own == null) {
      // Between two clusters: the members that were there are not ours to judge.
      return;
    }
    boolean returned = ownMembership != null && !ownMembership.equals(own.membership());
    ownMembership = own.membership();
    for (Peer peer : List.copyOf(peers.values())) {
      Member now = present.get(peer.member.id());
      if (returned || now == null || !now.membership().equals(peer.member.membership())) {
        leave(peer);
      }
    }
    // Before the newcomers: whoever hears of one, or looks meanwhile, sees the right leader.
    order();
    present.values().stream()
        .filter(member -> !peers.containsKey(member.id()))
        .forEach(member -> join(member, 0));
  }

  /** The pair must be at that epoch or a later one; call it on lane 0. */
  void reach(NodeId id, long epoch) {
    Peer peer = peers.get(id);
    if (peer != null && peer.epoch < epoch) {
      LOG.warn("connection with peer restarts peer={} epoch={}", id, epoch);
      leave(peer);
      order();
      join(peer.member, epoch);
    }
  }

  /** The epoch of the pair; 0 if the node is not there. */
  long epoch(NodeId id) {
    Peer peer = peers.get(id);
    return peer == null ? 0 : peer.epoch;
  }

  /** The peer is there in this epoch and its lanes listen. */
  void heard(NodeId id) {
    Peer peer = peers.get(id);
    if (peer != null && !peer.heard) {
      peer.heard = true;
      onLanes(links -> links.ready(id));
    }
  }

  boolean allHeard() {
    return peers.values().stream().allMatch(peer -> peer.heard);
  }

  List<NodeId> peers() {
    return new ArrayList<>(peers.keySet());
  }

  private void join(Member member, long epoch) {
    NodeId id = member.id();
    Peer peer = new Peer(member, Math.max(epoch, pastEpochs.getOrDefault(id, 0L) + 1));
    peers.put(id, peer);
    Node node =
        new Node(
            id, member.roles(), member.address(), member.version(), joinOrder(member), Map.of());
    onLanes(links -> links.open(id, member.lanes(), peer.epoch));
    table.put(node);
    LOG.info("node joined id={} address={}", id, member.address());
    neighbours.joined(id);
    table.tell(listener -> listener.joined(node));
    onLanes(links -> links.receiveFrom(id));
  }

  private void leave(Peer peer) {
    NodeId id = peer.member.id();
    peers.remove(id);
    pastEpochs.remove(id);
    pastEpochs.put(id, peer.epoch);
    onLanes(links -> links.close(id));
    Node node = table.remove(id);
    LOG.info("node left id={} address={}", id, peer.member.address());
    neighbours.left(id);
    if (node != null) {
      table.tell(listener -> listener.left(node));
    }
  }

  private void order() {
    Map<NodeId, Long> orders = new HashMap<>();
    for (Member member : members.get()) {
      orders.put(member.id(), (long) orders.size());
    }
    table.order(orders);
  }

  private long joinOrder(Member member) {
    return members.get().indexOf(member);
  }

  private void onLanes(Consumer<LaneLinks> task) {
    for (int i = 0; i < lanes.size(); i++) {
      LaneLinks ofLane = links.get(i);
      lanes.get(i).run(() -> task.accept(ofLane));
    }
  }
}
