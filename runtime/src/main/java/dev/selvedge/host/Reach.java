package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Sessions;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An instance's way to sessions and groups, in order, over its lane. Any thread. */
final class Reach implements Sessions {
  private final Clients clients;
  private final Queries queries;
  private final Lane lane;

  Reach(Clients clients, Queries queries, Lane lane) {
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
        .orElseGet(
            () ->
                Future.failedFuture(
                    new FunctionException("no-such-session", "no session has the id " + text)));
  }

  Groups groups() {
    return new GroupsView(List.of());
  }

  private final class GroupsView implements Groups {
    private final List<String> excepted;

    GroupsView(List<String> excepted) {
      this.excepted = excepted;
    }

    @Override
    public Future<Void> publish(String group, String event, @Nullable Object... args) {
      return clients.publish(lane, group, event, Values.listOf(args), excepted);
    }

    @Override
    public Groups except(String... sessionIds) {
      return new GroupsView(Stream.concat(excepted.stream(), Stream.of(sessionIds)).toList());
    }

    @Override
    public Future<List<Member>> members(String group) {
      return queries.members(group);
    }
  }
}
