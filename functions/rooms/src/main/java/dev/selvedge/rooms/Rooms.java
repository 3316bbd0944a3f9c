package dev.selvedge.rooms;

import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.regex.Pattern;

/**
 * Rooms whose members speak different protocols, and hear each other as if they did not.
 *
 * <p>A client may say:
 *
 * <ul>
 *   <li>{@code enter} (room, name): enters a room, and leaves the one it was in. Answer: its kind.
 *   <li>{@code say} (text): everyone in the room, the speaker too, hears {@code said
 *       {"from":…,"kind":…,"text":…}}. Answer: none, or an empty one.
 * </ul>
 *
 * <p>A kind is {@code websocket}, {@code sse} or {@code longpoll} for clients of the raw protocol,
 * {@code socketio} and {@code signalr} for the others.
 */
public final class Rooms extends EdgeFunction {
  static final int MAX_TEXT = 2_000;
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._-]{1,40}");

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "enter" -> enter(client, name(message, 0), name(message, 1)).compose(message::reply);
      case "say" -> say(client, text(message)).compose(said -> message.reply());
      default -> message.fail("no-such-event", message.event() + " (expected: enter or say)");
    };
  }

  private static Future<String> enter(Session client, String room, String name) {
    String before = client.state().getString("room");
    Future<Void> left =
        before == null || before.equals(room)
            ? Future.succeededFuture()
            : client.leave(group(before));
    return left.compose(gone -> client.join(group(room)))
        .map(
            joined -> {
              client.state().put("room", room).put("name", name);
              return kind(client);
            });
  }

  private Future<Void> say(Session client, String text) {
    String room = client.state().getString("room");
    if (room == null) {
      throw new FunctionException("no-room", "enter a room first");
    }
    JsonObject said =
        new JsonObject()
            .put("from", client.state().getString("name"))
            .put("kind", kind(client))
            .put("text", text);
    return groups().publish(group(room), "said", said);
  }

  private static String kind(Session client) {
    return client.protocol().equals("raw") ? client.transport().word() : client.protocol();
  }

  private static String text(Message message) {
    String text = message.text();
    if (text.isBlank() || text.length() > MAX_TEXT) {
      throw new FunctionException(
          "bad-argument",
          "say: "
              + text.length()
              + " characters (expected: 1 to "
              + MAX_TEXT
              + ", not only spaces)");
    }
    return text;
  }

  private static String name(Message message, int index) {
    String name = message.arg(index, String.class);
    if (!NAME.matcher(name).matches()) {
      throw new FunctionException(
          "bad-argument",
          "enter: argument " + index + ": " + name + " (expected: " + NAME.pattern() + ")");
    }
    return name;
  }

  private static String group(String room) {
    return "rooms:" + room;
  }
}
