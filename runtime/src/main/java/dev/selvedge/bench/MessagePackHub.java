package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** SignalR's messages in MessagePack: each an array behind its length. */
final class MessagePackHub implements SignalRDialect.Hub {
  private static final int NIL = 0xc0;
  private static final int FALSE = 0xc2;
  private static final int TRUE = 0xc3;
  private static final int FLOAT64 = 0xcb;
  private static final int INT64 = 0xd3;
  private static final int STR32 = 0xdb;
  private static final int ARRAY32 = 0xdd;
  private static final int MAP32 = 0xdf;
  private static final int FIXSTR = 0xa0;
  private static final int FIXARRAY = 0x90;
  private static final int FIXMAP = 0x80;
  private static final int FAILED = 1;

  @Override
  public String word() {
    return "signalr-messagepack";
  }

  @Override
  public String name() {
    return "messagepack";
  }

  @Override
  public boolean binary() {
    return true;
  }

  // To the server.

  @Override
  public byte[] ping() {
    return framed(Unpooled.buffer().writeByte(FIXARRAY | 1).writeByte(SignalRDialect.PING));
  }

  @Override
  public byte[] invocation(String id, String message) {
    List<?> parts = SignalRDialect.parts(message);
    ByteBuf body = Unpooled.buffer().writeByte(FIXARRAY | 6).writeByte(SignalRDialect.INVOCATION);
    body.writeByte(FIXMAP);
    write(body, id.isEmpty() ? null : id);
    write(body, parts.get(0));
    write(body, parts.subList(1, parts.size()));
    return framed(body.writeByte(FIXARRAY));
  }

  /** Behind its length, 7 bits in each byte, the lowest first. */
  private static byte[] framed(ByteBuf body) {
    ByteBuf whole = Unpooled.buffer();
    int rest = body.readableBytes();
    while (rest > 0x7f) {
      whole.writeByte(0x80 | rest);
      rest >>>= 7;
    }
    return ByteBufUtil.getBytes(whole.writeByte(rest).writeBytes(body));
  }

  private static void write(ByteBuf to, @Nullable Object value) {
    if (value == null) {
      to.writeByte(NIL);
    } else if (value instanceof Boolean truth) {
      to.writeByte(truth ? TRUE : FALSE);
    } else if (value instanceof Integer || value instanceof Long) {
      to.writeByte(INT64).writeLong(((Number) value).longValue());
    } else if (value instanceof Number number) {
      to.writeByte(FLOAT64).writeDouble(number.doubleValue());
    } else if (value instanceof List<?> items) {
      to.writeByte(ARRAY32).writeInt(items.size());
      items.forEach(item -> write(to, item));
    } else if (value instanceof Map<?, ?> members) {
      to.writeByte(MAP32).writeInt(members.size());
      members.forEach(
          (name, member) -> {
            write(to, name);
            write(to, member);
          });
    } else {
      byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
      if (text.length < 32) {
        to.writeByte(FIXSTR | text.length);
      } else {
        to.writeByte(STR32).writeInt(text.length);
      }
      to.writeBytes(text);
    }
  }

  // From the server.

  @Override
  public int end(ByteBuf bytes, int index, int until) {
    long length = 0;
    int at = index;
    for (int shift = 0; at < until; shift += 7) {
      byte next = bytes.getByte(at++);
      length |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return at + length <= until ? (int) (at + length) : -1;
      }
    }
    return -1;
  }

  /** Where the array begins. */
  private static int body(ByteBuf bytes, int index) {
    int at = index;
    while (bytes.getByte(at) < 0) {
      at++;
    }
    return at + 1;
  }

  @Override
  public int type(ByteBuf bytes, int index, int length) {
    int body = body(bytes, index);
    return body + 1 < index + length ? bytes.getByte(body + 1) : 0;
  }

  /** {@code [3, headers, id, kind, …]}; only completions without headers are looked at. */
  @Override
  public boolean isError(ByteBuf bytes, int index, int length) {
    int headers = body(bytes, index) + 2;
    if ((bytes.getByte(headers) & 0xff) != FIXMAP) {
      return false;
    }
    int id = bytes.getByte(headers + 1) & 0xff;
    int kind = headers + 2 + (id & 0x1f);
    return (id & 0xe0) == FIXSTR && kind < index + length && bytes.getByte(kind) == FAILED;
  }
}
