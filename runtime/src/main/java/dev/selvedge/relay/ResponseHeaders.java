package dev.selvedge.relay;

import dev.selvedge.router.Cookies;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a client gets of an answer's headers. */
final class ResponseHeaders {
  private ResponseHeaders() {}

  /**
   * The headers for the client: those of the member in their order, without what concerns the
   * member's connection, what names its software, and cookies that would pass for ours.
   *
   * @param status 426 keeps its Upgrade, which is no offer but an explanation (RFC 9110 §15.5.22)
   * @param ourCookie names of cookies that members may not set
   * @param setCookie our own cookie's line, or null; with it the answer is for no shared cache
   */
  static HttpHeaders forClient(
      HttpHeaders from, int status, Predicate<String> ourCookie, @Nullable String setCookie) {
    HttpHeaders to = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    Set<String> dropped = HopByHop.of(from);
    for (Map.Entry<String, String> line : from) {
      String name = line.getKey().toLowerCase(Locale.ROOT);
      boolean keeps = !dropped.contains(name) && !name.equals("server");
      boolean forged = name.equals("set-cookie") && ourCookie.test(Cookies.name(line.getValue()));
      if ((keeps || status == 426 && name.equals("upgrade")) && !forged) {
        to.add(line.getKey(), line.getValue());
      }
    }
    if (setCookie != null) {
      to.add("Set-Cookie", setCookie);
      makePrivate(to);
    }
    return to;
  }

  /** The headers of a 101: the same, with an upgrade of ours. */
  static HttpHeaders forTunnel(
      HttpHeaders from, Predicate<String> ourCookie, @Nullable String setCookie) {
    HttpHeaders to = forClient(from, 101, ourCookie, setCookie);
    to.remove("content-length");
    to.add("Upgrade", "websocket");
    to.add("Connection", "Upgrade");
    return to;
  }

  private static void makePrivate(HttpHeaders to) {
    to.remove("surrogate-control").remove("cdn-cache-control");
    List<String> directives = new ArrayList<>();
    for (String line : to.getAll("cache-control")) {
      for (String directive : line.split(",", -1)) {
        String name = directive.strip().toLowerCase(Locale.ROOT);
        if (name.equals("no-store") || name.equals("private")) {
          return;
        }
        boolean shares = name.equals("public") || name.startsWith("s-maxage");
        if (!name.isEmpty() && !shares && !name.startsWith("private")) {
          directives.add(directive.strip());
        }
      }
    }
    directives.add(0, "private");
    to.set("Cache-Control", String.join(", ", directives));
  }
}
