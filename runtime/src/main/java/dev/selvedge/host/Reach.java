package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Sessions;
import dev.selvedge.session.Clients;
import dev.selvedge.session.GroupWire;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An instance's way to sessions and groups, in order, over its lane. Any thread. */
final class Reach implements Sessions {
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  private final Clients clients;
  private final Queries queries;
  private final Lane lane;
  private final String function;

  Reach(Clients clients, Queries queries, Lane lane, String function) {
    this.function = function;
    this.clients = clients;
    this.queries = queries;
    this.lane = lane;
  }

  @Override
  public Future<Void> send(String sessionId, String event, @Nullable Object... args) {
    Outbound message = Outbound.event(event, Values.listOf(args));
    return with(sessionId, id -> clients.send(lane, id, message));
  }

  @Override
  public Future<Void> close(String sessionId, CloseReason reason) {
    return with(sessionId, id -> clients.close(lane, id, reason));
  }

  @Override
  public Future<Void> join(String sessionId, String group) {
    return with(sessionId, id -> join(id, group, null));
  }

  @Override
  public Future<Void> leave(String sessionId, String group) {
    return with(sessionId, id -> leave(id, group));
  }

  Future<Void> join(SessionId session, String group, @Nullable JsonObject meta) {
    return clients.join(lane, session, group, meta);
  }

  Future<Void> leave(SessionId session, String group) {
    return clients.leave(lane, session, group);
  }

  private static Future<Void> with(String text, Function<SessionId, Future<Void>> action) {
    return SessionId.parse(text)
        .map(action)
        .orElseGet(() -> Future.failedFuture(noSuchSession(text)));
  }

  private static FunctionException noSuchSession(String id) {
    return new FunctionException("no-such-session", "no session has the id " + id);
  }

  @Override
  public Future<List<@Nullable Object>> request(
      String sessionId, Duration timeout, String event, @Nullable Object... args) {
    List<@Nullable Object> values = Values.listOf(args);
    return SessionId.parse(sessionId)
        .map(id -> request(id, timeout, event, values))
        .orElseGet(() -> Future.failedFuture(noSuchSession(sessionId)));
  }

  Future<List<@Nullable Object>> request(
      SessionId session, Duration timeout, String event, List<@Nullable Object> args) {
    requireTimeout(timeout);
    return clients.request(lane, session, timeout, event, args);
  }

  static void requireTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new FunctionException(
          "bad-argument", "timeout: " + timeout + " (expected: more than 0, at most PT1H)");
    }
  }

  @Override
  public Future<Void> publish(String event, @Nullable Object... args) {
    return clients.publish(
        lane,
        function,
        new GroupWire.Broadcast(
            List.of(), function, event, Values.listOf(args), List.of(), List.of(), false));
  }

  Groups groups() {
    return new GroupsView(clients, queries, this, lane, function);
  }

  Peers peers() {
    return new PeersView(clients.peers(), function);
  }
}
