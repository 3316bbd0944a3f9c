package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An opening handshake that was accepted (RFC 6455 §4.2.2).
 *
 * @param response the bytes of the 101 answer
 * @param deflate what was agreed on about permessage-deflate, if it was
 */
record WebSocketHandshake(ByteBuf response, @Nullable DeflateTerms deflate) {
  /** Whether a request means to become a WebSocket, be it rightly put or not. */
  static boolean isAskedFor(Map<String, String> headers) {
    return Tokens.contains(headers.get("upgrade"), "websocket")
        && Tokens.contains(headers.get("connection"), "upgrade");
  }

  /**
   * Checks the client's handshake in the order of RFC 6455 §4.2.1 and makes the answer.
   *
   * @throws HttpError if it is not as the RFC wants it
   * @throws IllegalArgumentException for a subprotocol that the client did not offer
   */
  static WebSocketHandshake accept(
      HttpExchange exchange, boolean http11, @Nullable String subprotocol, WebSocketLimits limits) {
    check(exchange, http11);
    if (subprotocol != null && !exchange.offers(subprotocol)) {
      throw new IllegalArgumentException(
          "subprotocol: " + subprotocol + " (expected: one that the client offers)");
    }
    DeflateTerms deflate =
        limits.compression()
            ? DeflateTerms.negotiate(exchange.header("sec-websocket-extensions"))
            : null;
    String key = exchange.headers().getOrDefault("sec-websocket-key", "");
    StringBuilder head =
        new StringBuilder(256)
            .append("HTTP/1.1 101 Switching Protocols\r\n")
            .append("upgrade: websocket\r\nconnection: Upgrade\r\n")
            .append("sec-websocket-accept: ")
            .append(WebSocketKey.accept(key))
            .append("\r\n");
    append(head, "sec-websocket-protocol", subprotocol);
    append(head, "sec-websocket-extensions", deflate == null ? null : deflate.answer());
    head.append("\r\n");
    byte[] bytes = head.toString().getBytes(StandardCharsets.US_ASCII);
    return new WebSocketHandshake(Unpooled.wrappedBuffer(bytes), deflate);
  }

  /** A 101 with these lines, which hold no line breaks. */
  static ByteBuf switching(HttpHeaders lines) {
    StringBuilder head = new StringBuilder(256).append("HTTP/1.1 101 Switching Protocols\r\n");
    for (Map.Entry<String, String> line : lines) {
      append(head, line.getKey(), line.getValue());
    }
    head.append("\r\n");
    return Unpooled.wrappedBuffer(head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void append(StringBuilder head, String name, @Nullable String value) {
    if (value != null) {
      head.append(name).append(": ").append(value).append("\r\n");
    }
  }

  /**
   * @throws HttpError if the handshake is not as RFC 6455 §4.2.1 wants it
   */
  static void check(Exchange exchange, boolean http11) {
    if (!exchange.method().equals("GET") || !http11) {
      throw bad("a WebSocket handshake is a GET of HTTP/1.1");
    }
    if (exchange.header("host") == null) {
      throw bad("a WebSocket handshake has a Host header");
    }
    if (!isAskedFor(exchange.headers())) {
      throw bad("expected: Upgrade: websocket and Connection: Upgrade");
    }
    if (!WebSocketKey.isKey(exchange.header("sec-websocket-key"))) {
      throw bad("expected: one Sec-WebSocket-Key of 16 bytes in base64");
    }
    if (!"13".equals(exchange.header("sec-websocket-version"))) {
      throw new HttpError(
          426,
          "bad-websocket-version",
          "expected: Sec-WebSocket-Version: 13",
          Map.of("sec-websocket-version", "13", "upgrade", "websocket"));
    }
  }

  private static HttpError bad(String text) {
    return new HttpError(400, "bad-websocket-handshake", text);
  }
}
