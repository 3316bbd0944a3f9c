package dev.selvedge.fabric;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes fields straight into a buffer. The form of each field:
 *
 * <ul>
 *   <li>number: base-128, low group first, at most ten bytes
 *   <li>flag: one byte, 0 or 1
 *   <li>text and bytes: length plus one as a number (0 for null), then UTF-8 or the bytes; a lone
 *       surrogate becomes {@code ?}
 *   <li>lists: count as a number, then the elements
 *   <li>value: a tag byte ({@link Tag}), then what the tag says
 * </ul>
 */
final class ByteWriter implements EnvelopeWriter {
  /** What follows in a value. */
  static final class Tag {
    static final int NULL = 0;
    static final int FALSE = 1;
    static final int TRUE = 2;
    static final int INTEGER = 3;
    static final int LONG = 4;
    static final int DOUBLE = 5;
    static final int STRING = 6;
    static final int JSON_OBJECT = 7;
    static final int JSON_ARRAY = 8;
    static final int BYTES = 9;
    static final int NUMBER_TEXT = 10;

    /** An object or array that holds bytes somewhere: a count, then names and values. */
    static final int OBJECT_OF_VALUES = 11;

    static final int ARRAY_OF_VALUES = 12;

    private Tag() {}
  }

  private final ByteBuf out;

  /** Within a container: the maps and lists in it, and itself, that hold bytes. */
  private @Nullable Set<Object> holders;

  ByteWriter(ByteBuf out) {
    this.out = out;
  }

  @Override
  public ByteWriter number(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
    return this;
  }

  @Override
  public ByteWriter flag(boolean value) {
    out.writeByte(value ? 1 : 0);
    return this;
  }

  @Override
  public ByteWriter text(@Nullable String value) {
    if (value == null) {
      return number(0);
    }
    int length = ByteBufUtil.utf8Bytes(value);
    number(length + 1L);
    ByteBufUtil.reserveAndWriteUtf8(out, value, length);
    return this;
  }

  @Override
  public ByteWriter bytes(@Nullable Buffer value) {
    if (value == null) {
      return number(0);
    }
    number(value.length() + 1L);
    out.writeBytes(((BufferInternal) value).getByteBuf());
    return this;
  }

  @Override
  public ByteWriter texts(Collection<String> values) {
    number(values.size());
    values.forEach(this::text);
    return this;
  }

  @Override
  public ByteWriter values(List<? extends @Nullable Object> values) {
    number(values.size());
    for (Object value : values) {
      value(value);
    }
    return this;
  }

  @Override
  public ByteWriter value(@Nullable Object value) {
    if (value == null) {
      return tag(Tag.NULL);
    } else if (value instanceof String text) {
      return tag(Tag.STRING).text(text);
    } else if (value instanceof Boolean flag) {
      return tag(flag ? Tag.TRUE : Tag.FALSE);
    } else if (value instanceof JsonObject json) {
      return container(json, json.getMap());
    } else if (value instanceof JsonArray json) {
      return container(json, json.getList());
    } else if (value instanceof Buffer bytes) {
      return tag(Tag.BYTES).bytes(bytes);
    } else if (value instanceof Number number) {
      return numberValue(number);
    }
    throw new IllegalArgumentException(
        "envelope value: "
            + value.getClass().getName()
            + " (expected: null, Boolean, Number, String, JsonObject, JsonArray or Buffer)");
  }

  /**
   * As JSON text, or value by value if it holds bytes. Looked through once, however deep it is: the
   * outermost container asks which of those in it hold bytes.
   */
  private ByteWriter container(Object json, Object held) {
    Set<Object> known = holders;
    if (known != null) {
      container(json, held, known);
      return this;
    }
    Set<Object> found = JsonBytes.holders(json);
    holders = found;
    try {
      container(json, held, found);
    } finally {
      holders = null;
    }
    return this;
  }

  private void container(Object json, Object held, Set<Object> known) {
    if (known.contains(held)) {
      values(held, known);
    } else if (json instanceof JsonObject object) {
      tag(Tag.JSON_OBJECT).bytes(object.toBuffer());
    } else if (json instanceof JsonArray array) {
      tag(Tag.JSON_ARRAY).bytes(array.toBuffer());
    }
  }

  /** Calls itself, and nothing between: values may be nested as deep as JSON parsers allow. */
  private void values(Object held, Set<Object> holders) {
    boolean names = held instanceof Map;
    Collection<?> all = names ? ((Map<?, ?>) held).entrySet() : (List<?>) held;
    tag(names ? Tag.OBJECT_OF_VALUES : Tag.ARRAY_OF_VALUES).number(all.size());
    for (Object each : all) {
      Object value = names ? named((Map.Entry<?, ?>) each) : each;
      Object inside = JsonBytes.held(value);
      if (inside != null && holders.contains(inside)) {
        values(inside, holders);
      } else {
        value(JsonBytes.asValue(value));
      }
    }
  }

  private @Nullable Object named(Map.Entry<?, ?> member) {
    text((String) member.getKey());
    return member.getValue();
  }

  private ByteWriter numberValue(Number value) {
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return tag(Tag.INTEGER).number(zigzag(value.longValue()));
    } else if (value instanceof Long) {
      return tag(Tag.LONG).number(zigzag(value.longValue()));
    } else if (value instanceof Double || value instanceof Float) {
      tag(Tag.DOUBLE);
      out.writeDouble(value.doubleValue());
      return this;
    } else if (value instanceof BigInteger || value instanceof BigDecimal) {
      return tag(Tag.NUMBER_TEXT).text(value.toString());
    }
    // Others (atomics, adders) are counters: what they hold now.
    return tag(Tag.LONG).number(zigzag(value.longValue()));
  }

  private ByteWriter tag(int tag) {
    out.writeByte(tag);
    return this;
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }
}
