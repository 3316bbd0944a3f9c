package dev.selvedge.router;

import dev.selvedge.fabric.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Several routers before the same members, with the real code under one clock: only the network
 * between the routers is made up. Clients come through a router at random, as behind DNS.
 */
final class RouterSimulation {
  private static final Duration DELAY = Duration.ofMillis(3);
  private static final Duration TICK = Duration.ofMillis(50);

  /** A router and the tunnels that go through it. */
  static final class Router {
    final NodeId id;
    final LoadBoard board;
    final Pool pool;
    final Set<Lease> tunnels = new LinkedHashSet<>();
    boolean dead;

    Router(NodeId id, LoadBoard board, Pool pool) {
      this.id = id;
      this.board = board;
      this.pool = pool;
    }
  }

  final FakeTiming timing;
  final Random random;
  final List<Router> routers = new ArrayList<>();
  private final PoolSpec spec;
  private final LoadBoard.Rhythm rhythm;

  /** How many of the clients have no choice but the first router. */
  private double throughTheFirst;

  /** New tunnels by second and member, since {@link #watch}. */
  private final Map<Long, Map<String, Integer>> handshakes = new HashMap<>();

  RouterSimulation(long seed, int count, PoolSpec spec, LoadBoard.Rhythm rhythm) {
    this.timing = new FakeTiming(seed);
    this.random = new Random(seed);
    this.spec = spec;
    this.rhythm = rhythm;
    for (int i = 0; i < count; i++) {
      start(i);
    }
  }

  private void start(int number) {
    NodeId id = new NodeId("router" + (10 + number));
    LoadBoard board = new LoadBoard(timing, rhythm, report -> tell(id, report));
    Pools pools = new Pools(timing, board, Slots.ALONE, Colleagues.NONE, () -> Fixture.KEYS);
    pools.apply(List.of(spec));
    Router router = new Router(id, board, pools.find(spec.name()).orElseThrow());
    routers.add(router);
    timing.after(random.nextLong(TICK.toNanos()), () -> timing.every(TICK, () -> tick(router)));
  }

  private void tick(Router router) {
    if (!router.dead) {
      router.board.tick();
    }
  }

  private void tell(NodeId from, LoadReport report) {
    LoadReport received = LoadReport.of(report.toJson());
    timing.after(
        DELAY.toNanos(),
        () ->
            routers.stream()
                .filter(router -> !router.dead && !router.id.equals(from))
                .forEach(router -> router.board.heard(from, received)));
  }

  List<Router> live() {
    return routers.stream().filter(router -> !router.dead).toList();
  }

  // ---- clients

  void comeThroughTheFirst(double share) {
    throughTheFirst = share;
  }

  /** A client comes through some router; its tunnel lives for a time drawn around the mean. */
  Lease connect(Duration meanLife) {
    int number = random.nextDouble() < throughTheFirst ? 0 : random.nextInt(live().size());
    Router router = live().get(number);
    Lease lease = Fixture.take(router.pool);
    router.tunnels.add(lease);
    handshakes
        .computeIfAbsent(timing.nanos() / 1_000_000_000L, second -> new LinkedHashMap<>())
        .merge(lease.member().address(), 1, Integer::sum);
    double life = -Math.log(1 - random.nextDouble()) * meanLife.toNanos();
    timing.after((long) life, () -> end(router, lease));
    return lease;
  }

  private static void end(Router router, Lease lease) {
    if (router.tunnels.remove(lease)) {
      lease.release();
    }
  }

  /** So many clients at random times within the span, beginning now. */
  void arrive(int clients, Duration span, Duration meanLife) {
    for (int i = 0; i < clients; i++) {
      timing.after(random.nextLong(span.toNanos()), () -> connect(meanLife));
    }
  }

  /** Clients come at that rate until the end of the simulation. */
  void keepArriving(double perSecond, Duration meanLife) {
    long next = (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
    timing.after(
        next,
        () -> {
          connect(meanLife);
          keepArriving(perSecond, meanLife);
        });
  }

  // ---- what happens to them

  /** The member dies: every router sees it, and its tunnels end. Tells how many. */
  int kill(String member) {
    int lost = 0;
    for (Router router : live()) {
      Fixture.at(router.pool, member).health(false, "refused");
      List<Lease> gone =
          router.tunnels.stream().filter(t -> t.member().address().equals(member)).toList();
      lost += gone.size();
      gone.forEach(lease -> end(router, lease));
    }
    return lost;
  }

  /** The router dies: the others are told by their membership. Tells how many tunnels it had. */
  int kill(Router router) {
    router.dead = true;
    live().forEach(other -> other.board.left(router.id));
    return router.tunnels.size();
  }

  void update(PoolSpec changed) {
    live().forEach(router -> router.pool.update(changed));
  }

  // ---- what is seen

  void watch() {
    handshakes.clear();
  }

  /** The tunnels that there are, by member. */
  Map<String, Integer> truth() {
    Map<String, Integer> tunnels = new LinkedHashMap<>();
    for (Router router : live()) {
      for (Member member : router.pool.members()) {
        if (member.isHealthy()) {
          tunnels.merge(member.address(), member.tunnels(), Integer::sum);
        }
      }
    }
    return tunnels;
  }

  double maxToMean() {
    Map<String, Integer> truth = truth();
    return truth.values().stream().mapToInt(i -> i).max().orElseThrow() / mean();
  }

  double mean() {
    return truth().values().stream().mapToInt(i -> i).average().orElseThrow();
  }

  /** The most new tunnels that a member had in one second, to the mean of that second. */
  double worstShare(int members) {
    double worst = 0;
    for (Map<String, Integer> second : handshakes.values()) {
      double all = second.values().stream().mapToInt(i -> i).sum();
      int most = second.values().stream().mapToInt(i -> i).max().orElse(0);
      // Of a handful somebody always has twice the mean.
      if (all >= 10 * members) {
        worst = Math.max(worst, most * members / all);
      }
    }
    return worst;
  }

  int handshakes(String member) {
    return handshakes.values().stream().mapToInt(s -> s.getOrDefault(member, 0)).sum();
  }

  int handshakes() {
    return handshakes.values().stream()
        .flatMap(second -> second.values().stream())
        .mapToInt(i -> i)
        .sum();
  }
}
