package dev.selvedge.protocol.socketio;

import dev.selvedge.fabric.JsonBytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in a packet's data: they travel as binary messages of their own, and {@code
 * {"_placeholder":true,"num":i}} stands where they go, numbered in the order in which one comes
 * upon them.
 */
final class Placeholders {
  private static final String MARK = "_placeholder";
  private static final String NUMBER = "num";

  private Placeholders() {}

  // Out.

  /** Values without bytes, and the bytes. */
  record Taken(List<? extends @Nullable Object> values, List<Frame> attachments) {}

  static Taken takeOut(List<? extends @Nullable Object> values) {
    if (!JsonBytes.inAny(values)) {
      return new Taken(values, List.of());
    }
    List<Frame> attachments = new ArrayList<>();
    List<@Nullable Object> without = new ArrayList<>(values.size());
    for (Object value : values) {
      without.add(takeOut(value, attachments));
    }
    return new Taken(without, attachments);
  }

  private static @Nullable Object takeOut(@Nullable Object value, List<Frame> attachments) {
    if (value instanceof JsonObject object) {
      return takeOut(object.getMap(), attachments);
    } else if (value instanceof JsonArray array) {
      return takeOut(array.getList(), attachments);
    } else if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> without = new LinkedHashMap<>();
      map.forEach((name, member) -> without.put("" + name, takeOut(member, attachments)));
      return without;
    } else if (value instanceof List<?> list) {
      List<@Nullable Object> without = new ArrayList<>(list.size());
      list.forEach(item -> without.add(takeOut(item, attachments)));
      return without;
    } else if (value instanceof Buffer bytes) {
      return placeholder(bytes.getBytes(), attachments);
    }
    return value instanceof byte[] bytes ? placeholder(bytes, attachments) : value;
  }

  private static Map<String, Object> placeholder(byte[] bytes, List<Frame> attachments) {
    Map<String, Object> placeholder = new LinkedHashMap<>();
    placeholder.put(MARK, true);
    placeholder.put(NUMBER, attachments.size());
    attachments.add(Frame.binary(bytes));
    return placeholder;
  }

  // In.

  /**
   * Puts the attachments into the data, which is changed. Each goes to one place at most: clients
   * give every occurrence a number of its own, and many places for one attachment would make a
   * large message of a small one.
   *
   * @param data a JsonArray as it was parsed
   */
  static void putIn(JsonArray data, List<Buffer> attachments) throws MalformedPacket {
    putIn(data.getList(), attachments, new boolean[attachments.size()]);
  }

  @SuppressWarnings("unchecked") // of a parsed JSON text
  private static @Nullable Object putIn(
      @Nullable Object value, List<Buffer> attachments, boolean[] used) throws MalformedPacket {
    if (value instanceof Map<?, ?> map) {
      if (Boolean.TRUE.equals(map.get(MARK))) {
        return attachment(map.get(NUMBER), attachments, used);
      }
      for (Map.Entry<String, @Nullable Object> member :
          ((Map<String, @Nullable Object>) map).entrySet()) {
        member.setValue(putIn(member.getValue(), attachments, used));
      }
    } else if (value instanceof List<?>) {
      List<@Nullable Object> list = (List<@Nullable Object>) value;
      for (int i = 0; i < list.size(); i++) {
        list.set(i, putIn(list.get(i), attachments, used));
      }
    }
    return value;
  }

  private static Buffer attachment(
      @Nullable Object number, List<Buffer> attachments, boolean[] used) throws MalformedPacket {
    if (!(number instanceof Integer index)
        || index < 0
        || index >= attachments.size()
        || used[index]) {
      throw new MalformedPacket("illegal attachments");
    }
    used[index] = true;
    return attachments.get(index);
  }
}
