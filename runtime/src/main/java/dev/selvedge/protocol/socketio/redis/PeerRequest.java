package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.session.PeerServers.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server says to its peers in a namespace, whatever the form. */
sealed interface PeerRequest {
  /**
   * Send this to clients.
   *
   * @param data the event's name and its arguments
   */
  record Broadcast(List<@Nullable Object> data, Target to, boolean isVolatile)
      implements PeerRequest {}

  /**
   * Send this to clients and say what each answers: answered by a {@link PeerResponse.ClientCount},
   * then by a {@link PeerResponse.ClientAnswer} for each.
   *
   * @param timeoutMillis after which nobody waits; 0 if it was not said
   */
  record AskedBroadcast(
      String requestId, List<@Nullable Object> data, Target to, long timeoutMillis)
      implements PeerRequest {}

  record Join(Target who, List<String> rooms) implements PeerRequest {}

  record Leave(Target who, List<String> rooms) implements PeerRequest {}

  /**
   * @param connection whether the connection is closed too
   */
  record Disconnect(Target who, boolean connection) implements PeerRequest {}

  /** What happens to one socket; answered with {@link PeerResponse.Done} by who has it. */
  record ToOne(String requestId, String socket, Change change) implements PeerRequest {}

  /** The older form of the three above. */
  sealed interface Change {
    record Join(String room) implements Change {}

    record Leave(String room) implements Change {}

    record Disconnect(boolean connection) implements Change {}
  }

  /** Answered with {@link PeerResponse.SocketIds}. */
  record ListIds(String requestId, List<String> rooms) implements PeerRequest {}

  /** Answered with {@link PeerResponse.Rooms}. */
  record ListRooms(String requestId) implements PeerRequest {}

  /** Answered with {@link PeerResponse.Sockets}. */
  record Fetch(String requestId, Target who) implements PeerRequest {}

  /**
   * For the server itself.
   *
   * @param requestId set if a {@link PeerResponse.ServerAnswer} is wanted
   * @param data the event's name and its arguments
   */
  record ServerMessage(@Nullable String requestId, List<@Nullable Object> data)
      implements PeerRequest {}
}
