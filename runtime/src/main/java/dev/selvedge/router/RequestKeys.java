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
      return Cookies.value(request.header("cookie"), cookie.name());
    }
    if (key instanceof Key.Query query) {
      return request.query(query.name());
    }
    if (key instanceof Key.PathSegment segment) {
      return segment(segment.number(), request.path());
    }
    return request.clientAddress();
  }

  private static @Nullable String segment(int number, String path) {
    String[] segments = path.split("/", -1);
    return number < segments.length ? segments[number] : null;
  }
}
