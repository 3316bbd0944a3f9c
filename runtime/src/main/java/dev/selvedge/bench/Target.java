package dev.selvedge.bench;

import java.net.URI;

/**
 * The server and what is asked of it.
 *
 * @param tls whether TLS lies below
 * @param authority what the Host header says
 * @param resource path and query
 */
public record Target(String host, int port, boolean tls, String authority, String resource) {
  /**
   * Reads {@code ws://host:port/path?query} or {@code wss}; {@code http} and {@code https} mean the
   * same.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Target parse(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getScheme() != null && uri.getHost() != null) {
        switch (uri.getScheme()) {
          case "ws", "http" -> {
            return of(uri, false);
          }
          case "wss", "https" -> {
            return of(uri, true);
          }
          default -> {}
        }
      }
    } catch (java.net.URISyntaxException notAUrl) {
      // Refused below, as another scheme is.
    }
    throw new IllegalArgumentException(
        url + " (expected: a URL such as ws://127.0.0.1:8080/echo or wss://example.org/echo)");
  }

  /** The resource without its query. */
  String path() {
    int query = resource.indexOf('?');
    return query < 0 ? resource : resource.substring(0, query);
  }

  /** What follows the question mark; empty without one. */
  String query() {
    int query = resource.indexOf('?');
    return query < 0 ? "" : resource.substring(query + 1);
  }

  private static Target of(URI uri, boolean tls) {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    return new Target(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port,
        tls,
        uri.getPort() < 0 ? host : host + ":" + port,
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }
}
