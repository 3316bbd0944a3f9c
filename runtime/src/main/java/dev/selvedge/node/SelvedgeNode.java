package dev.selvedge.node;

import dev.selvedge.admin.AdminServer;
import dev.selvedge.admin.ClusterCredentials;
import dev.selvedge.admin.Operations;
import dev.selvedge.config.Config;
import dev.selvedge.config.Credentials;
import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.DeployResult;
import dev.selvedge.deploy.DeploySettings;
import dev.selvedge.deploy.Deployments;
import dev.selvedge.deploy.Overrides;
import dev.selvedge.edge.EdgeServer;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.health.HealthChecks;
import dev.selvedge.host.FunctionHost;
import dev.selvedge.host.PublicBus;
import dev.selvedge.metrics.Metrics;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.protocol.raw.RawProtocol;
import dev.selvedge.protocol.signalr.SignalRProtocol;
import dev.selvedge.protocol.socketio.SocketIoProtocol;
import dev.selvedge.relay.Gateway;
import dev.selvedge.relay.Relay;
import dev.selvedge.router.LeastSessions;
import dev.selvedge.router.Pools;
import dev.selvedge.router.RouterDocuments;
import dev.selvedge.router.StickyKeys;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionTable;
import dev.selvedge.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running node: everything is constructed here, in the order in which the parts need each other,
 * and stopped in the opposite one. Thread-safe.
 */
public final class SelvedgeNode {
  private static final System.Logger LOG = System.getLogger(SelvedgeNode.class.getName());

  /**
   * How long {@link #start} waits for the functions of the catalog before it says so and goes on.
   */
  private static final Duration CATALOG_PATIENCE = Duration.ofSeconds(15);

  private final Config config;
  private final DataLock lock;
  private final Fabric fabric;
  private final Metrics metrics = new Metrics();
  private final Stores stores;
  private final SessionTable sessions;
  private final OutsidePeers peers;
  private final Clients clients;
  private final Queries queries;
  private final FunctionHost host;
  private final PublicBus bus;
  private final Deployments deployments;
  private final RouterDocuments definitions;
  private final Routing routing;
  private final HealthChecks health;
  private final Listeners listeners;
  private final @Nullable AccessLogWriter accessLog;
  private final Gateway gateway;
  private final LoadReporter load;
  private final Operations operations;
  private volatile Credentials credentials;
  private volatile StickyKeys stickyKeys;
  private volatile @Nullable EdgeServer edge;
  private volatile @Nullable AdminServer admin;
  private volatile int adminPort;
  private volatile Phase phase = Phase.STARTING;
  private @Nullable Future<Void> drained;

  private SelvedgeNode(
      Config config, DataLock lock, Fabric fabric, Stores stores, Credentials credentials) {
    this.config = config;
    this.lock = lock;
    this.fabric = fabric;
    this.credentials = credentials;
    this.stickyKeys = StickyKeys.of(credentials.secret(), config.node().acceptedSecret());
    SessionMeters meters = new SessionMeters(metrics);
    LeastSessions balance = new LeastSessions(fabric.membership());
    CatalogPlacement placement =
        new CatalogPlacement(fabric.membership(), balance, config.session());
    this.stores = stores;
    this.sessions = new SessionTable(fabric, placement, meters, config.recovery());
    this.peers = OutsidePeers.of(config, fabric, sessions, metrics);
    this.clients = new Clients(fabric, sessions, peers.servers());
    this.queries = new Queries(fabric, sessions);
    this.host =
        new FunctionHost(
            fabric,
            clients,
            queries,
            stores::open,
            placement::servingVersion,
            placement::where,
            meters);
    this.bus = new PublicBus(fabric.vertx(), clients, queries, host.calls());
    this.deployments = new Deployments(fabric, host, DeploySettings.of(config));
    placement.follow(deployments.view());
    deployments.view().addListener(new CatalogWatch());
    this.definitions =
        new RouterDocuments(
            fabric, DeploySettings.of(config).own().resolve("router"), config.routing());
    Pools pools = Pools.clustered(fabric, () -> stickyKeys);
    this.routing = new Routing(definitions, deployments.view(), pools);
    this.health = new HealthChecks(fabric.vertx(), fabric.lane(0).context(), pools);
    pools.listen(health);
    definitions.follow(changed -> health.follow());
    this.accessLog = AccessLogWriter.open(config.accessLog());
    this.listeners = new Listeners(fabric, pools, accessLog);
    CatalogRoutes routes = new CatalogRoutes(routing::table, deployments.view(), config.edge());
    Dispatch functions =
        new Dispatch(
            fabric,
            routes,
            List.of(
                new SocketIoProtocol(fabric, sessions, config.socketIo(), routes),
                new SignalRProtocol(fabric, sessions, config.edge(), config.signalR()),
                new RawProtocol(fabric, sessions, config.edge())),
            host.calls()::call);
    this.gateway =
        new Gateway(
            routing::table,
            pools,
            (exchange, route) -> functions.handle(exchange, routes.find(route)),
            new Relay(fabric.vertx(), pools, accessLog));
    this.load = new LoadReporter(fabric, sessions, host);
    PoolCensus census = new PoolCensus(fabric, pools);
    metrics.watchPools(census::poolReadings, census::readings);
    this.operations =
        new ClusterOperations(
            fabric,
            deployments,
            host,
            queries,
            clients,
            stores,
            peers,
            new RouterControl(definitions, routing, census),
            metrics,
            this::phase,
            this::drain);
    metrics.watchFunctions(
        () -> deployments.stalls().size(), () -> deployments.leakedLoaders().size());
    metrics.watchNodes(() -> fabric.membership().nodes().size());
    metrics.watchBus(fabric.busMeters());
    metrics.watchStore(NodeStores.kind(config), () -> stores.health().ok());
  }

