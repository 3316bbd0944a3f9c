package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.Exchange;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Why a request of Engine.IO is not served, in the protocol's own words and numbers. */
enum EngineRefusal {
  UNKNOWN_TRANSPORT(0, "Transport unknown"),
  UNKNOWN_SID(1, "Session ID unknown"),
  BAD_HANDSHAKE_METHOD(2, "Bad handshake method"),
  BAD_REQUEST(3, "Bad request"),
  UNSUPPORTED_VERSION(5, "Unsupported protocol version");

  private static final Map<String, String> JSON = Map.of("content-type", "application/json");
  private static final Map<String, String> HTML = Map.of("content-type", "text/html");

  private final int code;
  private final String text;

  EngineRefusal(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** Answers 400: in JSON, or to a WebSocket handshake with the bare text. */
  void answer(Exchange exchange) {
    if (exchange.isWebSocketHandshake()) {
      exchange.respond(400, HTML, Buffer.buffer(text));
    } else {
      exchange.respond(
          400, JSON, new JsonObject().put("code", code).put("message", text).toBuffer());
    }
  }
}
