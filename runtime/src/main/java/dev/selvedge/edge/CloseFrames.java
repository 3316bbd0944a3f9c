package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Payloads of Close frames (RFC 6455 §5.5.1, §7.4). */
final class CloseFrames {
  private CloseFrames() {}

  /**
   * Why the client closes.
   *
   * @throws WebSocketViolation 1002 for half a code or one that may not be sent, 1007 for a reason
   *     that is not UTF-8
   */
  static CloseReason parse(ByteBuf payload) {
    if (!payload.isReadable()) {
      return CloseReason.NO_STATUS;
    }
    if (payload.readableBytes() == 1) {
      throw WebSocketViolation.protocolError("close frame with half a code");
    }
    int code = payload.getUnsignedShort(payload.readerIndex());
    if (!maySend(code)) {
      throw WebSocketViolation.protocolError("close code " + code);
    }
    int at = payload.readerIndex() + 2;
    int length = payload.readableBytes() - 2;
    if (Utf8.advance(Utf8.COMPLETE, payload, at, length) != Utf8.COMPLETE) {
      throw new WebSocketViolation(CloseReason.INVALID_PAYLOAD.because("close reason not UTF-8"));
    }
    return named(code, payload.toString(at, length, StandardCharsets.UTF_8));
  }

  private static CloseReason named(int code, String text) {
    CloseReason reason = CloseReason.of(code).orElse(new CloseReason(code, "", true));
    return text.isEmpty() ? reason : reason.because(text);
  }

  /** Codes of RFC 6455 §7.4 and the IANA registry that may stand in a frame. */
  static boolean maySend(int code) {
    return code >= 1000 && code <= 1003
        || code >= 1007 && code <= 1014
        || code >= 3000 && code <= 4999;
  }

  static ByteBuf payload(ByteBufAllocator alloc, CloseReason reason) {
    if (!maySend(reason.code())) {
      return Unpooled.EMPTY_BUFFER;
    }
    String text = reason.because(reason.text()).text();
    ByteBuf payload = alloc.buffer(2 + 3 * text.length()).writeShort(reason.code());
    ByteBufUtil.writeUtf8(payload, text);
    return payload;
  }
}
