package dev.selvedge.edge;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request of HTTP/1.1 of the header block of one of HTTP/2 (RFC 9113 §8.2, §8.3), and
 * refuses what would mean something else there: whoever gets the request next may write it to a
 * socket line by line.
 */
final class Http2RequestHead {
  /** What concerns a connection has no place in a stream (RFC 9113 §8.2.2). */
  private static final Set<String> OF_A_CONNECTION =
      Set.of(
          "connection",
          "proxy-connection",
          "keep-alive",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private final HttpHeaders lines =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String path;
  private @Nullable String authority;
  private @Nullable StringBuilder cookie;
  private boolean inFields;

  private Http2RequestHead() {}

  /**
   * @param ended whether no body follows
   * @throws HttpError 400 for what is malformed
   */
  static HttpRequest request(Http2Headers block, boolean ended) {
    Http2RequestHead head = new Http2RequestHead();
    for (Map.Entry<CharSequence, CharSequence> field : block) {
      head.add(field.getKey().toString(), field.getValue().toString());
    }
    return head.finish(ended);
  }

  private void add(String name, String value) {
    if (name.startsWith(":")) {
      addPseudo(name, value);
    } else {
      inFields = true;
      checkField(name, value);
      switch (name) {
        case "cookie" -> addCookie(value);
        case "host" -> addHost(value);
        default -> lines.add(name, value);
      }
    }
  }

  /** RFC 9113 §8.3: each once, and none behind an ordinary field. */
  private void addPseudo(String name, String value) {
    if (inFields) {
      throw bad("a pseudo-header field stands behind an ordinary one");
    }
    switch (name) {
      case ":method" -> method = once(method, value);
      case ":scheme" -> scheme = once(scheme, value);
      case ":path" -> path = once(path, value);
      case ":authority" -> authority = once(authority, value);
      default -> throw bad("an unknown pseudo-header field");
    }
  }

  private static String once(@Nullable String before, String value) {
    if (before != null) {
      throw bad("a pseudo-header field stands there twice");
    }
    return value;
  }

  private static void checkField(String name, String value) {
    if (!Tokens.isToken(name) || name.chars().anyMatch(c -> c >= 'A' && c <= 'Z')) {
      throw bad("a header's name is a token without capitals");
    }
    if (!isValue(value)) {
      throw bad("a header's value holds a character that may not be there");
    }
    if (OF_A_CONNECTION.contains(name) || name.equals("te") && !value.equals("trailers")) {
      throw bad("a header that concerns the connection");
    }
  }

  /** RFC 9113 §8.2.1: no line breaks, no NUL, no white space around it. */
  private static boolean isValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 && c != '\t' || c == 0x7f) {
        return false;
      }
    }
    return value.isEmpty()
        || !isBlank(value.charAt(0)) && !isBlank(value.charAt(value.length() - 1));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** Its crumbs become one line again (RFC 9113 §8.2.3). */
  private void addCookie(String crumb) {
    cookie = cookie == null ? new StringBuilder(crumb) : cookie.append("; ").append(crumb);
  }

  private void addHost(String host) {
    if (lines.contains(HttpHeaderNames.HOST)) {
      throw bad("expected: one Host header");
    }
    lines.set(HttpHeaderNames.HOST, host);
  }

  private HttpRequest finish(boolean ended) {
    String target = target();
    String host = lines.get(HttpHeaderNames.HOST);
    if (authority != null) {
      if (host != null && !host.equalsIgnoreCase(authority)) {
        throw bad("Host differs from :authority");
      }
      lines.set(HttpHeaderNames.HOST, authority);
    }
    String named = authority != null ? authority : host;
    if (named == null || named.isEmpty() || !RequestRules.isAuthority(named)) {
      throw bad("expected: an :authority that is a host and port");
    }
    if (cookie != null) {
      lines.set(HttpHeaderNames.COOKIE, cookie.toString());
    }
    checkLength(ended);
    HttpMethod verb = HttpMethod.valueOf(method == null ? "" : method);
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, verb, target, lines);
  }

  private String target() {
    if (method == null || scheme == null || path == null) {
      throw bad("expected: :method, :scheme and :path");
    }
    if (!Tokens.isToken(method) || method.equals("CONNECT")) {
      throw bad("the method is none that is served");
    }
    if (!scheme.equals("https")) {
      throw bad("expected: the scheme https");
    }
    if (!path.startsWith("/") && !(path.equals("*") && method.equals("OPTIONS"))) {
      throw bad("expected: a path that begins with a slash");
    }
    return path;
  }

  /** That the length is what comes is checked with each frame, by Netty. */
  private void checkLength(boolean ended) {
    int lengths = lines.getAll(HttpHeaderNames.CONTENT_LENGTH).size();
    if (lengths > 1) {
      throw bad("expected: one Content-Length");
    }
    if (lengths == 0 && !ended) {
      lines.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (ended && lengths == 1 && !"0".equals(lines.get(HttpHeaderNames.CONTENT_LENGTH))) {
      throw bad("a Content-Length without a body");
    }
  }

  private static HttpError bad(String text) {
    return new HttpError(400, "bad-request", text);
  }
}
