package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote, from the buffer's reader index up to {@code end}. Lengths
 * and counts are checked against the bytes that are left before anything is allocated. Bytes that
 * are no UTF-8 are read as U+FFFD.
 */
final class ByteReader implements EnvelopeReader {
  private static final int MAX_NUMBER_CHARS = 1_024;
  private static final int MAX_DEPTH = 1_000;

  private final ByteBuf in;
  private final int end;

  ByteReader(ByteBuf in) {
    this(in, in.writerIndex());
  }

  ByteReader(ByteBuf in, int end) {
    this.in = in;
    this.end = end;
  }

  int remaining() {
    return end - in.readerIndex();
  }

  @Override
  public long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = oneByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("number", "more than ten bytes");
  }

  /** A number from 0 to {@code max}. */
  int number(String what, int max) {
    long value = number();
    if (value < 0 || value > max) {
      throw malformed(what, value + " (expected: 0.." + max + ")");
    }
    return (int) value;
  }

  @Override
  public boolean flag() {
    return switch (oneByte()) {
      case 0 -> false;
      case 1 -> true;
      default -> throw malformed("flag", "neither 0 nor 1");
    };
  }

  @Override
  public @Nullable String text() {
    int length = length();
    if (length < 0) {
      return null;
    }
    return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }

  @Override
  public String requiredText() {
    String text = text();
    if (text == null) {
      throw malformed("text", "null");
    }
    return text;
  }

  @Override
  public @Nullable Buffer bytes() {
    int length = length();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return Buffer.buffer(bytes);
  }

  @Override
  public List<String> texts() {
    int count = number("count", remaining());
    List<String> texts = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      texts.add(requiredText());
    }
    return texts;
  }

  @Override
  public List<@Nullable Object> values() {
    int count = number("count", remaining());
    List<@Nullable Object> values = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      values.add(value());
    }
    return values;
  }

  @Override
  public @Nullable Object value() {
    int tag = oneByte();
    return isContainer(tag) ? containers(tag) : plain(tag);
  }

  private @Nullable Object plain(int tag) {
    return switch (tag) {
      case ByteWriter.Tag.NULL -> null;
      case ByteWriter.Tag.FALSE -> false;
      case ByteWriter.Tag.TRUE -> true;
      case ByteWriter.Tag.INTEGER -> integer();
      case ByteWriter.Tag.LONG -> zigzag();
      case ByteWriter.Tag.DOUBLE -> Double.longBitsToDouble(eightBytes());
      case ByteWriter.Tag.STRING -> requiredText();
      case ByteWriter.Tag.JSON_OBJECT -> jsonObject();
      case ByteWriter.Tag.JSON_ARRAY -> jsonArray();
      case ByteWriter.Tag.BYTES -> requiredBytes();
      case ByteWriter.Tag.NUMBER_TEXT -> bigNumber();
      default -> throw malformed("value tag", tag);
    };
  }

  /** An object or array whose members are being read; null above the outermost. */
  private static final class Opened {
    final @Nullable Opened around;
    final @Nullable JsonObject object;
    final @Nullable JsonArray array;
    final int depth;
    int left;
    String name = "";

    Opened(@Nullable Opened around, boolean isObject, int left) {
      this.around = around;
      this.object = isObject ? new JsonObject() : null;
      this.array = isObject ? null : new JsonArray();
      this.depth = around == null ? 1 : around.depth + 1;
      this.left = left;
    }

    Object whole() {
      return Objects.requireNonNull(object == null ? array : object);
    }

    void add(@Nullable Object value) {
      if (array != null) {
        array.add(value);
      } else if (object != null) {
        object.put(name, value);
      }
    }
  }

  /** Without recursion: what a client nested as deep as it may must fit on any thread's stack. */
  private Object containers(int tag) {
    Opened opened = open(null, tag);
    while (true) {
      if (opened.left == 0) {
        Opened around = opened.around;
        if (around == null) {
          return opened.whole();
        }
        around.add(opened.whole());
        opened = around;
      } else {
        opened.left--;
        if (opened.object != null) {
          opened.name = requiredText();
        }
        int next = oneByte();
        if (isContainer(next)) {
          opened = open(opened, next);
        } else {
          opened.add(plain(next));
        }
      }
    }
  }

  private static boolean isContainer(int tag) {
    return tag == ByteWriter.Tag.OBJECT_OF_VALUES || tag == ByteWriter.Tag.ARRAY_OF_VALUES;
  }

  private Opened open(@Nullable Opened around, int tag) {
    int count = number("count", remaining());
    Opened opened = new Opened(around, tag == ByteWriter.Tag.OBJECT_OF_VALUES, count);
    if (opened.depth > MAX_DEPTH) {
      throw malformed("value", "nested more than " + MAX_DEPTH + " deep");
    }
    return opened;
  }

  private int integer() {
    long value = zigzag();
    if (value != (int) value) {
      throw malformed("integer", value);
    }
    return (int) value;
  }

  private long zigzag() {
    long value = number();
    return (value >>> 1) ^ -(value & 1);
  }

  private JsonObject jsonObject() {
    try {
      return new JsonObject(requiredBytes());
    } catch (DecodeException e) {
      throw new IllegalArgumentException("envelope JSON object: not JSON", e);
    }
  }

  private JsonArray jsonArray() {
    try {
      return new JsonArray(requiredBytes());
    } catch (DecodeException e) {
      throw new IllegalArgumentException("envelope JSON array: not JSON", e);
    }
  }

  private Buffer requiredBytes() {
    Buffer bytes = bytes();
    if (bytes == null) {
      throw malformed("bytes", "null");
    }
    return bytes;
  }

  /** A BigInteger if the text is whole digits, else a BigDecimal. */
  private Number bigNumber() {
    String text = requiredText();
    if (text.length() > MAX_NUMBER_CHARS) {
      throw malformed("number text", text.length() + " characters");
    }
    boolean whole = text.chars().allMatch(c -> c == '-' || Character.isDigit(c));
    return whole ? new BigInteger(text) : new BigDecimal(text);
  }

  private byte oneByte() {
    need(1);
    return in.readByte();
  }

  private long eightBytes() {
    need(8);
    return in.readLong();
  }

  /** The length of a text or bytes, all of which are there; -1 for null. */
  private int length() {
    long length = number() - 1;
    if (length < -1 || length > remaining()) {
      throw malformed("length", length + " (left: " + remaining() + ")");
    }
    return (int) length;
  }

  private void need(int bytes) {
    if (remaining() < bytes) {
      throw malformed("length", bytes + " (left: " + remaining() + ")");
    }
  }

  private static IllegalArgumentException malformed(String what, Object value) {
    return new IllegalArgumentException("envelope " + what + ": " + value);
  }
}
