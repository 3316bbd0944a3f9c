package dev.selvedge.protocol.raw;

import dev.selvedge.edge.Exchange;
import dev.selvedge.function.CloseReason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The HTTP answers of the raw protocol, but for errors. None may be stored by a cache. */
final class Answers {
  private static final Map<String, String> JSON =
      Map.of("content-type", "application/json", "cache-control", "no-store");
  private static final Map<String, String> NO_CONTENT = Map.of("cache-control", "no-store");

  /** Of an event stream; the last one tells nginx not to collect it. */
  static final Map<String, String> STREAM =
      Map.of(
          "content-type", "text/event-stream",
          "cache-control", "no-store, no-transform",
          "x-accel-buffering", "no");

  private Answers() {}

  static void poll(Exchange exchange, Buffer messages) {
    exchange.respond(200, JSON, messages);
  }

  /** A long-poll session was opened. */
  static void opened(Exchange exchange, String session, String token) {
    JsonObject body = new JsonObject().put("session", session).put("token", token);
    exchange.respond(200, JSON, body.toBuffer());
  }

  /** What was posted has been taken. */
  static void accepted(Exchange exchange) {
    exchange.respond(202, NO_CONTENT, Buffer.buffer());
  }

  static void deleted(Exchange exchange) {
    exchange.respond(204, NO_CONTENT, Buffer.buffer());
  }

  /** The session has ended. */
  static void closed(Exchange exchange, CloseReason reason) {
    closed(exchange, 410, "session-closed", reason);
  }

  /** A session could not be opened. */
  static void refused(Exchange exchange, CloseReason reason) {
    closed(exchange, reason.retry() ? 503 : 403, "session-refused", reason);
  }

  private static void closed(Exchange exchange, int status, String code, CloseReason reason) {
    JsonObject body =
        new JsonObject()
            .put("error", new JsonObject().put("code", code).put("text", reason.text()))
            .put("close", RawCodec.toJson(reason));
    exchange.respond(status, JSON, body.toBuffer());
  }
}
