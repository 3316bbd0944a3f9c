package dev.selvedge.host;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Store;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.ToFunction;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * The function instances of this node and the sessions bound to them.
 *
 * <p>A session is served by the instance of the lane on which its edge's envelopes arrive, so that
 * a socket of this node and the instance that serves it share a thread.
 */
public final class FunctionHost implements InstanceHost {
  private record Key(String function, int version) {}

  private final Fabric fabric;
  private final Clients clients;
  private final Queries queries;
  private final Function<String, Store> stores;
  private final ToIntFunction<String> servingVersion;
  private final HostListener listener;
  private final List<LaneSessions> byLane = new ArrayList<>();
  private final Map<Key, Deployed> deployed = new ConcurrentHashMap<>();
  private final AtomicInteger hosted = new AtomicInteger();
  private final FunctionCalls calls;
  private volatile boolean draining;

  /**
   * @param servingVersion of a function; 0 if it is not deployed
   * @param where picks a node that hosts a function, for calls between functions
   */
  public FunctionHost(
      Fabric fabric,
      Clients clients,
      Queries queries,
      Function<String, Store> stores,
      ToIntFunction<String> servingVersion,
      Function<String, Optional<NodeId>> where,
      HostListener listener) {
    this.fabric = fabric;
    this.clients = clients;
    this.queries = queries;
    this.stores = stores;
    this.servingVersion = servingVersion;
    this.listener = listener;
    this.calls = new FunctionCalls(fabric, this::instanceForCall, where, listener);
    for (Lane lane : fabric.lanes()) {
      byLane.add(new LaneSessions(lane, this::admit, () -> draining, this::forgotten));
    }
    ToFunction.receiveWith(fabric, this::receive);
    fabric.membership().addListener(new EdgeWatch());
  }

  /** Calls of functions, from anywhere in this process. */
  public FunctionCalls calls() {
    return calls;
  }

  /** The sessions bound to instances of this node. */
  public int size() {
    return hosted.get();
  }

  /** The sessions bound to one version of a function on this node. */
  public int size(String function, int version) {
    Deployed at = deployed.get(new Key(function, version));
    return at == null ? 0 : at.sessions();
  }

  private void receive(Lane lane, NodeId from, Envelope envelope) {
    ToFunction what = (ToFunction) envelope;
    byLane.get(lane.index()).receive(from, what);
    if (what instanceof ToFunction.Bind bind && bind.keptMillis() > 0 && !bind.fresh()) {
      dropOnOthers(lane, bind.session());
    }
  }

  /** An edge that has taken a session over may reach this node on another lane than the former. */
  private void dropOnOthers(Lane lane, SessionId session) {
    for (Lane other : fabric.lanes()) {
      if (other != lane) {
        other.run(() -> byLane.get(other.index()).drop(session));
      }
    }
  }

  private Optional<Instance> admit(String function, int version, Lane lane) {
    Deployed at = draining ? null : deployed.get(new Key(function, version));
    Optional<Instance> instance = at == null ? Optional.empty() : at.instanceFor(lane);
    if (at != null && instance.isPresent()) {
      at.sessionAdmitted();
      hosted.incrementAndGet();
    }
    return instance;
  }

  private void forgotten(Instance instance) {
    hosted.decrementAndGet();
    Deployed at = deployed.get(new Key(instance.function(), instance.version()));
    if (at != null) {
      at.sessionForgotten();
    }
  }

  /** An instance of the serving version, if it runs here. */
  private Optional<Instance> instanceForCall(String function) {
    Deployed at = deployed.get(new Key(function, servingVersion.applyAsInt(function)));
    return at == null || at.isClosed() ? Optional.empty() : at.nextInstance();
  }

  // ---- deploy's side

  @Override
  public Attached attach(
      EdgeFunction function, String name, int version, Lane lane, JsonObject settings) {
    System.Logger log = System.getLogger("function." + name);
    Instance instance =
        new Instance(name, version, lane, new Reach(clients, queries, lane, name), log, listener);
    FunctionCallbacks callbacks =
        function.attach(new Services(instance, settings.copy(), log, stores, calls));
    return new Attached() {
      @Override
      public void open(Context context) {
        instance.started(callbacks, context);
        deployed.computeIfAbsent(new Key(name, version), key -> new Deployed()).add(instance);
      }

      @Override
      public void close() {
        deployed.computeIfPresent(
            new Key(name, version),
            (key, at) -> {
              at.remove(instance);
              return at.isEmpty() ? gone() : at;
            });
      }
    };
  }

  @SuppressWarnings("NullAway") // a null removes the mapping
  private static Deployed gone() {
    return null;
  }

  @Override
  public Future<Void> drain(String name, int version, long timeoutMillis) {
    Deployed at = deployed.get(new Key(name, version));
    if (at == null) {
      return Future.succeededFuture();
    }
    at.close();
    return await(() -> at.sessions() == 0, timeoutMillis)
        .onSuccess(
            empty -> {
              if (!empty) {
                onEveryLane(ofVersion(name, version), HostedSession::interrupt);
              }
            })
        .mapEmpty();
  }

  private static Predicate<HostedSession> ofVersion(String name, int version) {
    return session ->
        session.instance().function().equals(name) && session.instance().version() == version;
  }

  /**
   * Hands all sessions of other edges over: takes no new ones and asks the edges to bind those
   * there are elsewhere. Completes when none is left, or after {@code timeoutMillis} with those
   * that are left given back as they are.
   */
  public Future<Void> drainAll(long timeoutMillis) {
    draining = true;
    NodeId self = fabric.membership().self();
    onEveryLane(session -> !session.edge().equals(self), HostedSession::askToMove);
    return await(() -> hosted.get() == 0, timeoutMillis)
        .onSuccess(
            empty -> {
              if (!empty) {
                onEveryLane(session -> true, HostedSession::interrupt);
              }
            })
        .mapEmpty();
  }

  private Future<Boolean> await(BooleanSupplier condition, long timeoutMillis) {
    if (condition.getAsBoolean()) {
      return Future.succeededFuture(true);
    }
    Promise<Boolean> promise = Promise.promise();
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
    fabric
        .vertx()
        .setPeriodic(
            10,
            timer -> {
              boolean met = condition.getAsBoolean();
              if (met || System.nanoTime() > deadline) {
                fabric.vertx().cancelTimer(timer);
                promise.tryComplete(met);
              }
            });
    return promise.future();
  }

  private void onEveryLane(Predicate<HostedSession> wanted, Consumer<HostedSession> action) {
    for (Lane lane : fabric.lanes()) {
      lane.run(() -> byLane.get(lane.index()).select(wanted).forEach(action));
    }
  }

  private final class EdgeWatch implements Membership.Listener {
    @Override
    public void left(Node node) {
      onEveryLane(session -> session.edge().equals(node.id()), HostedSession::edgeLost);
    }
  }
}
