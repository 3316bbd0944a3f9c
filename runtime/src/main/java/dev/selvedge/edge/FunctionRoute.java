package dev.selvedge.edge;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A path that leads to a function.
 *
 * @param path the path prefix, such as {@code /deli}; matches itself and what follows after a slash
 * @param function the function's name
 * @param protocols the protocols that the route carries, by name
 * @param namespaces names below the route for protocols that have such, each starting with a slash
 * @param origins allowed values of the Origin header; empty for same origin and no header only; a
 *     single {@code *} for any
 * @param webSocket limits of WebSockets on this route
 * @param longPollWait how long a poll waits for messages
 * @param linger how long a session outlives its last SSE stream or poll
 * @param asset a file of the function's {@code /web} by its path below the page root, such as
 *     {@code index.html}; blocking only as far as a read of a jar in memory or page cache blocks
 */
public record FunctionRoute(
    String path,
    String function,
    List<String> protocols,
    List<String> namespaces,
    List<String> origins,
    WebSocketLimits webSocket,
    Duration longPollWait,
    Duration linger,
    Function<String, Optional<Buffer>> asset) {
  /** A route without namespaces. */
  public FunctionRoute(
      String path,
      String function,
      List<String> protocols,
      List<String> origins,
      WebSocketLimits webSocket,
      Duration longPollWait,
      Duration linger,
      Function<String, Optional<Buffer>> asset) {
    this(path, function, protocols, List.of(), origins, webSocket, longPollWait, linger, asset);
  }
}
