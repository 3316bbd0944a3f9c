package dev.selvedge.protocol.messagepack;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads MessagePack (msgpack spec.md) from a whole body. Every length is compared with what is
 * there before anything is made of it, so that a value takes memory in proportion to its bytes, and
 * containers may be inside each other {@link #MAX_DEPTH} deep.
 *
 * <p>Whole numbers are Integers where they fit, else Longs; what does not fit there is a Double.
 */
public final class MessagePackReader {
  /** How deep arrays and maps may be inside each other. */
  public static final int MAX_DEPTH = 64;

  /** What an array gets room for at first: arrays inside each other may all claim many items. */
  private static final int ROOM = 16;

  private final ByteBuffer in;
  private final Extensions extensions;

  /** Knows timestamps and no other extension. */
  public MessagePackReader(byte[] body) {
    this(body, Extensions.TIMESTAMPS);
  }

  public MessagePackReader(byte[] body, Extensions extensions) {
    this.in = ByteBuffer.wrap(body);
    this.extensions = extensions;
  }

  // ---- what messages are made of

  public int arrayHeader() throws MalformedMessagePack {
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

  public int mapHeader() throws MalformedMessagePack {
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

  public String text() throws MalformedMessagePack {
    if (value(0) instanceof String text) {
      return text;
    }
    throw wrong("a string");
  }

  /** A string, or null for nil. */
  public @Nullable String textOrNil() throws MalformedMessagePack {
    Object value = value(0);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw wrong("a string or nil");
  }

  public long whole() throws MalformedMessagePack {
    Object value = value(0);
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw wrong("an integer");
  }

  public boolean truth() throws MalformedMessagePack {
    if (value(0) instanceof Boolean truth) {
      return truth;
    }
    throw wrong("a boolean");
  }

  /** Whatever comes next. */
  public @Nullable Object value() throws MalformedMessagePack {
    return value(0);
  }

  /** The items of an array. */
  public List<@Nullable Object> values() throws MalformedMessagePack {
    return items(arrayHeader(), 1);
  }

  // ---- values

  private @Nullable Object value(int depth) throws MalformedMessagePack {
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

  private @Nullable Object fixedLength(int first) throws MalformedMessagePack {
    return switch (first) {
      case 0xC0 -> null;
      case 0xC2 -> false;
      case 0xC3 -> true;
      case 0xC4 -> bytes(length(1));
      case 0xC5 -> bytes(length(2));
      case 0xC6 -> bytes(length(4));
      case 0xC7 -> extension(length(1), false);
      case 0xC8 -> extension(length(2), false);
      case 0xC9 -> extension(length(4), false);
      case 0xCA -> (double) need(4).getFloat();
      case 0xCB -> need(8).getDouble();
      case 0xCC -> (int) length(1);
      case 0xCD -> (int) length(2);
      case 0xCE -> number(length(4));
      case 0xCF -> unsigned(need(8).getLong());
      default -> throw new MalformedMessagePack("MessagePack has no format " + first);
    };
  }

  private @Nullable Object sized(int first, int depth) throws MalformedMessagePack {
    return switch (first) {
      case 0xD0 -> (int) need(1).get();
      case 0xD1 -> (int) need(2).getShort();
      case 0xD2 -> need(4).getInt();
      case 0xD3 -> number(need(8).getLong());
      case 0xD4 -> extension(1, true);
      case 0xD5 -> extension(2, true);
      case 0xD6 -> extension(4, true);
      case 0xD7 -> extension(8, true);
      case 0xD8 -> extension(16, true);
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

  private Buffer bytes(long length) throws MalformedMessagePack {
    byte[] bytes = new byte[have(length)];
    in.get(bytes);
    return Buffer.buffer(bytes);
  }

  private String string(long length) throws MalformedMessagePack {
    ByteBuffer encoded = in.slice(in.position(), have(length));
    in.position(in.position() + (int) length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(encoded).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessagePack("a string is not UTF-8");
    }
  }

  private JsonArray array(int count, int depth) throws MalformedMessagePack {
    return new JsonArray(items(count, depth));
  }

  private List<@Nullable Object> items(int count, int depth) throws MalformedMessagePack {
    requireDepth(depth);
    List<@Nullable Object> items = new ArrayList<>(Math.min(count, ROOM));
    for (int i = 0; i < count; i++) {
      items.add(value(depth));
    }
    return items;
  }

  /** Keys that are numbers or booleans become their text. */
  private JsonObject members(int count, int depth) throws MalformedMessagePack {
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

  private static void requireDepth(int depth) throws MalformedMessagePack {
    if (depth > MAX_DEPTH) {
      throw new MalformedMessagePack("arrays and maps are nested too deeply");
    }
  }

  private @Nullable Object extension(long length, boolean fixed) throws MalformedMessagePack {
    int type = need(1).get();
    byte[] data = new byte[have(length)];
    in.get(data);
    return extensions.read(type, fixed, data);
  }

  // ---- bytes

  private int first() throws MalformedMessagePack {
    return Byte.toUnsignedInt(need(1).get());
  }

  /** An unsigned number of so many bytes. */
  private long length(int size) throws MalformedMessagePack {
    need(size);
    return switch (size) {
      case 1 -> Byte.toUnsignedLong(in.get());
      case 2 -> Short.toUnsignedLong(in.getShort());
      default -> Integer.toUnsignedLong(in.getInt());
    };
  }

  /** As many items of at least {@code size} bytes each as can be there. */
  private int count(long count, int size) throws MalformedMessagePack {
    have(count * size);
    return (int) count;
  }

  private ByteBuffer need(int length) throws MalformedMessagePack {
    have(length);
    return in;
  }

  private int have(long length) throws MalformedMessagePack {
    if (length > in.remaining()) {
      throw new MalformedMessagePack("a MessagePack body ends too early");
    }
    return (int) length;
  }

  private static MalformedMessagePack wrong(String expected) {
    return new MalformedMessagePack("MessagePack: expected " + expected);
  }
}
