package dev.selvedge.relay;

import dev.selvedge.router.Cookies;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a member gets of a request's headers. */
final class RequestHeaders {
  private RequestHeaders() {}

  /**
   * The headers for the member: those of the client in their order, without what concerns the
   * client's connection and without our cookies; what says how the body ends; who the client is.
   *
   * @param ourCookie names of cookies that members do not see
   * @param memberHost what the member gets for Host; null: the client's
   * @param upgrade whether this is an accepted WebSocket handshake
   */
  static HttpHeaders forMember(
      HttpHeaders from,
      ForwardedHeaders.Source source,
      Predicate<String> ourCookie,
      @Nullable String memberHost,
      boolean upgrade) {
    HttpHeaders to = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    Set<String> dropped = HopByHop.of(from);
    String host = memberHost == null ? source.host() : memberHost;
    to.add("Host", host == null ? "" : host);
    for (Map.Entry<String, String> line : from) {
      String name = line.getKey().toLowerCase(Locale.ROOT);
      if (name.equals("cookie")) {
        String kept = Cookies.without(line.getValue(), ourCookie);
        if (kept != null) {
          to.add(line.getKey(), kept);
        }
      } else if (!isOurs(name) && !dropped.contains(name)) {
        to.add(line.getKey(), line.getValue());
      }
    }
    if (from.contains("transfer-encoding")) {
      to.add("Transfer-Encoding", "chunked");
    }
    ForwardedHeaders.add(from, source, to);
    if (upgrade) {
      to.add("Upgrade", "websocket");
      to.add("Connection", "Upgrade");
    }
    return to;
  }

  /**
   * What this node says itself, be it that the client says it too. An Expect is met by the edge.
   */
  private static boolean isOurs(String name) {
    return name.equals("host") || name.equals("expect") || ForwardedHeaders.isOne(name);
  }
}
