package dev.selvedge.function;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The request that opened a session.
 *
 * @param path the path as the client asked for it, without the query
 * @param query the decoded query parameters; of a repeated one the first
 * @param headers the request headers by lower-case name; repeated ones joined by {@code ", "};
 *     without those that are of the connection only, such as {@code Upgrade}
 * @param remoteAddress the client's IP address
 * @param namespace the Socket.IO namespace that the client connected to, such as {@code /admin};
 *     {@code /} for the main one and for every other protocol
 * @param auth what a Socket.IO client sent along to prove who it is; empty for every other protocol
 */
public record Handshake(
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    String remoteAddress,
    String namespace,
    JsonObject auth) {
  /** The namespace of all that have none. */
  public static final String MAIN_NAMESPACE = "/";

  public Handshake {
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  /** Of a protocol without namespaces. */
  public Handshake(
      String path, Map<String, String> query, Map<String, String> headers, String remoteAddress) {
    this(path, query, headers, remoteAddress, MAIN_NAMESPACE, new JsonObject(Map.of()));
  }

  /** The same request, for a namespace of its own. */
  public Handshake in(String otherNamespace, JsonObject otherAuth) {
    return new Handshake(path, query, headers, remoteAddress, otherNamespace, otherAuth);
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
