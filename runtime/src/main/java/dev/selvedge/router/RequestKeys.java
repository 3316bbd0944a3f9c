package dev.selvedge.router;

import dev.selvedge.router.PoolSpec.Key;
import org.jspecify.annotations.Nullable;

/** Values of a request to hash by. */
final class RequestKeys {
  private RequestKeys() {}

  /** Null, or not empty. */
  static @Nullable String value(Key key, RequestView request) {
    String value = raw(key, request);
    return value == null || value.isEmpty() ? null : value;
  }

  private static @Nullable String raw(Key key, RequestView request) {
    if (key instanceof Key.Header header) {
      return request.header(header.lowerCaseName());
    }
    if (key instanceof Key.Cookie cookie) {
      return cookie(cookie.name(), request.header("cookie"));
    }
    if (key instanceof Key.Query query) {
      return request.query(query.name());
    }
    if (key instanceof Key.PathSegment segment) {
      return segment(segment.number(), request.path());
    }
    return request.clientAddress();
  }

  private static @Nullable String cookie(String name, @Nullable String header) {
    for (String pair : header == null ? new String[0] : header.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        return pair.substring(equals + 1).strip();
      }
    }
    return null;
  }

  private static @Nullable String segment(int number, String path) {
    String[] segments = path.split("/", -1);
    return number < segments.length ? segments[number] : null;
  }
}
