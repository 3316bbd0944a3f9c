package dev.selvedge.edge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request's target (RFC 9112 §3.2) with its path in the one normal form that routes are matched
 * on.
 *
 * @param path decoded once, without {@code .}, {@code ..} and empty segments; ends with a slash
 *     only if the request's did
 * @param rawQuery what follows the question mark, or empty
 * @param raw path and query as they came, or an asterisk
 * @param authority of an absolute target; null otherwise
 */
record RequestTarget(String path, String rawQuery, String raw, @Nullable String authority) {
  /**
   * @throws HttpError 400 for what has no safe normal form: a NUL or control character, an encoded
   *     slash or backslash (servers disagree on whether it separates), {@code ..} above the root, a
   *     percent sign without two hex digits, bytes that are not UTF-8
   */
  static RequestTarget parse(String uri) {
    if (uri.indexOf('#') >= 0) {
      throw bad("a request target has no fragment");
    }
    if (uri.startsWith("/")) {
      return of(uri, null);
    }
    return uri.equals("*") ? new RequestTarget("/*", "", uri, null) : absolute(uri);
  }

  private static RequestTarget absolute(String uri) {
    int scheme = uri.indexOf("://");
    if (scheme <= 0) {
      throw bad("a request target starts with a slash or is an absolute URL");
    }
    int end = scheme + 3;
    while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
      end++;
    }
    String authority = uri.substring(scheme + 3, end);
    if (authority.isEmpty() || !RequestRules.isAuthority(authority)) {
      throw bad("the authority of an absolute request target is a host and port");
    }
    String rest = uri.substring(end);
    return of(rest.startsWith("/") ? rest : "/" + rest, authority);
  }

  private static RequestTarget of(String target, @Nullable String authority) {
    int question = target.indexOf('?');
    String rawPath = question < 0 ? target : target.substring(0, question);
    String rawQuery = question < 0 ? "" : target.substring(question + 1);
    return new RequestTarget(normalize(rawPath), rawQuery, target, authority);
  }

  private static String normalize(String rawPath) {
    List<String> segments = new ArrayList<>();
    String[] raw = rawPath.split("/", -1);
    for (String part : raw) {
      String segment = decode(part, false);
      if (segment.equals("..")) {
        if (segments.isEmpty()) {
          throw bad("the path leads above the root");
        }
        segments.remove(segments.size() - 1);
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(checked(segment));
      }
    }
    String last = raw[raw.length - 1];
    boolean slash = last.isEmpty() || isDots(decode(last, false));
    String path = "/" + String.join("/", segments);
    return slash && !segments.isEmpty() ? path + "/" : path;
  }

  private static boolean isDots(String segment) {
    return segment.equals(".") || segment.equals("..");
  }

  private static String checked(String segment) {
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '/' || c == '\\' || c < 0x20 || c == 0x7f) {
        throw bad("the path holds an encoded slash, a backslash or a control character");
      }
    }
    return segment;
  }

  /**
   * The parameters of a query (the form encoding of the URL standard); of a repeated one, first.
   */
  static Map<String, String> query(String rawQuery) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : rawQuery.split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.putIfAbsent(decode(name, true), decode(value, true));
      }
    }
    return parameters;
  }

  private static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0) && isAscii(text)) {
      return text;
    }
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) hexByte(text, i + 1);
        i += 2;
      } else {
        bytes[length++] = (byte) (plusIsSpace && c == '+' ? ' ' : c);
      }
    }
    return utf8(bytes, length);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7e) {
        return false;
      }
    }
    return true;
  }

  private static int hexByte(String text, int at) {
    int high = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
    if (high < 0 || low < 0) {
      throw bad("a percent sign is followed by two hexadecimal digits");
    }
    return high << 4 | low;
  }

  private static String utf8(byte[] bytes, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad("the request target is not UTF-8");
    }
  }

  private static HttpError bad(String text) {
    return new HttpError(400, "bad-target", text);
  }
}
