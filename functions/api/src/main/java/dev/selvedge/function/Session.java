package dev.selvedge.function;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client, as the function that serves it sees it. The identity, {@link #state()} and groups
 * outlive the instance that serves the session; the object does not, so keep the {@link #id()}, not
 * the session.
 *
 * <p>Methods may be called on any thread. Messages sent by one thread arrive in the order of the
 * calls, and in order with what the same thread published to the session's groups.
 */
public interface Session {
  /** Unique in the cluster; opaque, at most 64 characters of {@code [A-Za-z0-9_.-]}. */
  String id();

  /** What the bytes mean: {@code raw}, {@code socketio} or {@code signalr}. */
  String protocol();

  /** How the bytes travel at the moment the session opened. */
  Transport transport();

  /** The request that opened the session. */
  Handshake handshake();

  /** Who the client proved to be, or null if it proved nothing. */
  @Nullable String principal();

  /**
   * A small JSON object that travels with the session: to a new version of the function, to another
   * node, and to the node that takes over after a crash. Change it inside a callback; what is there
   * when the callback's future completes is kept. At most 16 KiB as JSON: a callback that leaves
   * more fails, and the state is as it was before it.
   */
  JsonObject state();

  /**
   * Sends a message to the client.
   *
   * @param args null, Boolean, Number, String, JsonObject, JsonArray or Buffer each
   * @return completes when the session's edge has taken the message; fails if the session has ended
   */
  Future<Void> send(String event, @Nullable Object... args);

  /**
   * Like {@link #send}, but if the client is slow and an older message with the same key still
   * waits, this one takes its place. Needs the manifest's {@code outbound.policy: conflate}; with
   * another policy it is a plain send.
   */
  Future<Void> sendLatest(String key, String event, @Nullable Object... args);

  /** Like {@link #send}, but dropped if the client is behind and does not take it at once. */
  Future<Void> sendVolatile(String event, @Nullable Object... args);

  /**
   * Sends a message that the client is to answer: in Socket.IO with an acknowledgement, in SignalR
   * with a client result, in the raw protocol with an {@code answer}.
   *
   * @return the values of the answer; fails with a {@link FunctionException}: the client's error,
   *     or code {@code timeout}, or {@code no-such-session} if the session ended meanwhile
   */
  Future<List<@Nullable Object>> request(Duration timeout, String event, @Nullable Object... args);

  /**
   * Joins a group. When the future completes, what any node publishes to the group from then on
   * reaches this session. Joining twice is joining once.
   */
  Future<Void> join(String group);

  /**
   * Joins a group in the eyes of the others: the members get the event {@code presence} with one
   * JSON object {@code {"group":…,"joined":[{"id":…,"meta":…}],"left":[…]}} whenever someone with
   * {@code meta} joins or leaves, a client that vanished with its node included.
   */
  Future<Void> join(String group, JsonObject meta);

  Future<Void> leave(String group);

  /**
   * Ends the session. What was sent before is flushed first, within the limits of the transport.
   */
  Future<Void> close(CloseReason reason);

  /** Ends the session normally. */
  default Future<Void> close() {
    return close(CloseReason.NORMAL);
  }
}
