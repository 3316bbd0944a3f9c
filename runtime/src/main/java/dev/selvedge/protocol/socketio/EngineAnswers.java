package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;

/** The answers to polls and posts. */
final class EngineAnswers {
  private static final Map<String, String> POLL =
      Map.of("content-type", "text/plain; charset=UTF-8", "cache-control", "no-store");
  private static final Map<String, String> POST = Map.of("content-type", "text/html");

  private EngineAnswers() {}

  static void poll(Exchange exchange, Buffer payload) {
    exchange.respond(200, POLL, payload);
  }

  /** The first answer, with a cookie. */
  static void handshake(Exchange exchange, Buffer payload, String cookie, String sid) {
    Map<String, String> headers = new HashMap<>(POLL);
    headers.put("set-cookie", cookie + "=" + sid + "; Path=/; HttpOnly; SameSite=Lax");
    exchange.respond(200, headers, payload);
  }

  static void posted(Exchange exchange) {
    exchange.respond(200, POST, Buffer.buffer("ok"));
  }

  /** The session ended with this request. */
  static void failed(Exchange exchange) {
    exchange.respond(400, Map.of(), Buffer.buffer());
  }

  static void tooLarge(Exchange exchange) {
    exchange.respond(413, Map.of(), Buffer.buffer());
  }

  static void badMethod(Exchange exchange) {
    exchange.fail(
        new HttpError(
            405,
            "bad-method",
            "method: " + exchange.method() + " (expected: GET, POST)",
            Map.of("allow", "GET, POST, OPTIONS")));
  }
}
