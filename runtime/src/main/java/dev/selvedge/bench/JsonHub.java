package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** SignalR's messages in JSON. What a server writes is looked through, not parsed. */
final class JsonHub implements SignalRDialect.Hub {
  private static final ByteBuf TYPE = ascii("\"type\":");
  private static final ByteBuf ERROR = ascii("\"error\":");
  private static final ByteBuf RESULT = ascii("\"result\":");

  private static ByteBuf ascii(String text) {
    return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  @Override
  public String word() {
    return "signalr";
  }

  @Override
  public String name() {
    return "json";
  }

  @Override
  public boolean binary() {
    return false;
  }

  @Override
  public byte[] ping() {
    return bytes(new JsonObject().put("type", SignalRDialect.PING));
  }

  @Override
  public byte[] invocation(String id, String message) {
    List<?> parts = SignalRDialect.parts(message);
    JsonObject invocation = new JsonObject().put("type", SignalRDialect.INVOCATION);
    if (!id.isEmpty()) {
      invocation.put("invocationId", id);
    }
    return bytes(
        invocation
            .put("target", parts.get(0))
            .put("arguments", new JsonArray(parts.subList(1, parts.size()))));
  }

  private static byte[] bytes(JsonObject message) {
    return (message.encode() + (char) SignalRDialect.SEPARATOR).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int end(ByteBuf bytes, int index, int until) {
    int separator = bytes.indexOf(index, until, SignalRDialect.SEPARATOR);
    return separator < 0 ? -1 : separator + 1;
  }

  /** Servers write the type first. */
  @Override
  public int type(ByteBuf bytes, int index, int length) {
    int word = TYPE.readableBytes();
    if (length < word + 3) {
      return 0;
    }
    int at =
        ByteBufUtil.equals(bytes, index + 1, TYPE, 0, word)
            ? 1
            : ByteBufUtil.indexOf(TYPE, bytes.slice(index, length - 2));
    return at < 0 ? 0 : bytes.getByte(index + at + word) - '0';
  }

  @Override
  public boolean isError(ByteBuf bytes, int index, int length) {
    ByteBuf message = bytes.slice(index, length);
    int error = ByteBufUtil.indexOf(ERROR, message);
    int result = error < 0 ? -1 : ByteBufUtil.indexOf(RESULT, message);
    return error >= 0 && (result < 0 || error < result);
  }
}
