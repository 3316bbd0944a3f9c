package dev.selvedge.protocol.raw;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Message;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forms of a message, pure functions in the order of {@code docs/protocol.md}: the JSON form
 * (subprotocol {@code selvedge.json.v1}, POST bodies, poll answers) and the bare form (WebSockets
 * without a subprotocol).
 */
final class RawCodec {
  /** The largest integer that every JSON reader keeps exactly: 2^53 - 1. */
  static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  /** {@code {"event":…,"args":[…]}} or {@code {"reply":…,…}} in UTF-8. */
  static final Outbound.Encoding<byte[]> JSON = message -> toJson(message).toBuffer().getBytes();

  static final Outbound.Encoding<Frame> JSON_FRAME = message -> new Frame(true, message.in(JSON));

  static final Outbound.Encoding<Frame> BARE_FRAME = RawCodec::toBareFrame;

  /** A whole WebSocket message. The payload is shared and may not be modified. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and a copy would defeat the sharing
  record Frame(boolean text, byte[] payload) {}

  private RawCodec() {}

  // The JSON form, client to server.

  /** One message object. */
  static ClientMessage fromJson(String json) throws MalformedMessage {
    return message(parse(json));
  }

  /** One message object, or an array of them. */
  static List<ClientMessage> listFromJson(String json) throws MalformedMessage {
    Object value = parse(json);
    if (!(value instanceof JsonArray array)) {
      return List.of(message(value));
    }
    List<ClientMessage> messages = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      messages.add(message(array.getValue(i)));
    }
    return messages;
  }

  private static @Nullable Object parse(String json) throws MalformedMessage {
    try {
      return Json.decodeValue(json);
    } catch (DecodeException e) {
      throw MalformedMessage.notJson(firstLine(e.getMessage()));
    }
  }

  private static ClientMessage message(@Nullable Object value) throws MalformedMessage {
    if (!(value instanceof JsonObject object)) {
      throw MalformedMessage.notMessage("message is " + kind(value) + " (expected: an object)");
    }
    if (!(object.getValue("event") instanceof String event) || event.isEmpty()) {
      throw MalformedMessage.notMessage(
          "\"event\" is " + kind(object.getValue("event")) + " (expected: a non-empty string)");
    }
    return new ClientMessage(event, args(object), id(object));
  }

  private static List<@Nullable Object> args(JsonObject message) throws MalformedMessage {
    Object args = message.getValue("args");
    if (args == null && !message.containsKey("args")) {
      return List.of();
    }
    if (!(args instanceof JsonArray array)) {
      throw MalformedMessage.notMessage("\"args\" is " + kind(args) + " (expected: an array)");
    }
    return BinaryForm.decode(array);
  }

  private static long id(JsonObject message) throws MalformedMessage {
    if (!message.containsKey("id")) {
      return ClientMessage.NO_REPLY;
    }
    Object id = message.getValue("id");
    if (id instanceof Integer || id instanceof Long) {
      long number = ((Number) id).longValue();
      if (number >= 0 && number <= MAX_SAFE_INTEGER) {
        return number;
      }
    }
    throw MalformedMessage.notMessage(
        "\"id\" is " + kind(id) + " (expected: an integer of 0 to 2^53-1)");
  }

  /** What a value is, for error texts: never the value itself, which may be long or private. */
  private static String kind(@Nullable Object value) {
    if (value == null) {
      return "null or missing";
    } else if (value instanceof JsonObject) {
      return "an object";
    } else if (value instanceof JsonArray) {
      return "an array";
    } else if (value instanceof String string) {
      return string.isEmpty() ? "an empty string" : "a string";
    }
    return value instanceof Number ? "another number" : "a boolean";
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "unreadable" : text.lines().findFirst().orElse("unreadable");
  }

  // The JSON form, server to client.

  private static JsonObject toJson(Outbound message) {
    return switch (message.kind()) {
      case EVENT -> eventToJson(message);
      case REPLY -> reply(message).put("args", BinaryForm.encode(message.args()));
      case ERROR -> withError(reply(message), message);
      case ITEM -> reply(message).put("item", BinaryForm.encode(message.args()).getValue(0));
      case END -> withError(reply(message).put("end", true), message);
    };
  }

  private static JsonObject eventToJson(Outbound message) {
    JsonObject event =
        new JsonObject()
            .put("event", message.event())
            .put("args", BinaryForm.encode(message.args()));
    return message.request() < 0 ? event : event.put("request", message.request());
  }

  private static JsonObject reply(Outbound message) {
    return new JsonObject().put("reply", message.replyTo());
  }

  private static JsonObject withError(JsonObject json, Outbound message) {
    ReplyError error = message.error();
    return error == null ? json : json.put("error", toJson(error));
  }

  private static JsonObject toJson(ReplyError error) {
    JsonObject json = new JsonObject().put("code", error.code()).put("text", error.text());
    return error.data() == null ? json : json.put("data", error.data());
  }

  /** The first message on {@code selvedge.json.v1}. */
  static byte[] hello(String session) {
    return new JsonObject().put("session", session).toBuffer().getBytes();
  }

  /** {@code {"code":…,"text":…,"retry":…}}. */
  static JsonObject toJson(CloseReason reason) {
    return new JsonObject()
        .put("code", reason.code())
        .put("text", reason.text())
        .put("retry", reason.retry());
  }

  // The bare form: a text frame is one string, a binary frame one buffer.

  /** What a bare text or binary body stands for. */
  static ClientMessage bare(Object textOrBuffer) {
    return new ClientMessage(
        Message.DEFAULT_EVENT, Collections.singletonList(textOrBuffer), ClientMessage.NO_REPLY);
  }

  private static Frame toBareFrame(Outbound message) {
    if (Message.DEFAULT_EVENT.equals(message.event())
        && message.args().size() == 1
        && message.request() < 0) {
      Object only = message.args().get(0);
      if (only instanceof String text) {
        return new Frame(true, text.getBytes(StandardCharsets.UTF_8));
      } else if (only instanceof Buffer bytes) {
        return new Frame(false, bytes.getBytes());
      }
    }
    return message.in(JSON_FRAME);
  }
}
