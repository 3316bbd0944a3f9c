package dev.selvedge.protocol.messagepack;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes MessagePack (msgpack spec.md), each value in its shortest form. */
public final class MessagePackWriter {
  private final ByteBuf out = Unpooled.buffer(128);

  public byte[] bytes() {
    return ByteBufUtil.getBytes(out);
  }

  public MessagePackWriter array(int count) {
    if (count < 16) {
      out.writeByte(0x90 | count);
    } else {
      sized(count, -1, 0xDC, 0xDD);
    }
    return this;
  }

  public MessagePackWriter map(int count) {
    if (count < 16) {
      out.writeByte(0x80 | count);
    } else {
      sized(count, -1, 0xDE, 0xDF);
    }
    return this;
  }

  /** A length of one, two or four bytes behind the format that says which. */
  private void sized(int length, int one, int two, int four) {
    if (one >= 0 && length <= 0xFF) {
      out.writeByte(one).writeByte(length);
    } else if (length <= 0xFFFF) {
      out.writeByte(two).writeShort(length);
    } else {
      out.writeByte(four).writeInt(length);
    }
  }

  public MessagePackWriter text(@Nullable String text) {
    if (text == null) {
      return nil();
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length < 32) {
      out.writeByte(0xA0 | utf8.length);
    } else {
      sized(utf8.length, 0xD9, 0xDA, 0xDB);
    }
    out.writeBytes(utf8);
    return this;
  }

  public MessagePackWriter nil() {
    out.writeByte(0xC0);
    return this;
  }

  public MessagePackWriter truth(boolean truth) {
    out.writeByte(truth ? 0xC3 : 0xC2);
    return this;
  }

  public MessagePackWriter whole(long value) {
    if (value >= 0) {
      positive(value);
    } else if (value >= -32) {
      out.writeByte((int) value);
    } else if (value >= Byte.MIN_VALUE) {
      out.writeByte(0xD0).writeByte((int) value);
    } else if (value >= Short.MIN_VALUE) {
      out.writeByte(0xD1).writeShort((int) value);
    } else if (value >= Integer.MIN_VALUE) {
      out.writeByte(0xD2).writeInt((int) value);
    } else {
      out.writeByte(0xD3).writeLong(value);
    }
    return this;
  }

  private void positive(long value) {
    if (value < 0x80) {
      out.writeByte((int) value);
    } else if (value <= 0xFF) {
      out.writeByte(0xCC).writeByte((int) value);
    } else if (value <= 0xFFFF) {
      out.writeByte(0xCD).writeShort((int) value);
    } else if (value <= 0xFFFF_FFFFL) {
      out.writeByte(0xCE).writeInt((int) value);
    } else {
      out.writeByte(0xCF).writeLong(value);
    }
  }

  /** A value of the function API. */
  public MessagePackWriter value(@Nullable Object value) {
    if (value == null) {
      return nil();
    } else if (value instanceof String text) {
      return text(text);
    } else if (value instanceof Number number) {
      return number(number);
    } else if (value instanceof Boolean truth) {
      return truth(truth);
    } else if (value instanceof JsonObject object) {
      return members(object.getMap());
    } else if (value instanceof JsonArray array) {
      return items(array.getList());
    } else if (value instanceof Map<?, ?> map) {
      return members(map);
    } else if (value instanceof List<?> list) {
      return items(list);
    } else if (value instanceof Buffer bytes) {
      return bytes(bytes.getBytes());
    } else if (value instanceof byte[] bytes) {
      return bytes(bytes);
    }
    return text(value.toString());
  }

  private MessagePackWriter number(Number number) {
    if (number instanceof Float) {
      out.writeByte(0xCA).writeFloat(number.floatValue());
    } else if (number instanceof Integer
        || number instanceof Long
        || number instanceof Short
        || number instanceof Byte) {
      whole(number.longValue());
    } else {
      out.writeByte(0xCB).writeDouble(number.doubleValue());
    }
    return this;
  }

  private MessagePackWriter bytes(byte[] bytes) {
    sized(bytes.length, 0xC4, 0xC5, 0xC6);
    out.writeBytes(bytes);
    return this;
  }

  private MessagePackWriter members(Map<?, ?> members) {
    map(members.size());
    members.forEach((key, value) -> text(String.valueOf(key)).value(value));
    return this;
  }

  public MessagePackWriter items(List<?> items) {
    array(items.size());
    items.forEach(this::value);
    return this;
  }
}
