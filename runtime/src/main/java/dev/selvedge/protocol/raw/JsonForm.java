package dev.selvedge.protocol.raw;

import dev.selvedge.protocol.JsonText;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ReplyError;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients say in the JSON form, read: pure functions. */
final class JsonForm {
  /** The largest integer that every JSON reader keeps exactly: 2^53 - 1. */
  static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  private JsonForm() {}

  /** One object. */
  static FromClient one(String json) throws MalformedMessage {
    return fromClient(parse(json));
  }

  /** One object, or an array of them. */
  static List<FromClient> list(String json) throws MalformedMessage {
    Object value = parse(json);
    if (!(value instanceof JsonArray array)) {
      return List.of(fromClient(value));
    }
    List<FromClient> all = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      all.add(fromClient(array.getValue(i)));
    }
    return all;
  }

  private static @Nullable Object parse(String json) throws MalformedMessage {
    try {
      return JsonText.parse(json, 0);
    } catch (DecodeException e) {
      throw MalformedMessage.notJson(firstLine(e.getMessage()));
    }
  }

  private static FromClient fromClient(@Nullable Object value) throws MalformedMessage {
    if (!(value instanceof JsonObject object)) {
      throw MalformedMessage.notMessage("message is " + kind(value) + " (expected: an object)");
    }
    if (object.containsKey("event")) {
      return new FromClient.Said(message(object));
    } else if (object.containsKey("stream")) {
      return ofStream(object);
    } else if (object.containsKey("cancel")) {
      return new FromClient.Cancel(number(object, "cancel"));
    } else if (object.containsKey("answer")) {
      return new FromClient.Answer(number(object, "answer"), args(object), error(object));
    }
    throw notAnEvent(object);
  }

  private static MalformedMessage notAnEvent(JsonObject object) {
    return MalformedMessage.notMessage(
        "\"event\" is " + kind(object.getValue("event")) + " (expected: a non-empty string)");
  }

  private static ClientMessage message(JsonObject object) throws MalformedMessage {
    if (!(object.getValue("event") instanceof String event) || event.isEmpty()) {
      throw notAnEvent(object);
    }
    long id = object.containsKey("id") ? number(object, "id") : ClientMessage.NO_REPLY;
    return new ClientMessage(event, args(object), id, flag(object, "stream"), streams(object));
  }

  private static FromClient ofStream(JsonObject object) throws MalformedMessage {
    long stream = number(object, "stream");
    if (flag(object, "end") || object.containsKey("error")) {
      return new FromClient.End(stream, error(object));
    }
    if (!object.containsKey("item")) {
      throw MalformedMessage.notMessage(
          "stream " + stream + " has neither \"item\" nor \"end\" (expected: one of them)");
    }
    return new FromClient.Item(stream, BinaryForm.decodeValue(object.getValue("item")));
  }

  private static List<@Nullable Object> args(JsonObject message) throws MalformedMessage {
    JsonArray args = array(message, "args");
    return args == null ? List.of() : BinaryForm.decode(args);
  }

  private static List<Long> streams(JsonObject message) throws MalformedMessage {
    JsonArray streams = array(message, "streams");
    if (streams == null) {
      return List.of();
    }
    List<Long> numbers = new ArrayList<>(streams.size());
    for (Object stream : streams) {
      numbers.add(number("streams", stream));
    }
    return numbers;
  }

  private static @Nullable JsonArray array(JsonObject object, String key) throws MalformedMessage {
    if (!object.containsKey(key)) {
      return null;
    }
    Object value = object.getValue(key);
    if (value instanceof JsonArray array) {
      return array;
    }
    throw MalformedMessage.notMessage(
        "\"" + key + "\" is " + kind(value) + " (expected: an array)");
  }

  private static @Nullable ReplyError error(JsonObject object) throws MalformedMessage {
    if (!object.containsKey("error")) {
      return null;
    }
    if (object.getValue("error") instanceof JsonObject error
        && error.getValue("code") instanceof String code
        && error.getValue("text") instanceof String text) {
      return new ReplyError(code, text, error.getValue("data"));
    }
    throw MalformedMessage.notMessage(
        "\"error\" is "
            + kind(object.getValue("error"))
            + " (expected: an object with the strings code and text)");
  }

  private static boolean flag(JsonObject object, String key) throws MalformedMessage {
    Object value = object.getValue(key);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw MalformedMessage.notMessage(
        "\"" + key + "\" is " + kind(value) + " (expected: true or false)");
  }

  private static long number(JsonObject object, String key) throws MalformedMessage {
    return number(key, object.getValue(key));
  }

  private static long number(String key, @Nullable Object value) throws MalformedMessage {
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= 0 && number <= MAX_SAFE_INTEGER) {
        return number;
      }
    }
    throw MalformedMessage.notMessage(
        "\"" + key + "\" is " + kind(value) + " (expected: an integer of 0 to 2^53-1)");
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
}
