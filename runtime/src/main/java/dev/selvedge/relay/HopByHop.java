package dev.selvedge.relay;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The headers that concern one connection only (RFC 9110 §7.6.1) and do not go on: a fixed list,
 * and what {@code Connection} names.
 */
final class HopByHop {
  private static final Set<String> ALWAYS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-authentication-info",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  /**
   * {@code Connection} cannot take these away: who could would hide the client, its session or the
   * length of the body from the other side.
   */
  private static final Set<String> PROTECTED =
      Set.of(
          "host",
          "cookie",
          "set-cookie",
          "authorization",
          "cache-control",
          "content-length",
          "content-type",
          "content-encoding",
          "forwarded",
          "origin",
          "x-real-ip");

  private HopByHop() {}

  /** The lower-case names of what to drop. */
  static Set<String> of(HttpHeaders headers) {
    if (!headers.contains(HttpHeaderNames.CONNECTION)) {
      return ALWAYS;
    }
    Set<String> dropped = new HashSet<>(ALWAYS);
    for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String item : line.split(",", -1)) {
        String name = item.strip().toLowerCase(Locale.ROOT);
        if (!isProtected(name)) {
          dropped.add(name);
        }
      }
    }
    return dropped;
  }

  private static boolean isProtected(String name) {
    return PROTECTED.contains(name)
        || name.startsWith("x-forwarded-")
        || name.startsWith("sec-websocket-");
  }
}
