package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.fabric.JsonBytes;
import dev.selvedge.protocol.messagepack.MalformedMessagePack;
import dev.selvedge.protocol.messagepack.MessagePackReader;
import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what peers wrote, in either form, with the types that are expected. Pure. */
final class Fields {
  /** The message is not what it should be; it is ignored. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String text) {
      super(text, null, false, false);
    }
  }

  /** Makes something of a message. */
  interface Reading<T> {
    T read() throws Malformed, MalformedMessagePack;
  }

  private static final NodeExtensions EXTENSIONS = new NodeExtensions();

  private final JsonObject from;

  private Fields(JsonObject from) {
    this.from = from;
  }

  /** What the reading gives; empty if the message is malformed. */
  static <T> Optional<T> attempt(Reading<T> reading) {
    try {
      return Optional.of(reading.read());
    } catch (Malformed | MalformedMessagePack | DecodeException malformed) {
      return Optional.empty();
    }
  }

  /** A message: JSON if it begins with a brace, else MessagePack. */
  static Fields of(byte[] message) throws Malformed, MalformedMessagePack {
    if (message.length > 0 && message[0] == '{') {
      return new Fields(new JsonObject(Buffer.buffer(message)));
    }
    return of(unpack(message));
  }

  static @Nullable Object unpack(byte[] message) throws MalformedMessagePack {
    return new MessagePackReader(message, EXTENSIONS).value();
  }

  static Fields of(@Nullable Object value) throws Malformed {
    Object object = JsonBytes.asValue(value);
    if (object instanceof JsonObject json) {
      return new Fields(json);
    }
    throw new Malformed("expected an object");
  }

  boolean has(String name) {
    return from.getMap().get(name) != null;
  }

  @Nullable Object value(String name) {
    return JsonBytes.asValue(from.getMap().get(name));
  }

  Fields object(String name) throws Malformed {
    return of(value(name));
  }

  JsonObject json() {
    return from;
  }

  /** A string; a number is taken for its digits. */
  String text(String name) throws Malformed {
    return text(value(name));
  }

  private static String text(@Nullable Object value) throws Malformed {
    if (value instanceof String || value instanceof Integer || value instanceof Long) {
      return value.toString();
    }
    throw new Malformed("expected a string");
  }

  String text(String name, String standard) throws Malformed {
    return has(name) ? text(name) : standard;
  }

  long whole(String name) throws Malformed {
    if (value(name) instanceof Number number) {
      return number.longValue();
    }
    throw new Malformed("expected a number");
  }

  boolean truth(String name) {
    return Boolean.TRUE.equals(value(name));
  }

  List<String> texts(String name) throws Malformed {
    List<String> texts = new ArrayList<>();
    for (Object value : values(name)) {
      texts.add(text(value));
    }
    return texts;
  }

  List<String> textsIfAny(String name) throws Malformed {
    return has(name) ? texts(name) : List.of();
  }

  List<@Nullable Object> values(String name) throws Malformed {
    return values(value(name));
  }

  static List<@Nullable Object> values(@Nullable Object list) throws Malformed {
    if (list instanceof JsonArray array) {
      List<@Nullable Object> values = new ArrayList<>(array.size());
      for (Object held : array.getList()) {
        values.add(JsonBytes.asValue(held));
      }
      return values;
    }
    throw new Malformed("expected a list");
  }

  /** The name of an event with its arguments. */
  List<@Nullable Object> event(String name) throws Malformed {
    List<@Nullable Object> data = values(name);
    if (data.isEmpty() || !(data.get(0) instanceof String event) || event.isEmpty()) {
      throw new Malformed("expected an event");
    }
    return data;
  }

  /** {@code rooms} and {@code except} of options. */
  Target target() throws Malformed {
    return new Target(textsIfAny("rooms"), textsIfAny("except"));
  }

  // ---- what Node makes of bytes in JSON

  /** The value as JSON.stringify has it: bytes as {@code {"type":"Buffer","data":[…]}}. */
  static @Nullable Object stringified(@Nullable Object value) {
    if (!JsonBytes.in(value)) {
      return value;
    }
    Object known = JsonBytes.asValue(value);
    if (known instanceof JsonObject object) {
      JsonObject copy = new JsonObject();
      for (Map.Entry<String, Object> member : object.getMap().entrySet()) {
        copy.put(member.getKey(), stringified(member.getValue()));
      }
      return copy;
    } else if (known instanceof JsonArray array) {
      return stringified(array.getList());
    }
    JsonArray octets = new JsonArray();
    if (known instanceof Buffer buffer) {
      for (byte octet : buffer.getBytes()) {
        octets.add(octet & 0xFF);
      }
    }
    return new JsonObject().put("type", "Buffer").put("data", octets);
  }

  static JsonArray stringified(List<? extends @Nullable Object> values) {
    JsonArray copy = new JsonArray();
    values.forEach(value -> copy.add(stringified((@Nullable Object) value)));
    return copy;
  }
}
