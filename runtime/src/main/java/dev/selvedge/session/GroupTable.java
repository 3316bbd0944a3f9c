package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups: their members on this node, and which other nodes have members.
 *
 * <p>Members are kept by lane, each set confined to its lane. What the cluster knows of a group is
 * only which nodes have members: {@link GroupAnnouncer} tells the peers when the first member comes
 * and the last one goes. A publication is one envelope to each such node, and is encoded there once
 * per protocol form.
 */
public final class GroupTable {
  /** Longest name of a group. */
  static final int MAX_NAME = 256;

  private final Fabric fabric;
  private final SessionListener listener;
  private final Tickets<Void> tickets;
  private final GroupAnnouncer announcer;
  private final Presence presence;
  private final SessionTable table;
  private final Recovery recovery;
  private final List<Map<String, Set<EdgeSession>>> byLane = new ArrayList<>();

  /** The number of members by lane, of groups that have one here. */
  private final Map<String, AtomicIntegerArray> counts = new ConcurrentHashMap<>();

  private volatile Consumer<String> onLocalChange = group -> {};

  /** The same of sessions whose edges this node stands by for. */
  private final Map<String, AtomicIntegerArray> shadows = new ConcurrentHashMap<>();

  GroupTable(Fabric fabric, Tickets<Void> tickets, SessionListener listener, SessionTable table) {
    this.fabric = fabric;
    this.listener = listener;
    this.tickets = tickets;
    this.table = table;
    this.recovery = table.recovery();
    this.announcer = new GroupAnnouncer(fabric, tickets, this::isWanted, this::wanted);
    this.presence = new Presence(fabric, this);
    fabric.lanes().forEach(lane -> byLane.add(new HashMap<>()));
    announcer.onPeerJoinedGroups(presence::greet);
    fabric.register(GroupWire.PUBLISH, GroupWire.Publish::read, this::receivePublish);
  }

  /** Checks a group's name. */
  static void requireName(String group) {
    if (group.isEmpty() || group.length() > MAX_NAME) {
      throw new FunctionException(
          "bad-group", "group name of " + group.length() + " characters (expected: 1 to 256)");
    }
  }

  // ---- membership, on the session's lane

  /**
   * Completes when all nodes send what they publish to the group here, and to the node that stands
   * by for the session's edge.
   */
  Future<Void> join(EdgeSession session, String group, @Nullable JsonObject meta) {
    Future<Void> outlives = Future.succeededFuture();
    boolean isNew = !session.memberships().contains(group);
    if (session.memberships().joined(group, meta)) {
      if (isNew) {
        int lane = session.lane().index();
        byLane.get(lane).computeIfAbsent(group, name -> new LinkedHashSet<>()).add(session);
        count(group, lane, 1);
      }
      outlives = recovery.joined(session, group, meta);
      if (meta != null) {
        presence.joined(group, session.sessionId(), meta);
      }
    }
    return outlives.compose(all -> announcer.announced(group));
  }

  Future<Void> leave(EdgeSession session, String group) {
    JsonObject meta = session.memberships().meta(group);
    if (session.memberships().left(group)) {
      int lane = session.lane().index();
      Set<EdgeSession> members = byLane.get(lane).get(group);
      if (members != null && members.remove(session) && members.isEmpty()) {
        byLane.get(lane).remove(group);
      }
      if (meta != null) {
        presence.left(group, session.sessionId());
      }
      count(group, lane, -1);
      recovery.left(session, group);
    }
    return Future.succeededFuture();
  }

  private void count(String group, int lane, int change) {
    if (count(counts, group, lane, change)) {
      onLocalChange.accept(group);
    }
  }

  /** Counts on a lane; tells whether it was the first of the group, or the last. */
  private boolean count(
      Map<String, AtomicIntegerArray> byGroup, String group, int lane, int change) {
    boolean[] edge = new boolean[1];
    byGroup.compute(
        group,
        (name, present) -> {
          AtomicIntegerArray byLaneCount =
              present == null ? new AtomicIntegerArray(fabric.lanes().size()) : present;
          byLaneCount.addAndGet(lane, change);
          boolean empty = isEmpty(byLaneCount);
          edge[0] = present == null || empty;
          return empty ? null : byLaneCount;
        });
    if (edge[0]) {
      announcer.changed(group);
    }
    return edge[0];
  }

