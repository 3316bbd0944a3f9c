package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Gathering;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Groups;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Questions about the sessions and groups of the whole cluster, answered by asking the nodes. */
public final class Queries {
  private static final String SESSIONS = "sessions";
  private static final String MEMBERS = "group-members";
  private static final String GROUPS = "groups";

  private final Fabric fabric;
  private final SessionTable table;

  public Queries(Fabric fabric, SessionTable table) {
    this.fabric = fabric;
    this.table = table;
    fabric.serve(
        SESSIONS, filter -> localSessions(new JsonObject(filter)).map(JsonArray::toBuffer));
    fabric.serve(MEMBERS, group -> localMembers(group.toString()).map(JsonArray::toBuffer));
    fabric.serve(GROUPS, nothing -> Future.succeededFuture(localGroups()));
  }

  /**
   * The sessions of all nodes, as {@link EdgeSession} describes them.
   *
   * @param filter {@code function}, {@code node} (its edge), {@code protocol}, {@code group},
   *     {@code limit}; all optional
   */
  public Future<JsonArray> sessions(JsonObject filter) {
    String node = filter.getString("node");
    List<NodeId> asked =
        fabric.membership().nodes().stream()
            .map(Node::id)
            .filter(id -> node == null || id.value().equals(node))
            .toList();
    return Gathering.ask(fabric, asked, SESSIONS, filter.toBuffer());
  }

  /** The members of a group, of every node that has some. */
  public Future<List<Groups.Member>> members(String group) {
    return Gathering.ask(fabric, table.groups().nodesWith(group), MEMBERS, Buffer.buffer(group))
        .map(
            found ->
                found.stream()
                    .map(JsonObject.class::cast)
                    .map(one -> new Groups.Member(one.getString("id"), one.getJsonObject("meta")))
                    .toList());
  }

  /** How many nodes have members of a group, as this node knows it. */
  public int nodesWith(String group) {
    return table.groups().nodesWith(group).size();
  }

  /** All groups with the number of their members. */
  public Future<Map<String, Integer>> groups() {
    List<NodeId> all = fabric.membership().nodes().stream().map(Node::id).toList();
    return Gathering.ask(fabric, all, GROUPS, Buffer.buffer())
        .map(
            found -> {
              Map<String, Integer> sums = new TreeMap<>();
              for (int i = 0; i < found.size(); i++) {
                JsonArray pair = found.getJsonArray(i);
                sums.merge(pair.getString(0), pair.getInteger(1), Integer::sum);
              }
              return sums;
            });
  }

  private Future<JsonArray> localSessions(JsonObject filter) {
    int limit = filter.getInteger("limit", 1_000);
    return onEveryLane(lane -> matching(lane, filter))
        .map(
            found ->
                new JsonArray(
                    found.stream()
                        .map(JsonObject.class::cast)
                        .sorted(Comparator.comparing(session -> session.getString("id")))
                        .limit(limit)
                        .toList()));
  }

  private JsonArray matching(Lane lane, JsonObject filter) {
    JsonArray found = new JsonArray();
    for (EdgeSession session : table.sessions(lane).values()) {
      if (session.isOpen() && matches(session, filter)) {
        found.add(describe(session));
      }
    }
    return found;
  }

  /** The members are those of the admin API's session. */
  private JsonObject describe(EdgeSession session) {
    NodeId host = session.hosting().host();
    return new JsonObject()
        .put("id", session.id())
        .put("function", session.function())
        .put("version", session.hosting().version())
        .put("protocol", session.protocol())
        .put("transport", session.transport().word())
        .put("node", table.self().value())
        .put("host", host == null ? "" : host.value())
        .put("groups", session.memberships().groups())
        .put("remoteAddress", session.handshake().remoteAddress())
        .put("principal", session.principal())
        .put("openedAt", Instant.ofEpochMilli(session.openedAt()).toString());
  }

  private static boolean matches(EdgeSession session, JsonObject filter) {
    return is(filter, "function", session.function())
        && is(filter, "protocol", session.protocol())
        && is(filter, "id", session.id())
        && session.id().compareTo(filter.getString("after", "")) > 0
        && (filter.getString("group") == null
            || session.memberships().contains(filter.getString("group")));
  }

  private static boolean is(JsonObject filter, String key, String value) {
    String wanted = filter.getString(key);
    return wanted == null || wanted.equals(value);
  }

  private Future<JsonArray> localMembers(String group) {
    return onEveryLane(
        lane -> {
          JsonArray found = new JsonArray();
          table
              .groups()
              .members(lane, group)
              .forEach((id, meta) -> found.add(new JsonObject().put("id", id).put("meta", meta)));
          return found;
        });
  }

  private Buffer localGroups() {
    JsonArray pairs = new JsonArray();
    table
        .groups()
        .sizes()
        .forEach((group, size) -> pairs.add(new JsonArray().add(group).add(size)));
    return pairs.toBuffer();
  }

  private Future<JsonArray> onEveryLane(Function<Lane, JsonArray> question) {
    List<Future<JsonArray>> parts = new ArrayList<>();
    for (Lane lane : fabric.lanes()) {
      Promise<JsonArray> part = Promise.promise();
      lane.run(() -> part.complete(question.apply(lane)));
      parts.add(part.future());
    }
    return Future.all(parts)
        .map(
            done -> {
              JsonArray all = new JsonArray();
              parts.forEach(part -> all.addAll(part.result()));
              return all;
            });
  }
}
