package dev.selvedge.chat;

import dev.selvedge.function.Call;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups.Member;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rooms of people who hear each other: a room is a group, its last lines are in a store.
 *
 * <p>A client may say, and is answered:
 *
 * <ul>
 *   <li>{@code join {"room":…,"name":…}}: enters a room, and leaves the one it was in. Answer:
 *       {@code {"room":…,"lines":[…],"people":[{"id":…,"name":…}]}}.
 *   <li>{@code say {"text":…,"key":…}}: a line for the room; {@code key} is a new random word, by
 *       which a line that is sent twice is heard once. Answer: the line.
 *   <li>{@code leave}: leaves the room.
 * </ul>
 *
 * <p>It hears {@code line {"number":…,"id":…,"name":…,"text":…,"at":…,"key":…}} for each line, its
 * own included; numbers grow by one within a room, and two lines said at the same time on different
 * nodes may arrive in either order. And {@code presence}, as {@link Session#join(String,
 * JsonObject)} says, with {@code meta} {@code {"name":…}}.
 */
public final class Chat extends EdgeFunction {
  static final int MAX_TEXT = 2_000;
  private static final Pattern ROOM = Pattern.compile("[\\p{L}\\p{N}_-]{1,64}");
  private static final Pattern NAME = Pattern.compile("\\S(.{0,38}\\S)?");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{8,64}");

  @Nullable private History history;

  @Override
  public Future<?> start() {
    history = new History(vertx, store("chat"));
    return Future.succeededFuture();
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "join" -> join(client, message).compose(message::reply);
      case "say" -> say(client, message).compose(message::reply);
      case "leave" -> leave(client).compose(left -> message.reply());
      default ->
          Future.failedFuture(
              new FunctionException(
                  "unknown-event", message.event() + " (expected: join, say or leave)"));
    };
  }

  /** {@code {"room":…}}: the last lines of a room. */
  @Override
  protected Future<?> onCall(Call call) {
    return history().lines(text(call.json(), "room", ROOM));
  }

  private Future<JsonObject> join(Session client, Message message) {
    String room = text(message.json(), "room", ROOM);
    String name = text(message.json(), "name", NAME);
    return leave(client)
        .compose(left -> client.join(group(room), new JsonObject().put("name", name)))
        .compose(
            joined -> {
              client.state().put("room", room).put("name", name);
              return Future.all(history().lines(room), groups().members(group(room)));
            })
        .map(
            both ->
                new JsonObject()
                    .put("room", room)
                    .put("lines", both.<JsonArray>resultAt(0))
                    .put("people", people(both.resultAt(1))));
  }

  private Future<JsonObject> say(Session client, Message message) {
    String room = client.state().getString("room");
    if (room == null) {
      throw new FunctionException("no-room", "join a room first");
    }
    JsonObject line =
        new JsonObject()
            .put("id", client.id())
            .put("name", client.state().getString("name"))
            .put("text", said(message.json()))
            .put("at", Instant.now().toString())
            .put("key", text(message.json(), "key", KEY));
    // Published again when it was there already: the one who crashed may not have come so far.
    return history()
        .add(room, line)
        .compose(added -> groups().publish(group(room), "line", added).map(added));
  }

  private static Future<Void> leave(Session client) {
    Object room = client.state().remove("room");
    return room == null ? Future.succeededFuture() : client.leave(group((String) room));
  }

  private static JsonArray people(List<Member> members) {
    JsonArray people = new JsonArray();
    members.forEach(
        member ->
            people.add(
                new JsonObject()
                    .put("id", member.session())
                    .put("name", member.meta().getString("name"))));
    return people;
  }

  private static String said(JsonObject message) {
    if (message.getValue("text") instanceof String text
        && !text.isBlank()
        && text.length() <= MAX_TEXT) {
      return text;
    }
    throw new FunctionException(
        "bad-argument", "text: (expected: a string of 1 to " + MAX_TEXT + " characters)");
  }

  private static String text(JsonObject message, String member, Pattern expected) {
    if (message.getValue(member) instanceof String text && expected.matcher(text).matches()) {
      return text;
    }
    throw new FunctionException(
        "bad-argument",
        member + ": " + message.getValue(member) + " (expected: " + expected.pattern() + ")");
  }

  private static String group(String room) {
    return "chat:" + room;
  }

  private History history() {
    if (history == null) {
      throw new IllegalStateException("not started");
    }
    return history;
  }
}
