package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.edge.Tokens;
import dev.selvedge.edge.WebSocketKey;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/** Whether a member has really become a WebSocket (RFC 6455 §4.1, the client's checks). */
final class Upgrade {
  private Upgrade() {}

  /**
   * A 101 counts only as the answer to a handshake, with the right tokens and the value that proves
   * that the member has understood the key: other 101s can be had from servers that can be made to
   * repeat what a client sends.
   */
  static boolean isAccepted(ClientExchange exchange, AnswerHead answer) {
    HttpHeaders headers = answer.headers();
    String key = exchange.header("sec-websocket-key");
    List<String> accepts = headers.getAll("sec-websocket-accept");
    List<String> upgrades = headers.getAll("upgrade");
    return exchange.isWebSocketHandshake()
        && key != null
        && answer.minor() == 1
        && upgrades.size() == 1
        && upgrades.get(0).equalsIgnoreCase("websocket")
        && Tokens.anyContains(headers.getAll("connection"), "upgrade")
        && accepts.size() == 1
        && accepts.get(0).equals(WebSocketKey.accept(key));
  }
}
