package dev.selvedge.function.testing;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Sessions;
import dev.selvedge.function.Store;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.spi.FunctionServices;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the instances of a function share, in one process: stores, groups and sessions. Each {@link
 * #host} is an instance on a node of its own; the stores answer late and out of step, so that
 * operations of several instances interleave.
 */
public final class FakeCluster implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, FakeStore> stores = new ConcurrentHashMap<>();
  private final Map<String, FakeSession> sessions = new ConcurrentHashMap<>();
  private final Map<String, Map<String, JsonObject>> groups = new ConcurrentHashMap<>();

  /** Starts an instance; what it returns runs its callbacks on the calling thread. */
  public FunctionCallbacks host(EdgeFunction function) {
    FunctionCallbacks callbacks = function.attach(new Services());
    await(vertx.deployVerticle(function));
    return callbacks;
  }

  /** A new client, connected. */
  public FakeSession connect() {
    FakeSession session = new FakeSession(this);
    sessions.put(session.id(), session);
    return session;
  }

  /** A store, as a function opens it. */
  public Store store(String name) {
    return stores.computeIfAbsent(name, fresh -> new FakeStore(vertx));
  }

  /** The value of a future that must come. */
  public static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  void disconnect(FakeSession session) {
    sessions.remove(session.id());
    groups.values().forEach(members -> members.remove(session.id()));
  }

  Future<Void> join(String group, String session, JsonObject meta) {
    members(group).put(session, meta);
    return Future.succeededFuture();
  }

  Future<Void> leave(String group, String session) {
    members(group).remove(session);
    return Future.succeededFuture();
  }

  private Map<String, JsonObject> members(String group) {
    return groups.computeIfAbsent(group, fresh -> new ConcurrentSkipListMap<>());
  }

  private final class Services implements FunctionServices, Sessions {
    @Override
    public String name() {
      return "under-test";
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public JsonObject settings() {
      return new JsonObject();
    }

    @Override
    public System.Logger log() {
      return System.getLogger("function.under-test");
    }

    @Override
    public Groups groups() {
      return new FakeGroups(Set.of(), Set.of());
    }

    @Override
    public Sessions sessions() {
      return this;
    }

    @Override
    public Peers peers() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Store store(String name) {
      return FakeCluster.this.store(name);
    }

    @Override
    public Future<@Nullable Object> call(String function, @Nullable Object body) {
      return Future.failedFuture(new FunctionException("no-such-function", function));
    }

    @Override
    public Future<Void> send(String sessionId, String event, @Nullable Object... args) {
      return with(sessionId, session -> session.send(event, args));
    }

    @Override
    public Future<List<@Nullable Object>> request(
        String sessionId, Duration timeout, String event, @Nullable Object... args) {
      FakeSession session = sessions.get(sessionId);
      return session == null
          ? Future.failedFuture(new FunctionException("no-such-session", sessionId))
          : session.request(timeout, event, args);
    }

    @Override
    public Future<Void> publish(String event, @Nullable Object... args) {
      sessions.values().forEach(session -> session.record(event, args));
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close(String sessionId, CloseReason reason) {
      return with(sessionId, session -> session.close(reason));
    }

    @Override
    public Future<Void> join(String sessionId, String group) {
      return with(sessionId, session -> session.join(group));
    }

    @Override
    public Future<Void> leave(String sessionId, String group) {
      return with(sessionId, session -> session.leave(group));
    }

    private Future<Void> with(
        String id, java.util.function.Function<FakeSession, Future<Void>> action) {
      FakeSession session = sessions.get(id);
      return session == null
          ? Future.failedFuture(new FunctionException("no-such-session", id))
          : action.apply(session);
    }
  }

  private final class FakeGroups implements Groups {
    private final Set<String> passedOver;
    private final Set<String> passedOverGroups;

    private FakeGroups(Set<String> passedOver, Set<String> passedOverGroups) {
      this.passedOver = passedOver;
      this.passedOverGroups = passedOverGroups;
    }

    @Override
    public Future<Void> publish(String group, String event, @Nullable Object... args) {
      return publish(Set.of(group), event, args);
    }

    @Override
    public Future<Void> publish(Collection<String> groups, String event, @Nullable Object... args) {
      Set<String> ids = idsIn(groups);
      ids.removeAll(passedOver);
      ids.removeAll(idsIn(passedOverGroups));
      for (String id : ids) {
        FakeSession session = sessions.get(id);
        if (session != null) {
          session.record(event, args);
        }
      }
      return Future.succeededFuture();
    }

    private Set<String> idsIn(Collection<String> groups) {
      Set<String> ids = new TreeSet<>();
      groups.forEach(group -> ids.addAll(FakeCluster.this.members(group).keySet()));
      return ids;
    }

    @Override
    public Groups except(String... sessionIds) {
      return new FakeGroups(Set.of(sessionIds), passedOverGroups);
    }

    @Override
    public Groups exceptGroups(String... groups) {
      return new FakeGroups(passedOver, Set.of(groups));
    }

    @Override
    public Groups asVolatile() {
      return this;
    }

    @Override
    public Future<Answers> request(
        Duration timeout, String group, String event, @Nullable Object... args) {
      int asked = FakeCluster.this.members(group).size();
      return publish(group, event, args).map(sent -> new Answers(List.of(), asked));
    }

    @Override
    public Future<List<Member>> members(String group) {
      return Future.succeededFuture(
          new TreeMap<>(FakeCluster.this.members(group))
              .entrySet().stream()
                  .map(entry -> new Member(entry.getKey(), entry.getValue()))
                  .toList());
    }

    @Override
    public Future<Void> joinAll(String group, String other) {
      return each(group, id -> FakeCluster.this.join(other, id, new JsonObject()));
    }

    @Override
    public Future<Void> leaveAll(String group, String other) {
      return each(group, id -> FakeCluster.this.leave(other, id));
    }

    @Override
    public Future<Void> closeAll(String group, CloseReason reason) {
      return each(
          group,
          id -> {
            FakeSession session = sessions.get(id);
            return session == null ? Future.succeededFuture() : session.close(reason);
          });
    }

    private Future<Void> each(
        String group, java.util.function.Function<String, Future<Void>> action) {
      return Future.all(idsIn(Set.of(group)).stream().map(action).toList()).mapEmpty();
    }
  }
}