  private static boolean isEmpty(AtomicIntegerArray byLaneCount) {
    for (int i = 0; i < byLaneCount.length(); i++) {
      if (byLaneCount.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  boolean hasMembers(String group) {
    return counts.containsKey(group);
  }

  /** Whether publications to the group are to come here. */
  private boolean isWanted(String group) {
    return counts.containsKey(group) || shadows.containsKey(group);
  }

  private Set<String> wanted() {
    Set<String> wanted = new HashSet<>(counts.keySet());
    wanted.addAll(shadows.keySet());
    return wanted;
  }

  /**
   * A session of an edge that this node stands by for has joined a group, or left it: what is
   * published to the group comes here, too.
   */
  void shadow(String group, Lane lane, int change) {
    count(shadows, group, lane.index(), change);
  }

  /** Called on lanes with a group that has got its first member here, or lost its last. */
  void onLocalChange(Consumer<String> changed) {
    onLocalChange = changed;
  }

  // ---- publishing

  /**
   * Publishes to a group; call it on {@code lane}, whose publications arrive in order.
   *
   * @param except ids of sessions to pass over
   */
  public void publish(Lane lane, GroupWire.Publish publication) {
    GroupWire.Publish marked = marked(publication);
    publish(lane, marked, node -> lane.send(node, marked));
  }

  private GroupWire.Publish marked(GroupWire.Publish publication) {
    long mark = recovery.nextMark();
    return mark == 0 ? publication : publication.marked(mark);
  }

  private void publish(Lane lane, GroupWire.Publish publication, Consumer<NodeId> send) {
    listener.published(publication.group());
    announcer.nodesWith(publication.group()).forEach(send);
    deliver(lane, fabric.membership().self(), publication);
  }

  /** As {@link #publish}; completes when every node with members has taken the message. */
  Future<Void> publishAcknowledged(Lane lane, GroupWire.Publish publication) {
    List<Future<Void>> taken = new ArrayList<>();
    GroupWire.Publish marked = marked(publication);
    publish(lane, marked, node -> taken.add(tickets.ask(lane, node, marked::withTicket).answer()));
    // A node that has left has no members any more.
    return Future.join(taken).otherwiseEmpty().mapEmpty();
  }

  private void receivePublish(Lane lane, NodeId from, Envelope envelope) {
    GroupWire.Publish publication = (GroupWire.Publish) envelope;
    deliver(lane, from, publication);
    Tickets.answer(lane, from, ToClient.Ack.ok(publication.ticket()));
  }

  /** Completes when all peers know that publications to the group are to come here. */
  Future<Void> announced(String group) {
    return announcer.announced(group);
  }

  /** Delivers here what that node has published. */
  void deliver(Lane from, NodeId by, GroupWire.Publish publication) {
    // In this order: who is taken over is counted before the shadow goes.
    AtomicIntegerArray byLaneShadows = shadows.get(publication.group());
    AtomicIntegerArray byLaneCount = counts.get(publication.group());
    if (byLaneCount == null && byLaneShadows == null) {
      return;
    }
    Outbound message =
        Outbound.event(publication.event(), publication.args())
            .marked(recovery.mark(by, publication.mark()));
    for (Lane lane : fabric.lanes()) {
      if (lane == from || isAbove0(byLaneShadows, lane) || isAbove0(byLaneCount, lane)) {
        lane.run(() -> deliverOn(lane, publication, message));
      }
    }
  }

  private static boolean isAbove0(@Nullable AtomicIntegerArray counts, Lane lane) {
    return counts != null && counts.get(lane.index()) > 0;
  }

  private void deliverOn(Lane lane, GroupWire.Publish publication, Outbound message) {
    table.replicas().published(lane, publication, message);
    Set<EdgeSession> members = byLane.get(lane.index()).get(publication.group());
    if (members == null) {
      return;
    }
    recovery.published(lane, publication, message);
    for (EdgeSession member : List.copyOf(members)) { // a slow one may be closed, and so leave
      if (publication.except().isEmpty() || !publication.except().contains(member.id())) {
        member.deliver(message);
      }
    }
  }

  /** The members on one lane; call it on that lane. */
  Set<EdgeSession> on(Lane lane, String group) {
    return byLane.get(lane.index()).getOrDefault(group, Set.of());
  }

  // ---- queries

  /** The nodes that have members of a group, this one included. */
  public Set<NodeId> nodesWith(String group) {
    Set<NodeId> nodes = new HashSet<>(announcer.nodesWith(group));
    if (hasMembers(group)) {
      nodes.add(fabric.membership().self());
    }
    return nodes;
  }

  /** The members on one lane by session id; call it on that lane. */
  Map<String, JsonObject> members(Lane lane, String group) {
    Map<String, JsonObject> found = new TreeMap<>();
    for (EdgeSession member : byLane.get(lane.index()).getOrDefault(group, Set.of())) {
      JsonObject meta = member.memberships().meta(group);
      found.put(member.id(), meta == null ? new JsonObject() : meta);
    }
    return found;
  }

  /** This node's groups with the number of their members here. */
  Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    counts.forEach(
        (group, byLaneCount) -> {
          int sum = 0;
          for (int i = 0; i < byLaneCount.length(); i++) {
            sum += byLaneCount.get(i);
          }
          sizes.put(group, sum);
        });
    return sizes;
  }

  // ---- the cluster

  void nodeJoined(NodeId node) {
    announcer.nodeJoined(node);
  }

  void nodeLeft(NodeId node) {
    announcer.nodeLeft(node);
    presence.nodeLeft(node);
  }

  /** Completes when every peer of this moment has told what groups it has. */
  public Future<Void> synced() {
    return announcer.synced();
  }
}