  /**
   * Starts a node. Blocks while it reads the data directory; do not call it on an event loop.
   *
   * @return completes when the node serves what the catalog wants, or has said in the log why it
   *     does not yet; {@link #ready} is the last step then; fails with a {@link
   *     dev.selvedge.config.ConfigException} if the configuration cannot be had, and everything is
   *     stopped then
   */
  public static Future<SelvedgeNode> start(Config config) throws IOException {
    RouterDocuments.check(config.routing());
    DataLock lock = DataLock.take(DeploySettings.of(config).own());
    Credentials own = Credentials.open(config.node());
    // Without a context: the failure must still arrive when Vert.x and its threads are gone.
    Promise<SelvedgeNode> outcome = Promise.promise();
    NodeFabric.open(config)
        .onFailure(outcome::fail)
        .onSuccess(
            fabric ->
                NodeStores.open(config, fabric)
                    .map(stores -> new SelvedgeNode(config, lock, fabric, stores, own))
                    .onFailure(failure -> closeAfter(failure, fabric.close(), outcome))
                    .onSuccess(node -> node.begin(outcome)));
    return outcome.future().onFailure(failure -> lock.release());
  }

  private void begin(Promise<SelvedgeNode> outcome) {
    begin()
        .onSuccess(begun -> outcome.complete(this))
        .onFailure(failure -> closeAfter(failure, close(), outcome));
  }

  private static void closeAfter(
      Throwable failure, Future<Void> closed, Promise<SelvedgeNode> outcome) {
    closed.onComplete(done -> outcome.fail(failure));
  }

  private Future<Void> begin() {
    return fabric
        .start()
        .compose(started -> adoptCredentials())
        .compose(adopted -> sessions.groups().synced())
        .compose(synced -> definitions.start())
        .compose(defined -> deployments.start())
        .compose(read -> peers.start(deployments.view(), host.calls()::call))
        .compose(read -> bus.open())
        .compose(open -> startEdge())
        .compose(listening -> startAdmin())
        .onSuccess(listening -> load.start())
        .compose(listening -> catalogServed());
  }

  private Future<Void> adoptCredentials() {
    return new ClusterCredentials(fabric.vertx(), fabric.registers("cluster"), config.node())
        .adopt(credentials)
        .onSuccess(this::adopt)
        .mapEmpty();
  }

  private void adopt(Credentials agreed) {
    credentials = agreed;
    stickyKeys = StickyKeys.of(agreed.secret(), config.node().acceptedSecret());
  }

  private Future<Void> startEdge() {
    if (!config.node().roles().contains("edge")) {
      return Future.succeededFuture();
    }
    return EdgeServer.start(
            fabric.vertx(),
            fabric.lanes().stream().map(Lane::context).toList(),
            config.edge(),
            gateway,
            new EdgeMeters(metrics))
        .onSuccess(started -> edge = started)
        .onSuccess(started -> fabric.lane(0).run(this::followListeners))
        .mapEmpty();
  }

