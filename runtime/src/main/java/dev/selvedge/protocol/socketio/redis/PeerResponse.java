package dev.selvedge.protocol.socketio.redis;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server answers to a {@link PeerRequest}, whatever the form. */
sealed interface PeerResponse {
  String requestId();

  /**
   * @param sockets {@code id}, {@code handshake}, {@code rooms}, {@code data} each
   */
  record Sockets(String requestId, List<JsonObject> sockets) implements PeerResponse {}

  record SocketIds(String requestId, List<String> ids) implements PeerResponse {}

  record Rooms(String requestId, List<String> rooms) implements PeerResponse {}

  record Done(String requestId) implements PeerResponse {}

  /**
   * @param fromSibling whether the answer is another node's of the asker's own cluster, which
   *     answers because it is counted and has nothing to say
   */
  record ServerAnswer(String requestId, @Nullable Object data, boolean fromSibling)
      implements PeerResponse {}

  /** How many clients were asked. */
  record ClientCount(String requestId, int count) implements PeerResponse {}

  /**
   * A client's answer.
   *
   * @param value the first of its arguments
   */
  record ClientAnswer(String requestId, @Nullable Object value) implements PeerResponse {}
}
