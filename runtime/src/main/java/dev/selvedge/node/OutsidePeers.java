package dev.selvedge.node;

import dev.selvedge.config.Config;
import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.PublishedRoute;
import dev.selvedge.deploy.ServedFunction;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.metrics.Metrics;
import dev.selvedge.metrics.PeerMeters;
import dev.selvedge.protocol.Calls;
import dev.selvedge.protocol.socketio.SocketIoProtocol;
import dev.selvedge.protocol.socketio.redis.PeerNamespaces;
import dev.selvedge.protocol.socketio.redis.RedisPeers;
import dev.selvedge.session.LocalSessions;
import dev.selvedge.session.PeerServers;
import dev.selvedge.session.SessionTable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The Socket.IO servers outside of the cluster, if the configuration names their Redis. */
final class OutsidePeers {
  private final Optional<RedisPeers> redis;

  private OutsidePeers(Optional<RedisPeers> redis) {
    this.redis = redis;
  }

  static OutsidePeers of(Config config, Fabric fabric, SessionTable sessions, Metrics metrics) {
    PeerMeters meters = new PeerMeters();
    Optional<RedisPeers> redis =
        config
            .socketIoPeers()
            .map(
                peers ->
                    new RedisPeers(fabric, peers, new LocalSessions(fabric, sessions), meters));
    redis.ifPresent(peers -> metrics.watchPeers(meters, () -> peers.trouble().isEmpty()));
    return new OutsidePeers(redis);
  }

  PeerServers servers() {
    return redis.<PeerServers>map(peers -> peers).orElse(PeerServers.NONE);
  }

  /** Becomes a peer, and follows what is deployed; completes after the first attempt. */
  Future<Void> start(CatalogView catalog, Calls calls) {
    if (redis.isEmpty()) {
      return Future.succeededFuture();
    }
    RedisPeers peers = redis.get();
    catalog.addListener(
        new CatalogView.Listener() {
          @Override
          public void servingChanged(String function) {
            peers.follow(namespaces(catalog));
          }

          @Override
          public void routesChanged() {
            peers.follow(namespaces(catalog));
          }
        });
    return peers.start(namespaces(catalog), calls);
  }

  private static PeerNamespaces namespaces(CatalogView catalog) {
    return new PeerNamespaces(
        catalog.functions().stream()
            .filter(function -> function.manifest().protocols().contains(SocketIoProtocol.NAME))
            .map(function -> member(catalog, function))
            .toList());
  }

  private static PeerNamespaces.Member member(CatalogView catalog, ServedFunction function) {
    List<String> routes =
        catalog.routes().stream()
            .filter(route -> route.function().name().equals(function.name()))
            .map(PublishedRoute::path)
            .toList();
    return new PeerNamespaces.Member(function.name(), routes, function.manifest().namespaces());
  }

  /** What is wrong with the way to them; empty if nothing is, or there are none. */
  Optional<String> trouble() {
    return redis.flatMap(RedisPeers::trouble);
  }

  /** The readiness with what it says about peers, if there are any. */
  JsonObject describe(JsonObject readiness) {
    redis.ifPresent(peers -> readiness.put("peers", peers.trouble().orElse("ok")));
    return readiness;
  }

  Future<Void> close() {
    return redis.map(RedisPeers::close).orElseGet(Future::succeededFuture);
  }
}
