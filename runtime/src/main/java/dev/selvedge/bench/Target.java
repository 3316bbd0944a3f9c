package dev.selvedge.bench;

import java.net.URI;

/**
 * The server and what is asked of it.
 *
 * @param authority what the Host header says
 * @param resource path and query
 */
public record Target(String host, int port, String authority, String resource) {
  /**
   * Reads {@code ws://host:port/path?query}; {@code http} means the same.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Target parse(String url) {
    try {
      URI uri = new URI(url);
      boolean known = "ws".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (known && uri.getHost() != null) {
        return of(uri);
      }
    } catch (java.net.URISyntaxException notAUrl) {
      // Refused below, as another scheme is.
    }
    throw new IllegalArgumentException(
        url + " (expected: a URL such as ws://127.0.0.1:8080/echo, without TLS)");
  }

  private static Target of(URI uri) {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    return new Target(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port,
        uri.getPort() < 0 ? host : host + ":" + port,
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }
}
