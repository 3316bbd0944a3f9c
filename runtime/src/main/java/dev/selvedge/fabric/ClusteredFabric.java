package dev.selvedge.fabric;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import dev.selvedge.metrics.BusMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fabric of a node in a cluster: Hazelcast says who is a member and keeps the registers, the
 * event bus carries the links, announcements and requests.
 *
 * <p>A peer is seen as left and joined anew when the cluster says so, when it took nothing of 64
 * MiB that a lane has sent it, or when it has seen the same of this node; see {@link Membership}.
 */
public final class ClusteredFabric implements Fabric {
  private static final Logger LOG = LoggerFactory.getLogger(ClusteredFabric.class);

  private static final int REGISTER_THREADS = 2;
  private static final int FLUSH_MILLIS = 1_000;
  private static final int FLUSH_CHECK_MILLIS = 10;

  private final VertxInternal vertx;
  private final HazelcastInstance hazelcast;
  private final Kinds kinds = new Kinds();
  private final BusMeters meters = new BusMeters();
  private final NodeTable table;
  private final List<EventLoopLane> lanes;
  private final List<LaneLinks> links = new ArrayList<>();
  private final Roster roster;
  private final Announcements announcements;
  private final Services services;
  private final RemoteServices remote;
  private final Reachability reachability;
  private final Membership membership;
  private final WorkerExecutor registerWorkers;
  private final Map<String, HazelcastRegisters> registers = new ConcurrentHashMap<>();

  private ClusteredFabric(Vertx vertx, HazelcastInstance hazelcast, Member self) {
    this.vertx = (VertxInternal) vertx;
    this.hazelcast = hazelcast;
    this.table =
        new NodeTable(
            new Node(self.id(), self.roles(), self.address(), self.version(), 0, Map.of()));
    this.lanes = EventLoopLane.all(vertx, self.id(), kinds, this::send);
    EventLoopLane lane0 = lanes.get(0);
    for (EventLoopLane lane : lanes) {
      links.add(
          new LaneLinks(
              lane, self.id(), kinds, new LaneTurns(lane), this::carry, this::reachLater));
    }
    this.services = new Services(vertx, lane0);
    this.remote = new RemoteServices(vertx, table, services);
    this.reachability = new Reachability(this);
    this.announcements = new Announcements(vertx, lane0, table);
    this.roster = new Roster(table, lanes, links, this::members, neighbours());
    announcements.roster(roster);
    this.membership =
        new TableMembership(table, announcements::announce, reachability::isReachable);
    this.registerWorkers = vertx.createSharedWorkerExecutor("selvedge-registers", REGISTER_THREADS);
  }

  /** Completes when the membership is known. */
  static Future<ClusteredFabric> open(Vertx vertx, HazelcastInstance hazelcast) {
    Member self =
        Member.of(hazelcast.getCluster().getLocalMember())
            .orElseThrow(() -> new IllegalStateException("member attributes are missing"));
    ClusteredFabric fabric = new ClusteredFabric(vertx, hazelcast, self);
    fabric.watchCluster();
    Promise<ClusteredFabric> opened = Promise.promise();
    fabric
        .lanes
        .get(0)
        .later(
            () -> {
              fabric.roster.refresh();
              opened.complete(fabric);
            });
    return opened.future();
  }

  /** The cluster's own interface, for what keeps its data there. */
  public HazelcastInstance hazelcast() {
    return hazelcast;
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
    List<Future<Void>> listening = new ArrayList<>();
    for (EventLoopLane lane : lanes) {
      Promise<Void> listens = Promise.promise();
      lane.later(() -> listen(lane, listens));
      listening.add(listens.future());
    }
    Promise<Void> started = vertx.getOrCreateContext().promise();
    Future.all(listening)
        .onFailure(started::fail)
        .onSuccess(ignored -> lanes.get(0).later(() -> greet(started)));
    return started.future();
  }

  @Override
  public Future<Buffer> request(NodeId to, String service, Buffer body, long timeoutMillis) {
    return to.equals(table.self())
        ? services.request(service, body, timeoutMillis)
        : remote.request(to, service, body, timeoutMillis);
  }