  private void followListeners() {
    definitions.follow(listeners::follow);
    listeners.follow(definitions.current());
  }

  private Future<Void> startAdmin() {
    AdminServer server =
        new AdminServer(
            fabric.vertx(),
            operations,
            metrics,
            new AdminServer.Settings(
                config.node().adminHost(),
                config.node().adminPort(),
                () -> credentials.token(),
                config.node().data().resolve("uploads")));
    return server
        .start()
        .onSuccess(
            port -> {
              adminPort = port;
              admin = server;
            })
        .mapEmpty();
  }

  private Future<Void> catalogServed() {
    CatalogView view = deployments.view();
    long deadline = System.nanoTime() + CATALOG_PATIENCE.toNanos();
    Promise<Void> served = Promise.promise();
    fabric
        .vertx()
        .setPeriodic(
            1,
            5,
            timer -> {
              List<String> pending = view.pending();
              if (pending.isEmpty() || System.nanoTime() > deadline) {
                pending.forEach(reason -> LOG.log(System.Logger.Level.WARNING, reason));
                fabric.vertx().cancelTimer(timer);
                served.complete();
              }
            });
    return served.future();
  }

  /** Sessions and callers follow what is deployed. */
  private final class CatalogWatch implements CatalogView.Listener {
    @Override
    public void servingChanged(String function) {
      if (deployments.view().function(function).isPresent()
          && config.node().roles().contains("host")) {
        bus.openCalls(function);
      } else {
        bus.closeCalls(function);
      }
      sessions.functionChanged(function);
    }
  }

  /** Says that the node is ready: {@code /readyz} does from here on. */
  public void ready() {
    enter(Phase.READY);
  }

  // ---- what others may ask

  public String id() {
    return fabric.membership().self().value();
  }

  /** The port that clients connect to; 0 without the role {@code edge}. */
  public int clientPort() {
    EdgeServer started = edge;
    return started == null ? 0 : started.port();
  }

  /** The port that clients connect to with TLS; 0 for none. */
  public int tlsPort() {
    EdgeServer started = edge;
    return started == null ? 0 : started.tlsPort();
  }

  public int adminPort() {
    return adminPort;
  }

  /** Deploys a jar, or its new version; completes as {@link Deployments#deploy} does. */
  public Future<DeployResult> deployFile(Path jar) {
    return deployments.deploy(jar, Overrides.NONE);
  }

  private Phase phase() {
    return phase;
  }

  private void enter(Phase next) {
    phase = next;
    String host = config.edge().host().equals("0.0.0.0") ? "127.0.0.1" : config.edge().host();
    next.announce(
        fabric.membership(),
        clientPort() == 0 ? "" : "http://" + host + ":" + clientPort() + "/",
        "http://" + config.node().adminHost() + ":" + adminPort + "/");
  }

  // ---- the end

  /**
   * Stops taking clients and sessions, hands over the sessions that this node serves for others,
   * and closes its own clients with a retryable code. The node stays in the cluster.
   *
   * @param grace after which what is left is cut
   */
  private synchronized Future<Void> drain(Duration grace) {
    if (drained == null) {
      enter(Phase.DRAINING);
      EdgeServer listening = edge;
      if (listening != null) {
        listening.stopAccepting();
      }
      listeners.stopAccepting();
      Future<Void> clientsGone = sessions.drain();
      Future<Void> sessionsGone = host.drainAll(grace.toMillis());
      drained =
          Future.join(clientsGone.timeout(grace.toMillis(), TimeUnit.MILLISECONDS), sessionsGone)
              .mapEmpty();
    }
    return drained;
  }

  /**
   * Drains the node, then leaves the cluster and stops.
   *
   * @param grace how long the drain may take
   */
  public Future<Void> stop(Duration grace) {
    return drain(grace).transform(done -> close());
  }

  private Future<Void> close() {
    load.stop();
    EdgeServer listening = edge;
    AdminServer serving = admin;
    return (listening == null ? Future.<Void>succeededFuture() : listening.close())
        .eventually(listeners::close)
        .eventually(() -> serving == null ? Future.succeededFuture() : serving.close())
        .eventually(health::close)
        .eventually(peers::close)
        .eventually(deployments::close)
        .eventually(stores::close)
        .eventually(fabric::close)
        .onComplete(
            closed -> {
              metrics.close();
              if (accessLog != null) {
                accessLog.close();
              }
              lock.release();
            });
  }
}
