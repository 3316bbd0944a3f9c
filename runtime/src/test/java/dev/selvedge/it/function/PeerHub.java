package dev.selvedge.it.function;

import dev.selvedge.function.Call;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Message;
import dev.selvedge.function.PeerMessage;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Says to its groups and to its peers what it is called for. */
public final class PeerHub extends EdgeFunction {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Override
  protected Future<?> onOpen(Session client) {
    client.state().put("name", client.handshake().auth().getString("name", ""));
    return Future.succeededFuture();
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "join" -> client.join(message.text()).compose(joined -> message.reply());
      case "shout" -> groups().except(client.id()).publish("red", "said", message.text());
      default -> message.fail("no-such-event", message.event());
    };
  }

  @Override
  protected Future<?> onPeerMessage(PeerMessage message) {
    String text = String.valueOf(message.args().get(0));
    if (message.event().equals("question")) {
      return Future.succeededFuture(text + " selvedge");
    }
    return store("heard").increment(message.namespace() + " " + text, 1);
  }

  @Override
  protected Future<?> onCall(Call call) {
    JsonObject body = call.json();
    String group = body.getString("group", "");
    return switch (body.getString("do")) {
      case "publish" -> publish(body);
      case "joinAll" -> groups().joinAll(group, body.getString("other"));
      case "leaveAll" -> groups().leaveAll(group, body.getString("other"));
      case "closeAll" -> groups().closeAll(group, CloseReason.NORMAL);
      case "everyone" -> everyone(group);
      case "clients" -> peers().clients(group).map(PeerHub::json);
      case "ask" -> peers().request(PATIENCE, "question", group).map(PeerHub::json);
      case "tell" -> peers().send("note", group);
      case "heard" -> store("heard").increment(group, 0);
      case "request" -> groups().request(PATIENCE, group, "question", "q").map(PeerHub::json);
      default -> Future.failedFuture(new FunctionException("no-such-call", body.encode()));
    };
  }

  private Future<?> publish(JsonObject body) {
    List<String> rooms = texts(body, "rooms");
    String tag = body.getString("tag");
    return rooms.isEmpty()
        ? sessions().publish("said", tag)
        : groups()
            .except(texts(body, "except").toArray(String[]::new))
            .exceptGroups(texts(body, "exceptGroups").toArray(String[]::new))
            .publish(rooms, "said", tag);
  }

  private static List<String> texts(JsonObject body, String name) {
    return body.getJsonArray(name, new JsonArray()).stream().map(String::valueOf).toList();
  }

  /** The ids of the cluster's members and of the peers'. */
  private Future<JsonArray> everyone(String group) {
    return groups()
        .members(group)
        .compose(
            members ->
                peers()
                    .clients(group)
                    .map(
                        others ->
                            new JsonArray(
                                Stream.concat(
                                        members.stream().map(Groups.Member::session),
                                        others.stream().map(Peers.Client::id))
                                    .toList())));
  }

  private static JsonArray json(List<Peers.Client> clients) {
    JsonArray json = new JsonArray();
    for (Peers.Client client : clients) {
      json.add(
          new JsonObject()
              .put("id", client.id())
              .put("namespace", client.namespace())
              .put("groups", new JsonArray(client.groups()))
              .put("address", client.handshake().getString("address"))
              .put("data", client.data()));
    }
    return json;
  }

  private static JsonObject json(Peers.Answers answers) {
    return new JsonObject()
        .put("answers", new JsonArray(answers.answers()))
        .put("missing", answers.missing());
  }

  private static JsonObject json(Groups.Answers answers) {
    JsonArray values = new JsonArray();
    answers.answers().forEach(answer -> values.add(answer.args().get(0)));
    return new JsonObject().put("answers", values).put("missing", answers.missing());
  }
}
