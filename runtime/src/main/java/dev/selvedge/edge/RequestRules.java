package dev.selvedge.edge;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request's head must be like (RFC 9112, RFC 9110) where two servers in a row could
 * otherwise understand it differently. The decoder has already refused bare line feeds, a space
 * before the colon, Content-Length beside Transfer-Encoding, repeated Content-Length,
 * Transfer-Encoding on HTTP/1.0, and folded lines.
 */
final class RequestRules {
  private RequestRules() {}

  /** Why the request is refused, or null. */
  static @Nullable HttpError check(HttpRequest request) {
    DecoderResult result = request.decoderResult();
    if (result.isFailure()) {
      return undecodable(result.cause());
    }
    HttpVersion version = request.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return new HttpError(505, "bad-version", "expected: HTTP/1.1 or HTTP/1.0");
    }
    if (!Tokens.isToken(request.method().name()) || !isVisible(request.uri())) {
      return bad("the request line holds a character that may not be there");
    }
    HttpError error = checkHost(request.headers().getAll(HttpHeaderNames.HOST), version);
    return error != null ? error : checkBody(request.headers());
  }

  private static HttpError undecodable(Throwable cause) {
    if (cause instanceof HttpError said) {
      return said;
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new HttpError(431, "header-too-large", "the request's headers are too large");
    }
    if (cause instanceof TooLongHttpLineException) {
      return new HttpError(414, "target-too-long", "the request line is too long");
    }
    return bad("this is not an HTTP/1.1 request");
  }

  private static @Nullable HttpError checkHost(List<String> hosts, HttpVersion version) {
    if (hosts.size() > 1 || hosts.isEmpty() && version.equals(HttpVersion.HTTP_1_1)) {
      return bad("expected: one Host header");
    }
    for (String host : hosts) {
      if (!isAuthority(host)) {
        return bad("the Host header is not a host and port");
      }
    }
    return null;
  }

  /** Whether this could be a host and port; empty is a host, too (RFC 9110 §7.2). */
  static boolean isAuthority(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= 0x20 || c >= 0x7f || "/\\?#@,\"<>".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable HttpError checkBody(HttpHeaders headers) {
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty() && (codings.size() > 1 || !"chunked".equalsIgnoreCase(codings.get(0)))) {
      return new HttpError(501, "bad-transfer-encoding", "expected: chunked and nothing else");
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (length != null && !Tokens.isDigits(length)) {
      return bad("expected: a Content-Length of digits");
    }
    if (length != null && length.length() > 18) {
      return new HttpError(413, "body-too-large", "no body has " + length + " bytes");
    }
    // Other upgrades, such as the h2c that some HTTP clients offer with each request, are ignored.
    if (Tokens.contains(headers.get(HttpHeaderNames.UPGRADE), "websocket") && hasBody(headers)) {
      return bad("a WebSocket handshake has no body");
    }
    String expect = headers.get(HttpHeaderNames.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      return new HttpError(417, "bad-expectation", "expected: 100-continue");
    }
    return null;
  }

  /** Why a body is not gathered whole, by what its head says; or null. */
  static @Nullable HttpError checkLength(HttpHeaders headers, int maxBodyBytes) {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return length != null && Long.parseLong(length) > maxBodyBytes
        ? bodyTooLarge(maxBodyBytes)
        : null;
  }

  static HttpError bodyTooLarge(int maxBodyBytes) {
    return new HttpError(
        413, "body-too-large", "the body is larger than " + maxBodyBytes + " bytes");
  }

  static boolean hasBody(HttpHeaders headers) {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        || length != null && !length.equals("0");
  }

  private static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= 0x20 || text.charAt(i) == 0x7f) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static HttpError bad(String text) {
    return new HttpError(400, "bad-request", text);
  }
}
