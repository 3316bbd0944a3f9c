package dev.selvedge.function;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request that opened a session.
 *
 * @param path the path as the client asked for it, without the query
 * @param query the decoded query parameters; of a repeated one the first
 * @param headers the request headers by lower-case name; repeated ones joined by {@code ", "}
 * @param remoteAddress the client's IP address
 */
public record Handshake(
    String path, Map<String, String> query, Map<String, String> headers, String remoteAddress) {
  public Handshake {
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  /** The header of that name (any case), or null. */
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(java.util.Locale.ROOT));
  }

  /** The query parameter of that name, or null. */
  public @Nullable String parameter(String name) {
    return query.get(name);
  }
}
