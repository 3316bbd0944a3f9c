package dev.selvedge.relay;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.IoTransport;
import dev.selvedge.edge.EdgeMetrics;
import dev.selvedge.edge.EdgeServer;
import dev.selvedge.edge.RawClient;
import dev.selvedge.router.ListenerSpec;
import dev.selvedge.router.Member;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.Pool;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.Pools;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouteTable;
import dev.selvedge.router.RouteTarget;
import dev.selvedge.router.StickyKeys;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An edge on two event loops whose pool {@code pool} serves everything below {@code /}. */
final class RelayFixture implements AutoCloseable, EdgeMetrics {
  final Vertx vertx;
  final Pools pools;
  final List<AccessLog.Entry> accesses = new CopyOnWriteArrayList<>();
  final Relay relay;
  final AtomicInteger clients = new AtomicInteger();
  private final List<Route> routes = new ArrayList<>();
  private final EdgeServer server;

  RelayFixture(PoolSpec spec) {
    this(spec, TestTransport.TRANSPORT);
  }

  RelayFixture(PoolSpec spec, IoTransport transport) {
    this(
        TestTransport.fabric(transport).vertx(),
        spec,
        config(EdgeConfig.DEFAULT.trustedProxies()),
        List.of(route("/")));
  }

  RelayFixture(PoolSpec spec, EdgeConfig config, List<Route> routes) {
    this(TestTransport.fabric().vertx(), spec, config, routes);
  }

  private RelayFixture(Vertx vertx, PoolSpec spec, EdgeConfig config, List<Route> routes) {
    this.vertx = vertx;
    this.pools = Pools.alone(vertx, () -> StickyKeys.of("a secret of the test", Optional.empty()));
    this.relay = new Relay(vertx, pools, accesses::add);
    this.routes.addAll(routes);
    pools.apply(List.of(spec));
    RouteTable table = new RouteTable(this.routes);
    Gateway gateway =
        new Gateway(
            () -> table,
            pools,
            (exchange, route) -> exchange.respond(404, Map.of(), Buffer.buffer("nothing")),
            relay);
    this.server = await(EdgeServer.start(vertx, lanes(), config, gateway, this));
  }

  List<Context> lanes() {
    VertxInternal internal = (VertxInternal) vertx;
    return List.of(internal.createEventLoopContext(), internal.createEventLoopContext());
  }

  /** A port of layer 4 in front of the pool. */
  TcpListener listen() {
    return listen("tcp", List.of());
  }

  /**
   * @param trusted proxies that say with a PROXY header who their clients are; none for no header
   */
  TcpListener listen(String name, List<String> trusted) {
    return await(
        TcpListener.start(
            vertx,
            lanes(),
            new ListenerSpec(name, "127.0.0.1", 0, "pool", !trusted.isEmpty(), trusted),
            pools,
            accesses::add));
  }

  static Route route(String path) {
    return new Route(
        "route" + path,
        List.of(),
        path,
        List.of(),
        Map.of(),
        new RouteTarget.ToPool("pool"),
        Optional.empty(),
        List.of());
  }

  static Route rewritten(String path, String onto) {
    Route r = route(path);
    return new Route(
        r.name(),
        r.hosts(),
        path,
        r.methods(),
        r.headers(),
        r.target(),
        Optional.of(onto),
        List.of());
  }

  static PoolSpec spec(RawMember... members) {
    List<MemberSpec> specs = new ArrayList<>();
    for (RawMember member : members) {
      specs.add(MemberSpec.of(member.address()));
    }
    return PoolSpec.of("pool", specs);
  }

  static PoolSpec with(PoolSpec s, PoolSpec.Relaying relaying, PoolSpec.Drain drain) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        s.sticky(),
        s.members(),
        s.minActive(),
        s.queue(),
        s.slowStart(),
        s.health(),
        relaying,
        drain);
  }

  /** The same pool with other times. */
  static PoolSpec timed(PoolSpec s, Duration answer, Duration tunnelIdle, Duration fin) {
    PoolSpec.Relaying r = s.relaying();
    return with(
        s,
        new PoolSpec.Relaying(
            r.tls(),
            r.connect(),
            answer,
            tunnelIdle,
            fin,
            r.keepAlive(),
            r.rewriteHost(),
            r.proxyProtocol()),
        s.drain());
  }

  static EdgeConfig config(List<String> proxies) {
    return config(proxies, Duration.ofSeconds(60));
  }

  static EdgeConfig config(List<String> proxies, Duration body) {
    EdgeConfig d = EdgeConfig.DEFAULT;
    return new EdgeConfig(
        "127.0.0.1",
        0,
        d.maxHeaderBytes(),
        64 * 1024,
        Duration.ofSeconds(60),
        body,
        d.keepAlive(),
        0,
        proxies,
        d.proxyProtocol(),
        d.origins(),
        d.transports(),
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        d.tls());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return server.port();
  }

  int tlsPort() {
    return server.tlsPort();
  }

  EdgeServer server() {
    return server;
  }

  Pool pool() {
    return pools.find("pool").orElseThrow();
  }

  Member member() {
    return pool().members().iterator().next();
  }

  RawClient client() throws IOException {
    return new RawClient(port());
  }

  RawClient.Answer ask(String request) throws IOException {
    try (RawClient client = client().send(request)) {
      return client.answer();
    }
  }

  static String get(String target, String... headers) {
    return "GET "
        + target
        + " HTTP/1.1\r\nHost: shop.example\r\n"
        + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n")
        + "\r\n";
  }

  /** Waits until every place at a member was given back. */
  void untilNothingIsLeft() throws InterruptedException {
    Eventually.until(
        "every place at a member was given back",
        () -> pool().members().stream().allMatch(m -> m.tunnels() == 0 && m.requests() == 0));
  }

  @Override
  public void connectionOpened() {
    clients.incrementAndGet();
  }

  @Override
  public void connectionClosed() {
    clients.decrementAndGet();
  }

  @Override
  public void close() {
    await(server.close());
    await(vertx.close());
  }
}
