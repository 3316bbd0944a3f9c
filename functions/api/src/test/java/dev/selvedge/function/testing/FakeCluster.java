package dev.selvedge.function.testing;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Sessions;
import dev.selvedge.function.Store;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.spi.FunctionServices;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
      return new FakeGroups(Set.of());
    }

    @Override
    public Sessions sessions() {
      return this;
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

    private FakeGroups(Set<String> passedOver) {
      this.passedOver = passedOver;
    }

    @Override
    public Future<Void> publish(String group, String event, @Nullable Object... args) {
      for (String id : FakeCluster.this.members(group).keySet()) {
        FakeSession session = sessions.get(id);
        if (session != null && !passedOver.contains(id)) {
          session.record(event, args);
        }
      }
      return Future.succeededFuture();
    }

    @Override
    public Groups except(String... sessionIds) {
      return new FakeGroups(Set.of(sessionIds));
    }

    @Override
    public Future<List<Member>> members(String group) {
      return Future.succeededFuture(
          new TreeMap<>(FakeCluster.this.members(group))
              .entrySet().stream()
                  .map(entry -> new Member(entry.getKey(), entry.getValue()))
                  .toList());
    }
  }
}
