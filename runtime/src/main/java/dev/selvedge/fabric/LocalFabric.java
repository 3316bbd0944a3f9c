package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The fabric of one node without a cluster. */
final class LocalFabric implements Fabric {
  private final VertxInternal vertx;
  private final Kinds kinds = new Kinds();
  private final List<EventLoopLane> lanes;
  private final NodeTable table;
  private final Membership membership;
  private final Services services;
  private final Map<String, Registers> registers = new ConcurrentHashMap<>();

  LocalFabric(Vertx vertx, Node self) {
    this.vertx = (VertxInternal) vertx;
    this.lanes = EventLoopLane.all(vertx, self.id(), kinds, EventLoopLane.Remote.NONE);
    this.table = new NodeTable(self);
    this.membership = new TableMembership(table, this::announce, self.id()::equals);
    this.services = new Services(vertx, lanes.get(0));
  }

  @Override
  public Vertx vertx() {
    return vertx;
  }

  @Override
  public Membership membership() {
    return membership;
  }

  @Override
  public List<Lane> lanes() {
    return List.copyOf(lanes);
  }

  @Override
  public void register(int kind, Envelope.Decoder decoder, Envelope.Receiver receiver) {
    kinds.register(kind, decoder, receiver);
  }

  @Override
  public Future<Void> start() {
    kinds.seal();
    return vertx.getOrCreateContext().succeededFuture();
  }

  @Override
  public Future<Buffer> request(NodeId to, String service, Buffer body, long timeoutMillis) {
    return to.equals(membership.self())
        ? services.request(service, body, timeoutMillis)
        : vertx.getOrCreateContext().failedFuture(new NodeGoneException(to));
  }

  @Override
  public void serve(String service, Function<Buffer, Future<Buffer>> handler) {
    services.serve(service, handler);
  }

  @Override
  public Registers registers(String name) {
    return registers.computeIfAbsent(name, ignored -> new LocalRegisters(vertx, lanes.get(0)));
  }

  private synchronized void announce(String section, JsonObject value) {
    table
        .section(table.self(), section, value.copy())
        .ifPresent(node -> lanes.get(0).later(() -> table.tell(l -> l.announced(node, section))));
  }

  @Override
  public Future<Void> close() {
    return vertx.close();
  }
}
