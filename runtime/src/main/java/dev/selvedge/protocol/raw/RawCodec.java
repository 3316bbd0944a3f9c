package dev.selvedge.protocol.raw;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Message;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/**
 * The forms of a message, pure functions: what the server says in the JSON form (subprotocol {@code
 * selvedge.json.v1}, POST bodies, poll answers; {@link JsonForm} reads what clients say), and the
 * bare form (WebSockets without a subprotocol).
 */
final class RawCodec {
  /** {@code {"event":…,"args":[…]}} or {@code {"reply":…,…}} in UTF-8. */
  static final Outbound.Encoding<byte[]> JSON = message -> toJson(message).toBuffer().getBytes();

  static final Outbound.Encoding<Frame> JSON_FRAME = message -> new Frame(true, message.in(JSON));

  static final Outbound.Encoding<Frame> BARE_FRAME = RawCodec::toBareFrame;

  /** A whole WebSocket message. The payload is shared and may not be modified. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, and a copy would defeat the sharing
  record Frame(boolean text, byte[] payload) {}

  private RawCodec() {}

  // The JSON form, server to client.

  private static JsonObject toJson(Outbound message) {
    return switch (message.kind()) {
      case EVENT -> eventToJson(message);
      case REPLY -> reply(message).put("args", BinaryForm.encode(message.args()));
      case ERROR -> withError(reply(message), message);
      case ITEM -> reply(message).put("item", BinaryForm.encode(message.args()).getValue(0));
      case END -> withError(reply(message).put("end", true), message);
    };
  }

  private static JsonObject eventToJson(Outbound message) {
    JsonObject event =
        new JsonObject()
            .put("event", message.event())
            .put("args", BinaryForm.encode(message.args()));
    return message.request() < 0 ? event : event.put("request", message.request());
  }

  private static JsonObject reply(Outbound message) {
    return new JsonObject().put("reply", message.replyTo());
  }

  private static JsonObject withError(JsonObject json, Outbound message) {
    ReplyError error = message.error();
    return error == null ? json : json.put("error", toJson(error));
  }

  private static JsonObject toJson(ReplyError error) {
    JsonObject json = new JsonObject().put("code", error.code()).put("text", error.text());
    return error.data() == null ? json : json.put("data", error.data());
  }

  /** The first message on {@code selvedge.json.v1}. */
  static byte[] hello(String session) {
    return new JsonObject().put("session", session).toBuffer().getBytes();
  }

  /** {@code {"code":…,"text":…,"retry":…}}. */
  static JsonObject toJson(CloseReason reason) {
    return new JsonObject()
        .put("code", reason.code())
        .put("text", reason.text())
        .put("retry", reason.retry());
  }

  // The bare form: a text frame is one string, a binary frame one buffer.

  /** What a bare text or binary body stands for. */
  static ClientMessage bare(Object textOrBuffer) {
    return new ClientMessage(
        Message.DEFAULT_EVENT, Collections.singletonList(textOrBuffer), ClientMessage.NO_REPLY);
  }

  private static Frame toBareFrame(Outbound message) {
    if (Message.DEFAULT_EVENT.equals(message.event())
        && message.args().size() == 1
        && message.request() < 0) {
      Object only = message.args().get(0);
      if (only instanceof String text) {
        return new Frame(true, text.getBytes(StandardCharsets.UTF_8));
      } else if (only instanceof Buffer bytes) {
        return new Frame(false, bytes.getBytes());
      }
    }
    return message.in(JSON_FRAME);
  }
}
