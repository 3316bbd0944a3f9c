package dev.selvedge.protocol.signalr;

import dev.selvedge.edge.Exchange;
import dev.selvedge.function.Transport;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The HTTP answers of a hub's endpoints. Their texts are ASP.NET Core SignalR's. */
final class HttpAnswers {
  private static final Map<String, String> TEXT = Map.of("content-type", "text/plain");
  private static final Map<String, String> JSON =
      Map.of("content-type", "application/json", "cache-control", "no-store");
  private static final Map<String, String> EMPTY = Map.of();

  /** Of an event stream; the last one tells nginx not to collect it. */
  static final Map<String, String> STREAM =
      Map.of(
          "content-type", "text/event-stream",
          "cache-control", "no-cache,no-store",
          "pragma", "no-cache",
          "content-encoding", "identity",
          "x-accel-buffering", "no");

  private HttpAnswers() {}

  static void negotiated(Exchange exchange, JsonObject answer) {
    exchange.respond(200, JSON, answer.toBuffer());
  }

  /** A post's body has been taken. */
  static void taken(Exchange exchange) {
    exchange.respond(200, TEXT, Buffer.buffer());
  }

  static void deleted(Exchange exchange) {
    exchange.respond(202, EMPTY, Buffer.buffer());
  }

  static void missingId(Exchange exchange) {
    text(exchange, 400, "Connection ID required");
  }

  static void unknownConnection(Exchange exchange) {
    text(exchange, 404, "No Connection with that ID");
  }

  static void disabled(Exchange exchange, Transport transport) {
    text(
        exchange,
        404,
        NegotiateCodec.name(transport) + " transport not supported by this end point type");
  }

  static void otherTransport(Exchange exchange) {
    text(exchange, 400, "Cannot change transports mid-connection");
  }

  static void alreadyConnected(Exchange exchange) {
    text(exchange, 409, "");
  }

  static void postToWebSocket(Exchange exchange) {
    text(exchange, 405, "POST requests are not allowed for WebSocket connections.");
  }

  static void notDeletable(Exchange exchange) {
    text(exchange, 400, "Cannot terminate this connection using the DELETE endpoint.");
  }

  static void wrongMethod(Exchange exchange) {
    text(exchange, 405, "");
  }

  /** So many connections wait for their first request that no more are made. */
  static void tooMany(Exchange exchange) {
    exchange.respond(
        503,
        Map.of("content-type", "text/plain", "retry-after", "5"),
        Buffer.buffer("Too many connections wait for their first request"));
  }

  private static void text(Exchange exchange, int status, String text) {
    exchange.respond(status, TEXT, Buffer.buffer(text));
  }
}
