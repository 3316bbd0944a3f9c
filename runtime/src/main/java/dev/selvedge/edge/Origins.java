package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may use a route (RFC 6454), and the CORS headers that tell a browser so.
 *
 * <p>An allow-list is empty for pages of the same host, a single {@code *} for any, or holds exact
 * origins such as {@code https://example.org}. A request without an Origin header does not come
 * from another site's page and is always allowed.
 */
public final class Origins {
  private Origins() {}

  /** Whether the exchange's Origin is allowed. */
  public static boolean allows(Exchange exchange, List<String> allowed) {
    return allows(exchange.headers(), allowed);
  }

  /** Whether the Origin of a request with these headers is allowed. */
  public static boolean allows(Map<String, String> headers, List<String> allowed) {
    String origin = headers.get("origin");
    return origin == null || isListed(origin, allowed) || isSameHost(origin, headers.get("host"));
  }

  private static boolean isListed(String origin, List<String> allowed) {
    return allowed.contains("*") || isNamed(origin, allowed);
  }

  private static boolean isNamed(String origin, List<String> allowed) {
    return allowed.stream().anyMatch(origin::equalsIgnoreCase);
  }

  /**
   * The scheme is not compared: behind a proxy that ends TLS it is not known. Holds for any
   * allow-list: a page of this very host is not another site's.
   */
  private static boolean isSameHost(String origin, @Nullable String host) {
    int scheme = origin.indexOf("://");
    if (scheme <= 0 || host == null) {
      return false;
    }
    return authority(origin.substring(scheme + 3)).equals(authority(host));
  }

  private static String authority(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.endsWith(":80")) {
      return lower.substring(0, lower.length() - 3);
    }
    return lower.endsWith(":443") ? lower.substring(0, lower.length() - 4) : lower;
  }

  /**
   * The headers to add to an answer: {@code Access-Control-Allow-Origin} if another origin asks and
   * is allowed, {@code Access-Control-Allow-Credentials} if it is on the list by its name (never
   * because of {@code *}), and {@code Vary: Origin} always, since caches must not mix the two.
   */
  public static Map<String, String> headers(Exchange exchange, List<String> allowed) {
    Map<String, String> headers = new LinkedHashMap<>();
    String origin = exchange.header("origin");
    if (origin != null && allows(exchange, allowed)) {
      headers.put("access-control-allow-origin", origin);
      if (isNamed(origin, allowed)) {
        headers.put("access-control-allow-credentials", "true");
      }
    }
    headers.put("vary", "Origin");
    return headers;
  }

  /** Whether the exchange is a CORS preflight: answer it with {@link #answerPreflight}. */
  public static boolean isPreflight(Exchange exchange) {
    return exchange.method().equals("OPTIONS")
        && exchange.header("origin") != null
        && exchange.header("access-control-request-method") != null;
  }

  /**
   * Answers a preflight: 204 with what is allowed, or 403.
   *
   * @param methods such as {@code GET, POST, DELETE}
   */
  public static void answerPreflight(Exchange exchange, List<String> allowed, String methods) {
    if (!allows(exchange, allowed)) {
      exchange.fail(refusal());
      return;
    }
    Map<String, String> headers = headers(exchange, allowed);
    headers.put("access-control-allow-methods", methods);
    @Nullable String wanted = exchange.header("access-control-request-headers");
    if (wanted != null) {
      headers.put("access-control-allow-headers", wanted);
    }
    headers.put("access-control-max-age", "600");
    headers.put("vary", "Origin, Access-Control-Request-Headers");
    exchange.respond(204, headers, Buffer.buffer());
  }

  /** The error for an origin that is not allowed. */
  public static HttpError refusal() {
    return new HttpError(403, "origin-refused", "pages of this origin may not use this address");
  }
}
