package dev.selvedge.node;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.relay.AccessLog;
import dev.selvedge.relay.TcpListener;
import dev.selvedge.router.Definitions;
import dev.selvedge.router.ListenerSpec;
import dev.selvedge.router.Pools;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of layer 4 of this node, as operators define them. One that is taken away or changed
 * takes no more connections; those that it has go on. Confined to lane 0, but for construction.
 */
final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  /** A listener that is wanted; its port is bound on lane 0. */
  private record Open(ListenerSpec spec, Future<TcpListener> port) {}

  private final Fabric fabric;
  private final Pools pools;
  private final @Nullable AccessLog log;
  private final Map<String, Open> open = new HashMap<>();

  /** All that were ever opened: those that take no more connections may have some left. */
  private final List<Future<TcpListener>> ports = new ArrayList<>();

  private boolean closed;

  /**
   * @param log of their connections; null for none
   */
  Listeners(Fabric fabric, Pools pools, @Nullable AccessLog log) {
    this.log = log;
    this.fabric = fabric;
    this.pools = pools;
  }

  /** Opens and closes ports until they are as wanted. */
  void follow(Definitions wanted) {
    if (closed) {
      return;
    }
    List.copyOf(open.values()).stream()
        .filter(one -> !one.spec().equals(wanted.listeners().get(one.spec().name())))
        .forEach(this::retire);
    wanted.listeners().values().stream()
        .filter(spec -> !open.containsKey(spec.name()))
        .forEach(this::open);
  }

  private void open(ListenerSpec spec) {
    Future<TcpListener> port =
        TcpListener.start(
            fabric.vertx(), fabric.lanes().stream().map(Lane::context).toList(), spec, pools, log);
    ports.add(port);
    open.put(spec.name(), new Open(spec, port));
    port.onSuccess(
            bound ->
                LOG.info(
                    "listener open name={} port={} pool={}",
                    spec.name(),
                    bound.port(),
                    spec.pool()))
        .onFailure(
            cause ->
                LOG.error(
                    "listener cannot be opened name={} host={} port={}: {}",
                    spec.name(),
                    spec.host(),
                    spec.port(),
                    cause.getMessage()));
  }

  private void retire(Open one) {
    open.remove(one.spec().name());
    one.port()
        .onSuccess(
            bound -> {
              LOG.info("listener closed name={} port={}", one.spec().name(), bound.port());
              bound.stopAccepting();
            });
  }

  /** Takes no more connections anywhere; those that are there go on. Any thread. */
  void stopAccepting() {
    fabric
        .lane(0)
        .run(
            () -> {
              closed = true;
              List.copyOf(open.values()).forEach(this::retire);
            });
  }

  /** Closes every port and connection. Any thread. */
  Future<Void> close() {
    stopAccepting();
    Promise<Void> done = Promise.promise();
    fabric
        .lane(0)
        .run(
            () ->
                Future.join(ports.stream().map(port -> port.compose(TcpListener::close)).toList())
                    .<Void>mapEmpty()
                    .onComplete(done));
    return done.future();
  }
}
