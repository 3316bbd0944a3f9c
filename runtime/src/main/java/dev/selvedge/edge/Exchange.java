package dev.selvedge.edge;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its answer. It may have arrived at this node, or at another one that passed
 * it on over the fabric because the session lives here; a protocol cannot tell.
 *
 * <p>Confined to one event loop: that of the socket, or of the lane it was forwarded to.
 */
public interface Exchange {
  String method();

  /** The path in normal form: percent-decoded, no {@code .}, {@code ..} or {@code //}. */
  String path();

  /** The raw query, without the question mark; empty if there is none. */
  String rawQuery();

  /** The decoded query parameters; of a repeated one the first. */
  Map<String, String> query();

  /** The request headers by lower-case name; repeated ones joined by {@code ", "}. */
  Map<String, String> headers();

  default @Nullable String header(String lowerCaseName) {
    return headers().get(lowerCaseName);
  }

  /** The client's IP address. */
  String remoteAddress();

  /** The whole body, read once; fails with {@link HttpError} 413 or 408. */
  Future<Buffer> body();

  /** Whether this request asks to become a WebSocket (RFC 6455 §4.2.1). */
  boolean isWebSocketHandshake();

  /**
   * Answers 101 and takes the socket over. Fails with {@link HttpError} (the answer has been sent
   * then) if the handshake is not as RFC 6455 §4.2.1 wants it.
   *
   * @param subprotocol one of those the client offered, or null
   */
  Future<WebSocketConnection> upgrade(@Nullable String subprotocol, WebSocketLimits limits);

  /** Answers at once with a whole body. Second and later answers are ignored. */
  void respond(int status, Map<String, String> headers, Buffer body);

  /** Starts an answer of unknown length, such as an event stream. */
  ResponseStream stream(int status, Map<String, String> headers);

  /** Called once if the client goes away before the answer is complete. */
  void onAborted(Runnable action);

  /** Answers with a JSON error: {@code {"error":{"code":…,"text":…}}}. */
  default void fail(HttpError error) {
    respond(error.status(), error.headers(), error.body());
  }
}
