package dev.selvedge.session;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is in a group with {@code meta}, and telling the members of it.
 *
 * <p>Joins and leaves go to the nodes that have members of the group. Each of these keeps a roster
 * of what the others said, so that it can tell its members who vanished when a node dies. Confined
 * to lane 0.
 */
final class Presence {
  /** The event by which members are told. */
  static final String EVENT = "presence";

  private record Entry(NodeId node, JsonObject meta) {}

  private final Fabric fabric;
  private final Lane lane;
  private final GroupTable groups;

  /** Group → session id → where it is and its meta; for groups that have a member on this node. */
  private final Map<String, Map<String, Entry>> rosters = new HashMap<>();

  Presence(Fabric fabric, GroupTable groups) {
    this.fabric = fabric;
    this.lane = fabric.lane(0);
    this.groups = groups;
    fabric.register(GroupWire.PRESENCE, GroupWire.PresenceChange::read, this::receive);
  }

  void joined(String group, SessionId session, JsonObject meta) {
    JsonArray one = new JsonArray().add(entry(session.toString(), meta));
    lane.run(() -> spread(new GroupWire.PresenceChange(group, one, List.of(), false)));
  }

  void left(String group, SessionId session) {
    List<String> one = List.of(session.toString());
    lane.run(() -> spread(new GroupWire.PresenceChange(group, new JsonArray(), one, false)));
  }

  private void spread(GroupWire.PresenceChange change) {
    for (NodeId node : groups.nodesWith(change.group())) {
      if (!node.equals(self())) {
        lane.send(node, change);
      }
    }
    apply(self(), change);
  }

  private void receive(Lane at, NodeId from, Envelope envelope) {
    lane.run(() -> apply(from, (GroupWire.PresenceChange) envelope));
  }

  private void apply(NodeId from, GroupWire.PresenceChange change) {
    if (!groups.hasMembers(change.group())) {
      rosters.remove(change.group());
      return;
    }
    Map<String, Entry> roster =
        rosters.computeIfAbsent(change.group(), name -> new LinkedHashMap<>());
    JsonArray joined = new JsonArray();
    for (int i = 0; i < change.joined().size(); i++) {
      JsonObject member = change.joined().getJsonObject(i);
      roster.put(member.getString("id"), new Entry(from, member.getJsonObject("meta")));
      joined.add(member);
    }
    List<JsonObject> left = new ArrayList<>();
    for (String id : change.left()) {
      Entry entry = roster.remove(id);
      if (entry != null) {
        left.add(entry(id, entry.meta()));
      }
    }
    if (!change.silent()) {
      tellMembers(change.group(), joined, left);
    }
  }

  private void tellMembers(String group, JsonArray joined, List<JsonObject> left) {
    if (joined.isEmpty() && left.isEmpty()) {
      return;
    }
    JsonObject told =
        new JsonObject().put("group", group).put("joined", joined).put("left", new JsonArray(left));
    groups.deliver(lane, self(), new GroupWire.Publish(group, EVENT, List.of(told), List.of()));
  }

  /** A peer has got its first member of some groups: it needs to know who is here. */
  void greet(NodeId peer, List<String> gained) {
    for (String group : gained) {
      JsonArray here = new JsonArray();
      rosters
          .getOrDefault(group, Map.of())
          .forEach(
              (id, entry) -> {
                if (entry.node().equals(self())) {
                  here.add(entry(id, entry.meta()));
                }
              });
      if (!here.isEmpty()) {
        lane.send(peer, new GroupWire.PresenceChange(group, here, List.of(), true));
      }
    }
  }

  /** Tells the members of every group who was on the node that is gone. */
  void nodeLeft(NodeId node) {
    lane.run(
        () -> {
          for (Map.Entry<String, Map<String, Entry>> roster : List.copyOf(rosters.entrySet())) {
            String group = roster.getKey();
            List<String> gone = new ArrayList<>();
            roster
                .getValue()
                .forEach(
                    (id, entry) -> {
                      if (entry.node().equals(node)) {
                        gone.add(id);
                      }
                    });
            if (!gone.isEmpty()) {
              apply(node, new GroupWire.PresenceChange(group, new JsonArray(), gone, false));
            }
          }
        });
  }

  private NodeId self() {
    return fabric.membership().self();
  }

  private static JsonObject entry(String id, JsonObject meta) {
    return new JsonObject().put("id", id).put("meta", meta);
  }
}
