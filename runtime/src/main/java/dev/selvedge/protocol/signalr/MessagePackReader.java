package dev.selvedge.protocol.signalr;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads MessagePack (msgpack spec.md) from a whole body. Every length is compared with what is
 * there before anything is made of it, so that a value takes memory in proportion to its bytes, and
 * containers may be inside each other {@link JsonValues#MAX_DEPTH} deep.
 *
 * <p>A timestamp becomes its ISO-8601 text; other extensions are refused. Whole numbers are
 * Integers where they fit, else Longs; what does not fit there is a Double.
 */
final class MessagePackReader {
  private static final int TIMESTAMP = -1;

  /** What an array gets room for at first: arrays inside each other may all claim many items. */
  private static final int ROOM = 16;

  private final ByteBuffer in;

  MessagePackReader(byte[] body) {
    this.in = ByteBuffer.wrap(body);
  }

  // ---- what the hub protocol is made of

  int arrayHeader() throws HubViolation {
    int first = first();
    if ((first & 0xF0) == 0x90) {
      return first & 0x0F;
    }
    return switch (first) {
      case 0xDC -> count(length(2), 1);
      case 0xDD -> count(length(4), 1);
      default -> throw wrong("an array");
    };
  }

  int mapHeader() throws HubViolation {
    int first = first();
    if ((first & 0xF0) == 0x80) {
      return first & 0x0F;
    }
    return switch (first) {
      case 0xDE -> count(length(2), 2);
      case 0xDF -> count(length(4), 2);
      default -> throw wrong("a map");
    };
  }

  String text() throws HubViolation {
    if (value(0) instanceof String text) {
      return text;
    }
    throw wrong("a string");
  }

  /** A string, or null for nil. */
  @Nullable String textOrNil() throws HubViolation {
    Object value = value(0);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw wrong("a string or nil");
  }

  long whole() throws HubViolation {
    Object value = value(0);
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw wrong("an integer");
  }

  boolean truth() throws HubViolation {
    if (value(0) instanceof Boolean truth) {
      return truth;
    }
    throw wrong("a boolean");
  }

  /** Whatever comes next. */
  @Nullable Object value() throws HubViolation {
    return value(0);
  }

  /** The items of an array. */
  List<@Nullable Object> values() throws HubViolation {
    return items(arrayHeader(), 1);
  }

  // ---- values

  private @Nullable Object value(int depth) throws HubViolation {
    int first = first();
    if (first < 0x80) {
      return first;
    }
    return switch (first & 0xF0) {
      case 0x80 -> members(count(first & 0x0F, 2), depth + 1);
      case 0x90 -> array(count(first & 0x0F, 1), depth + 1);
      case 0xA0, 0xB0 -> string(first & 0x1F);
      case 0xC0 -> fixedLength(first);
      case 0xD0 -> sized(first, depth);
      default -> (int) (byte) first;
    };
  }

  private @Nullable Object fixedLength(int first) throws HubViolation {
    return switch (first) {
      case 0xC0 -> null;
      case 0xC2 -> false;
      case 0xC3 -> true;
      case 0xC4 -> bytes(length(1));
      case 0xC5 -> bytes(length(2));
      case 0xC6 -> bytes(length(4));
      case 0xC7 -> extension(length(1));
      case 0xC8 -> extension(length(2));
      case 0xC9 -> extension(length(4));
      case 0xCA -> (double) need(4).getFloat();
      case 0xCB -> need(8).getDouble();
      case 0xCC -> (int) length(1);
      case 0xCD -> (int) length(2);
      case 0xCE -> number(length(4));
      case 0xCF -> unsigned(need(8).getLong());
      default -> throw HubViolation.malformed("MessagePack has no format " + first);
    };
  }

  private @Nullable Object sized(int first, int depth) throws HubViolation {
    return switch (first) {
      case 0xD0 -> (int) need(1).get();
      case 0xD1 -> (int) need(2).getShort();
      case 0xD2 -> need(4).getInt();
      case 0xD3 -> number(need(8).getLong());
      case 0xD4 -> extension(1);
      case 0xD5 -> extension(2);
      case 0xD6 -> extension(4);
      case 0xD7 -> extension(8);
      case 0xD8 -> extension(16);
      case 0xD9 -> string(length(1));
      case 0xDA -> string(length(2));
      case 0xDB -> string(length(4));
      case 0xDC -> array(count(length(2), 1), depth + 1);
      case 0xDD -> array(count(length(4), 1), depth + 1);
      case 0xDE -> members(count(length(2), 2), depth + 1);
      default -> members(count(length(4), 2), depth + 1);
    };
  }

  private static Object number(long value) {
    return value == (int) value ? (Object) (int) value : (Object) value;
  }

  private static Object unsigned(long bits) {
    if (bits >= 0) {
      return number(bits);
    }
    return (bits >>> 1) * 2.0 + (bits & 1);
  }

  private Buffer bytes(long length) throws HubViolation {
    byte[] bytes = new byte[have(length)];
    in.get(bytes);
    return Buffer.buffer(bytes);
  }

  private String string(long length) throws HubViolation {
    ByteBuffer encoded = in.slice(in.position(), have(length));
    in.position(in.position() + (int) length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
    } catch (CharacterCodingException e) {
      throw HubViolation.malformed("a string is not UTF-8");
    }
  }

  private JsonArray array(int count, int depth) throws HubViolation {
    return new JsonArray(items(count, depth));
  }

  private List<@Nullable Object> items(int count, int depth) throws HubViolation {
    requireDepth(depth);
    List<@Nullable Object> items = new ArrayList<>(Math.min(count, ROOM));
    for (int i = 0; i < count; i++) {
      items.add(value(depth));
    }
    return items;
  }

  /** Keys that are numbers or booleans become their text. */
  private JsonObject members(int count, int depth) throws HubViolation {
    requireDepth(depth);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      Object key = value(depth);
      if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
        throw wrong("a map's key that is a string, a number or a boolean");
      }
      members.put(key.toString(), value(depth));
    }
    return new JsonObject(members);
  }

  private static void requireDepth(int depth) throws HubViolation {
    if (depth > JsonValues.MAX_DEPTH) {
      throw HubViolation.malformed("arrays and maps are nested too deeply");
    }
  }

  private String extension(long length) throws HubViolation {
    int type = need(1).get();
    byte[] data = new byte[have(length)];
    in.get(data);
    if (type != TIMESTAMP) {
      throw HubViolation.malformed("MessagePack extension " + type + " (expected: -1)");
    }
    return timestamp(ByteBuffer.wrap(data)).toString();
  }

  private static Instant timestamp(ByteBuffer data) throws HubViolation {
    try {
      switch (data.remaining()) {
        case 4:
          return Instant.ofEpochSecond(Integer.toUnsignedLong(data.getInt()));
        case 8:
          long both = data.getLong();
          return Instant.ofEpochSecond(both & 0x3_FFFF_FFFFL, both >>> 34);
        case 12:
          int nanos = data.getInt();
          return Instant.ofEpochSecond(data.getLong(), Integer.toUnsignedLong(nanos));
        default:
          throw wrong("a timestamp of 4, 8 or 12 bytes");
      }
    } catch (DateTimeException e) {
      throw wrong("a timestamp within the years of Java");
    }
  }

  // ---- bytes

  private int first() throws HubViolation {
    return Byte.toUnsignedInt(need(1).get());
  }

  /** An unsigned number of so many bytes. */
  private long length(int size) throws HubViolation {
    need(size);
    return switch (size) {
      case 1 -> Byte.toUnsignedLong(in.get());
      case 2 -> Short.toUnsignedLong(in.getShort());
      default -> Integer.toUnsignedLong(in.getInt());
    };
  }

  /** As many items of at least {@code size} bytes each as can be there. */
  private int count(long count, int size) throws HubViolation {
    have(count * size);
    return (int) count;
  }

  private ByteBuffer need(int length) throws HubViolation {
    have(length);
    return in;
  }

  private int have(long length) throws HubViolation {
    if (length > in.remaining()) {
      throw HubViolation.malformed("a MessagePack body ends too early");
    }
    return (int) length;
  }

  private static HubViolation wrong(String expected) {
    return HubViolation.malformed("MessagePack: expected " + expected);
  }
}
