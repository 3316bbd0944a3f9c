package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.session.GroupWire.Holds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Which nodes have members of which group. Each node tells its peers when the first member of a
 * group comes and the last one goes, in batches of one loop tick, and everything to a newcomer; the
 * table of a peer is as it said, in the order it said it, and goes with it.
 *
 * <p>Announcements are made and received on lane 0; {@link #nodesWith} and {@link #announced} may
 * be asked on any thread.
 */
final class GroupAnnouncer {
  private final Fabric fabric;
  private final Lane lane;
  private final Tickets<Void> tickets;
  private final Predicate<String> hasMembers;
  private final Supplier<Set<String>> localGroups;
  private BiConsumer<NodeId, List<String>> onGained = (node, groups) -> {};

  /** The nodes, this one excepted, that have members of a group. The sets are immutable. */
  private final Map<String, Set<NodeId>> holders = new ConcurrentHashMap<>();

  /** The peers that have told all their groups. */
  private final Set<NodeId> synced = ConcurrentHashMap.newKeySet();

  private final List<Promise<Void>> awaitingSync = new ArrayList<>();

  /**
   * An announcement that not every peer has acknowledged yet.
   *
   * @param sent whether it has left, so that a later change needs another one
   */
  private record Announcement(Promise<Void> known, boolean sent) {}

  /** The latest announcement of a group, while it is under way. */
  private final Map<String, Announcement> underWay = new ConcurrentHashMap<>();

  /** Groups that changed since the last batch; lane 0. */
  private final Set<String> dirty = new LinkedHashSet<>();

  GroupAnnouncer(
      Fabric fabric,
      Tickets<Void> tickets,
      Predicate<String> hasMembers,
      Supplier<Set<String>> localGroups) {
    this.fabric = fabric;
    this.lane = fabric.lane(0);
    this.tickets = tickets;
    this.hasMembers = hasMembers;
    this.localGroups = localGroups;
    fabric.register(GroupWire.HOLDS, Holds::read, this::receive);
  }

  /** Called on lane 0 with a peer and the groups that it has from now on. */
  void onPeerJoinedGroups(BiConsumer<NodeId, List<String>> listener) {
    onGained = listener;
  }

  Set<NodeId> nodesWith(String group) {
    return holders.getOrDefault(group, Set.of());
  }

  /** The group has got its first member here, or lost its last. */
  void changed(String group) {
    underWay.compute(
        group,
        (name, latest) ->
            latest == null || latest.sent() ? new Announcement(Promise.promise(), false) : latest);
    lane.run(
        () -> {
          if (dirty.isEmpty()) {
            lane.context().runOnContext(tick -> flush());
          }
          dirty.add(group);
        });
  }

  /** Completes when all peers know what this node has said of the group so far. */
  Future<Void> announced(String group) {
    Announcement latest = underWay.get(group);
    return latest == null ? Future.succeededFuture() : latest.known().future();
  }

  private void flush() {
    List<String> gained = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    Map<String, Announcement> leaving = new HashMap<>();
    for (String group : dirty) {
      underWay.computeIfPresent(
          group,
          (name, latest) -> { // before the look: a change after it gets its own announcement
            Announcement sent = new Announcement(latest.known(), true);
            leaving.put(name, sent);
            return sent;
          });
      (hasMembers.test(group) ? gained : lost).add(group);
    }
    dirty.clear();
    List<Future<Void>> answers = new ArrayList<>();
    for (Node peer : fabric.membership().peers()) {
      answers.add(tell(peer.id(), false, gained, lost));
    }
    Future.join(answers).onComplete(done -> leaving.forEach(this::finish));
  }

  private void finish(String group, Announcement announcement) {
    underWay.remove(group, announcement);
    announcement.known().tryComplete();
  }

  private Future<Void> tell(NodeId peer, boolean whole, List<String> gained, List<String> lost) {
    return tickets.ask(lane, peer, ticket -> new Holds(whole, gained, lost, ticket)).answer();
  }

  private void receive(Lane at, NodeId from, Envelope envelope) {
    lane.run(() -> apply(from, (Holds) envelope));
    Tickets.answer(at, from, ToClient.Ack.ok(((Holds) envelope).ticket()));
  }

  private void apply(NodeId from, Holds holds) {
    if (holds.whole()) {
      removeAll(from);
      synced.add(from);
      completeSync();
    }
    for (String group : holds.gained()) {
      holders.compute(group, (name, nodes) -> with(nodes == null ? Set.of() : nodes, from));
    }
    for (String group : holds.lost()) {
      holders.computeIfPresent(group, (name, nodes) -> without(nodes, from));
    }
    if (!holds.gained().isEmpty()) {
      onGained.accept(from, holds.gained());
    }
  }

  @SuppressWarnings("NullAway") // a null removes the mapping
  private static Set<NodeId> without(Set<NodeId> nodes, NodeId node) {
    Set<NodeId> rest = new HashSet<>(nodes);
    rest.remove(node);
    return rest.isEmpty() ? null : Set.copyOf(rest);
  }

  private static Set<NodeId> with(Set<NodeId> nodes, NodeId node) {
    Set<NodeId> more = new HashSet<>(nodes);
    more.add(node);
    return Set.copyOf(more);
  }

  void nodeJoined(NodeId node) {
    lane.run(() -> tell(node, true, List.copyOf(localGroups.get()), List.of()));
  }

  void nodeLeft(NodeId node) {
    lane.run(
        () -> {
          removeAll(node);
          synced.remove(node);
          completeSync();
        });
  }

  private void removeAll(NodeId node) {
    for (String group : holders.keySet()) {
      holders.computeIfPresent(group, (name, nodes) -> without(nodes, node));
    }
  }

  /** Completes when all peers have told their groups. Call it once, when the fabric has started. */
  Future<Void> synced() {
    Promise<Void> promise = Promise.promise();
    lane.run(
        () -> {
          // Those that were there before this node listened to the membership: two nodes that start
          // at the same time would otherwise wait for each other.
          fabric.membership().peers().forEach(peer -> nodeJoined(peer.id()));
          awaitingSync.add(promise);
          completeSync();
        });
    return promise.future();
  }

  private void completeSync() {
    if (fabric.membership().peers().stream().map(Node::id).allMatch(synced::contains)) {
      awaitingSync.forEach(Promise::tryComplete);
      awaitingSync.clear();
    }
  }
}
