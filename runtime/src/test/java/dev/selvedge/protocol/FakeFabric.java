package dev.selvedge.protocol;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Registers;
import dev.selvedge.fabric.Role;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Nodes with lanes in one thread: a lane is current while the test or {@link Net#settle} runs
 * something on it. Envelopes between nodes travel by reference when the test lets the net settle.
 */
public final class FakeFabric implements Fabric, Membership {
  /** What the nodes have in common. */
  public static final class Net {
    private final Map<NodeId, FakeFabric> nodes = new HashMap<>();

    /** Nodes that do not answer. */
    public final Set<NodeId> frozen = new HashSet<>();

    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private FakeLane current;

    /** Lets everything under way arrive. */
    public void settle() {
      while (!underWay.isEmpty()) {
        underWay.poll().run();
      }
    }

    public void kill(FakeFabric node) {
      nodes.remove(node.self);
      Node gone = node.node();
      for (FakeFabric other : nodes.values()) {
        other.listeners.forEach(listener -> other.lane(0).run(() -> listener.left(gone)));
      }
      settle();
    }
  }

  private record Kind(Envelope.Decoder decoder, Envelope.Receiver receiver) {}

  private final Net net;
  private final NodeId self;
  private final List<Lane> lanes = new ArrayList<>();
  private final Map<Integer, Kind> kinds = new HashMap<>();
  private final List<Listener> listeners = new ArrayList<>();

  public FakeFabric(Net net, String id, int laneCount) {
    this.net = net;
    this.self = new NodeId(id);
    for (int i = 0; i < laneCount; i++) {
      lanes.add(new FakeLane(i));
    }
    net.nodes.put(self, this);
  }

  private Node node() {
    return new Node(self, Set.of(Role.values()), "local", "test", 1, Map.of());
  }

  /** Runs what a test does on a lane. */
  public void on(int lane, Runnable task) {
    ((FakeLane) lanes.get(lane)).enter(task);
    net.settle();
  }

  private final class FakeLane implements Lane {
    private final int index;

    FakeLane(int index) {
      this.index = index;
    }

    void enter(Runnable task) {
      FakeLane before = net.current;
      net.current = this;
      try {
        task.run();
      } finally {
        net.current = before;
      }
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public Context context() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCurrent() {
      return net.current == this;
    }

    @Override
    public void run(Runnable task) {
      if (isCurrent()) {
        task.run();
      } else {
        net.underWay.add(() -> enter(task));
      }
    }

    @Override
    public boolean send(NodeId to, Envelope envelope) {
      if (!isCurrent()) {
        throw new IllegalStateException("not on lane " + index);
      }
      FakeFabric peer = net.nodes.get(to);
      if (peer == null) {
        return false;
      }
      FakeLane target = (FakeLane) peer.lane(index);
      Runnable arrival =
          () -> peer.kinds.get(envelope.kind()).receiver().receive(target, self, envelope);
      if (target == this) {
        arrival.run();
      } else {
        net.underWay.add(
            () -> {
              if (net.nodes.containsKey(self) && net.nodes.containsKey(to)) {
                target.enter(arrival);
              }
            });
      }
      return true;
    }
  }

  @Override
  public Vertx vertx() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Membership membership() {
    return this;
  }

  @Override
  public List<Lane> lanes() {
    return lanes;
  }

  @Override
  public void register(int kind, Envelope.Decoder decoder, Envelope.Receiver receiver) {
    kinds.put(kind, new Kind(decoder, receiver));
  }

  @Override
  public Future<Void> start() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Buffer> request(NodeId to, String service, Buffer body, long timeoutMillis) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void serve(String service, Function<Buffer, Future<Buffer>> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Registers registers(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public List<Node> nodes() {
    return net.nodes.values().stream().map(FakeFabric::node).toList();
  }

  @Override
  public Optional<Node> node(NodeId id) {
    return Optional.ofNullable(net.nodes.get(id)).map(FakeFabric::node);
  }

  @Override
  public boolean isReachable(NodeId id) {
    return node(id).isPresent() && !net.frozen.contains(id);
  }

  @Override
  public void announce(String section, JsonObject value) {}

  @Override
  public void addListener(Listener listener) {
    listeners.add(listener);
  }
}
