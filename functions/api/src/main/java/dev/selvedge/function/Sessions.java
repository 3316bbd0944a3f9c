package dev.selvedge.function;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sessions by id, wherever in the cluster they are and whatever function serves them. */
public interface Sessions {
  /**
   * Sends a message to a session.
   *
   * @return fails with {@link FunctionException} code {@code no-such-session} if the session has
   *     ended
   */
  Future<Void> send(String sessionId, String event, @Nullable Object... args);

  /** Asks a session, as {@link Session#request} does. */
  Future<List<@Nullable Object>> request(
      String sessionId, Duration timeout, String event, @Nullable Object... args);

  /**
   * Sends a message to every session of this function, on all nodes and of all protocols.
   *
   * @return completes when the message has left for all nodes
   */
  Future<Void> publish(String event, @Nullable Object... args);

  /** Ends a session; fails as {@link #send} does. */
  Future<Void> close(String sessionId, CloseReason reason);

  /** Joins a session to a group, as {@link Session#join(String)} does. */
  Future<Void> join(String sessionId, String group);

  Future<Void> leave(String sessionId, String group);
}