  @Override
  public void serve(String service, Function<Buffer, Future<Buffer>> handler) {
    services.serve(service, handler);
  }

  @Override
  public Registers registers(String name) {
    return registers.computeIfAbsent(
        name,
        ignored -> new HazelcastRegisters(hazelcast, name, vertx, registerWorkers, lanes.get(0)));
  }

  /** Waits up to a second for what was sent to arrive, then leaves; takes some seconds at most. */
  @Override
  public Future<Void> close() {
    return flushed().eventually(vertx::close);
  }

  @Override
  public BusMeters busMeters() {
    return meters;
  }

  private boolean send(EventLoopLane from, NodeId to, Envelope envelope) {
    boolean sent = links.get(from.index()).send(to, envelope);
    if (sent) {
      meters.envelope(envelope.getClass());
    }
    return sent;
  }

  private void carry(NodeId to, int lane, Buffer frame) {
    meters.frame();
    try {
      vertx.eventBus().send(Addresses.lane(to, lane), frame);
    } catch (IllegalStateException e) {
      // The bus throws into the send that meets a connection as it breaks. The frame is lost like
      // any other that was under way, and is sent again.
      LOG.debug("frame lost to={} lane={}", to, lane, e);
    }
  }

  private void reachLater(NodeId peer, long epoch) {
    lanes.get(0).later(() -> roster.reach(peer, epoch));
  }

  private void listen(EventLoopLane lane, Promise<Void> listens) {
    LaneLinks ofLane = links.get(lane.index());
    vertx
        .eventBus()
        .<Object>consumer(
            Addresses.lane(table.self(), lane.index()),
            message -> {
              if (message.body() instanceof Buffer frame) {
                ofLane.receive(frame);
              }
            })
        .completion()
        .onComplete(listens);
  }

  private void greet(Promise<Void> started) {
    remote.start();
    reachability.start(vertx);
    announcements.start().onComplete(started);
  }

  private List<Member> members() {
    return hazelcast.getCluster().getMembers().stream()
        .flatMap(member -> Member.of(member).stream())
        .toList();
  }

  private Roster.Neighbours neighbours() {
    return new Roster.Neighbours() {
      @Override
      public void joined(NodeId peer) {
        announcements.joined(peer);
      }

      @Override
      public void left(NodeId peer) {
        remote.left(peer);
        reachability.left(peer);
        announcements.left(peer);
        registers.values().forEach(one -> one.reconcile(false));
      }
    };
  }

  /** Hazelcast tells of changes on its own threads; what they mean is worked out on lane 0. */
  private void watchCluster() {
    Runnable refresh = () -> lanes.get(0).later(roster::refresh);
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipListener() {
              @Override
              public void memberAdded(MembershipEvent event) {
                refresh.run();
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                refresh.run();
              }
            });
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                refresh.run();
                registers.values().forEach(one -> one.reconcile(true));
              }
            });
  }

  private Future<Void> flushed() {
    Promise<Void> flushed = Promise.promise();
    long deadline = System.nanoTime() + FLUSH_MILLIS * 1_000_000L;
    checkFlushed(deadline, flushed);
    // A lane that is blocked cannot tell.
    vertx.setTimer(2L * FLUSH_MILLIS, ignored -> flushed.tryComplete());
    return flushed.future();
  }

  private void checkFlushed(long deadline, Promise<Void> flushed) {
    List<Future<Boolean>> idle = new ArrayList<>();
    for (EventLoopLane lane : lanes) {
      Promise<Boolean> answer = Promise.promise();
      lane.later(() -> answer.complete(links.get(lane.index()).isIdle()));
      idle.add(answer.future());
    }
    Future.all(idle)
        .onSuccess(
            all -> {
              if (!all.<Boolean>list().contains(false) || System.nanoTime() > deadline) {
                flushed.tryComplete();
              } else {
                vertx.setTimer(FLUSH_CHECK_MILLIS, ignored -> checkFlushed(deadline, flushed));
              }
            });
  }
}
