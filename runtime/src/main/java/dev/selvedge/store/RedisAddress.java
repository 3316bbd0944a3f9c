package dev.selvedge.store;

import dev.selvedge.config.ConfigException;
import java.net.URI;

/**
 * Where Redis is: {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss://}
 * for TLS. Its text form has no password.
 *
 * @param url the whole
 * @param place {@code host:port[/database]}
 */
record RedisAddress(String url, String place) {
  /**
   * @throws ConfigException if it is no such URL
   */
  static RedisAddress of(String url) {
    try {
      URI uri = URI.create(url);
      boolean known = "redis".equals(uri.getScheme()) || "rediss".equals(uri.getScheme());
      String path = uri.getPath() == null ? "" : uri.getPath();
      if (known && uri.getHost() != null && path.matches("|/|/[0-9]{1,4}")) {
        int port = uri.getPort() < 0 ? 6379 : uri.getPort();
        return new RedisAddress(url, uri.getHost() + ":" + port + (path.equals("/") ? "" : path));
      }
    } catch (IllegalArgumentException unreadable) {
      // Said below, without the cause: it would repeat the password.
    }
    throw new ConfigException(
        "store",
        url.replaceAll("//[^@]*@", "//…@"),
        "redis://[[user]:password@]host[:port][/database]");
  }

  @Override
  public String toString() {
    return place;
  }
}
