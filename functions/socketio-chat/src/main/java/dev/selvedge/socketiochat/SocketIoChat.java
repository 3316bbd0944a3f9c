package dev.selvedge.socketiochat;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * The chat example of Socket.IO: one room for everybody, at whichever node they are.
 *
 * <p>A client may say:
 *
 * <ul>
 *   <li>{@code add user} (name): takes part. It hears {@code login {"numUsers":…}}, the others
 *       {@code user joined {"username":…,"numUsers":…}}. A second one is ignored.
 *   <li>{@code new message} (text): the others hear {@code new message {"username":…,"message":…}}.
 *   <li>{@code typing}, {@code stop typing}: the others hear the same with {@code {"username":…}}.
 * </ul>
 *
 * <p>When one who takes part goes, the others hear {@code user left {"username":…,"numUsers":…}}.
 * {@code numUsers} counts those who take part on all nodes; of two who come at the same moment,
 * both may hear the larger number.
 */
public final class SocketIoChat extends EdgeFunction {
  static final int MAX_NAME = 40;
  static final int MAX_TEXT = 2_000;

  /** Who is connected, and who of them takes part. */
  private static final String EVERYONE = "socketio-chat:everyone";

  private static final String USERS = "socketio-chat:users";
  private static final String USERNAME = "username";

  @Override
  protected Future<?> onOpen(Session client) {
    return client.join(EVERYONE);
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "add user" -> addUser(client, text(message, MAX_NAME));
      case "new message" ->
          tellOthers(
              client, message.event(), about(client).put("message", text(message, MAX_TEXT)));
      case "typing", "stop typing" -> tellOthers(client, message.event(), about(client));
      default ->
          message.fail(
              "no-such-event",
              message.event() + " (expected: add user, new message, typing or stop typing)");
    };
  }

  @Override
  protected Future<?> onClose(Session client, CloseReason reason) {
    return client.state().containsKey(USERNAME)
        ? countWithout(client)
            .compose(
                others -> tellOthers(client, "user left", about(client).put("numUsers", others)))
        : Future.succeededFuture();
  }

  private Future<Void> addUser(Session client, String name) {
    if (client.state().containsKey(USERNAME)) {
      return Future.succeededFuture();
    }
    return client
        .join(USERS)
        .compose(joined -> countWithout(client))
        .compose(
            others -> {
              client.state().put(USERNAME, name);
              int users = others + 1;
              return client
                  .send("login", new JsonObject().put("numUsers", users))
                  .compose(
                      sent ->
                          tellOthers(client, "user joined", about(client).put("numUsers", users)));
            });
  }

  /** How many take part besides this one, who may be among them no more. */
  private Future<Integer> countWithout(Session client) {
    return groups()
        .members(USERS)
        .map(
            members ->
                (int)
                    members.stream().filter(other -> !other.session().equals(client.id())).count());
  }

  private Future<Void> tellOthers(Session client, String event, JsonObject what) {
    return groups().except(client.id()).publish(EVERYONE, event, what);
  }

  /** {@code {"username":…}}, to be added to. */
  private static JsonObject about(Session client) {
    String name = client.state().getString(USERNAME);
    if (name == null) {
      throw new FunctionException("no-user", "say who you are with \"add user\" first");
    }
    return new JsonObject().put(USERNAME, name);
  }

  private static String text(Message message, int longest) {
    String text = message.text();
    if (text.isBlank() || text.length() > longest) {
      throw new FunctionException(
          "bad-argument",
          message.event()
              + ": "
              + text.length()
              + " characters (expected: 1 to "
              + longest
              + ", not only spaces)");
    }
    return text;
  }
}
