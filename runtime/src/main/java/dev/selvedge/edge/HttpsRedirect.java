package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Sends those who come unencrypted to the same place with TLS; everything else goes on. */
final class HttpsRedirect implements EdgeHandler {
  private final EdgeHandler encrypted;
  private final String port;

  /**
   * @param port as clients see it, which need not be the one that is listened on
   */
  HttpsRedirect(EdgeHandler encrypted, int port) {
    this.encrypted = encrypted;
    this.port = port == 443 ? "" : ":" + port;
  }

  @Override
  public void handle(Exchange exchange) {
    if (!(exchange instanceof ClientExchange own) || isEncrypted(own)) {
      encrypted.handle(exchange);
      return;
    }
    String authority = exchange.header("host");
    if (authority == null || authority.isEmpty() || !own.rawTarget().startsWith("/")) {
      throw new HttpError(400, "not-encrypted", "expected: a request over TLS");
    }
    exchange.respond(
        308,
        Map.of("location", "https://" + host(authority) + port + own.rawTarget()),
        Buffer.buffer());
  }

  private static boolean isEncrypted(ClientExchange exchange) {
    return exchange.secure()
        || exchange.trustsPeer() && "https".equals(exchange.header("x-forwarded-proto"));
  }

  private static String host(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }
}
