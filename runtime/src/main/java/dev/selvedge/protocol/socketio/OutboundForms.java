package dev.selvedge.protocol.socketio;

import dev.selvedge.protocol.socketio.Packet.Type;
import dev.selvedge.protocol.socketio.PacketCodec.Body;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What functions send, as packets: an event as {@code EVENT}, a reply as {@code ACK}, an error as
 * an {@code ACK} with the one argument {@code {"error":{"code":…,"text":…,"data":…}}}. An event
 * that a client gets again if it missed it has its offset as one more argument, the last.
 */
final class OutboundForms {
  /** Shared by the members of a group, whatever namespaces they are in. */
  private static final Outbound.Encoding<Body> BODY = OutboundForms::body;

  private OutboundForms() {}

  static List<Frame> frames(Outbound message, String namespace) {
    return message.in(BODY).in(namespace);
  }

  private static Body body(Outbound message) {
    String event = message.event();
    if (event == null) {
      ReplyError error = message.error();
      return PacketCodec.body(
          Type.ACK, message.replyTo(), error == null ? message.args() : List.of(json(error)));
    }
    List<@Nullable Object> data = new ArrayList<>(1 + message.args().size());
    data.add(event);
    data.addAll(message.args());
    if (message.offset() != null) {
      data.add(message.offset());
    }
    return PacketCodec.body(Type.EVENT, message.request(), data);
  }

  private static JsonObject json(ReplyError error) {
    JsonObject json = new JsonObject().put("code", error.code()).put("text", error.text());
    return new JsonObject()
        .put("error", error.data() == null ? json : json.put("data", error.data()));
  }
}
