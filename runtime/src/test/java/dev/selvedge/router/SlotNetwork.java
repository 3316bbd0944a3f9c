package dev.selvedge.router;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.SlotLedger.Claim;
import dev.selvedge.router.SlotLedger.Grant;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Several routers that share the limits of one pool, the real code under one clock; the network
 * between them delays, loses, and comes apart.
 */
final class SlotNetwork {
  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A router, whom it sees, and its tunnels. */
  final class Router implements LeasedSlots.Courier {
    final NodeId id;
    final SlotLedger ledger = new SlotLedger(timing);
    final LeasedSlots slots = new LeasedSlots(timing, ledger, this);
    final Set<NodeId> seen = new LinkedHashSet<>();
    final Pools pools;
    final Pool pool;
    final Set<Lease> tunnels = new LinkedHashSet<>();
    boolean dead;
    private NodeId owner;

    Router(NodeId id, PoolSpec spec) {
      this.id = id;
      this.owner = id;
      LoadBoard board = new LoadBoard(timing, LoadBoard.Rhythm.USUAL, report -> {});
      pools = new Pools(timing, board, slots, Colleagues.NONE, () -> Fixture.KEYS);
      pools.apply(List.of(spec));
      pool = pools.find(spec.name()).orElseThrow();
    }

    private void begin() {
      live().stream().filter(other -> other.seen.contains(id)).forEach(o -> seen.add(o.id));
      seen.add(id);
      choose(true);
      timing.after(random.nextLong(TICK.toNanos()), () -> timing.every(TICK, this::tick));
    }

    private void tick() {
      if (!dead) {
        slots.tick();
      }
    }

    private void choose(boolean first) {
      NodeId oldest =
          routers.stream().map(r -> r.id).filter(seen::contains).findFirst().orElseThrow();
      if (oldest.equals(id)) {
        ledger.lead(first);
      } else {
        ledger.follow();
      }
      owner = oldest;
    }

    void sees(NodeId other) {
      if (!dead && seen.add(other)) {
        ledger.joined(other);
        choose(false);
      }
    }

    void loses(NodeId other) {
      if (!dead && seen.remove(other)) {
        ledger.left(other);
        choose(false);
      }
    }

    @Override
    public NodeId self() {
      return id;
    }

    @Override
    public NodeId owner() {
      return owner;
    }

    @Override
    public int nodes() {
      return seen.size();
    }

    @Override
    public Future<List<Grant>> ask(NodeId to, List<Claim> claims) {
      Promise<List<Grant>> answer = Promise.promise();
      timing.after(PATIENCE.toNanos(), () -> answer.tryFail("no answer"));
      Router asked = routers.stream().filter(r -> r.id.equals(to)).findFirst().orElseThrow();
      List<Claim> sent = SlotCodec.claims(SlotCodec.claims(id, claims));
      pass(
          this,
          asked,
          () -> {
            if (asked.ledger.isLeading() && asked.seen.contains(id)) {
              List<Grant> grants =
                  sent.stream().map(claim -> asked.ledger.claim(id, claim)).toList();
              asked.ledger.heard(id);
              List<Grant> back = SlotCodec.grants(SlotCodec.grants(grants), claims.size());
              pass(asked, this, () -> answer.tryComplete(back));
            }
          });
      return answer.future();
    }

    /** A client comes and stays. */
    void connect() {
      pool.admit(Traffic.TUNNEL, FakeRequest.plain()).lease().onSuccess(this::connected);
    }

    private void connected(Lease lease) {
      if (dead) {
        return;
      }
      tunnels.add(lease);
      most = Math.max(most, open());
    }

    void disconnect() {
      tunnels.stream()
          .skip(tunnels.isEmpty() ? 0 : random.nextInt(tunnels.size()))
          .findFirst()
          .ifPresent(
              lease -> {
                tunnels.remove(lease);
                lease.release();
              });
    }
  }

  final FakeTiming timing;
  final Random random;
  final List<Router> routers = new ArrayList<>();
  private final PoolSpec spec;
  private final Set<NodeId> cutOff = new LinkedHashSet<>();

  /** Of a hundred messages so many get lost. */
  int lossPercent;

  /** The most tunnels that there ever were at once. */
  int most;

  SlotNetwork(long seed, int count, PoolSpec spec) {
    this.timing = new FakeTiming(seed);
    this.random = new Random(seed);
    this.spec = spec;
    for (int i = 0; i < count; i++) {
      join();
    }
    timing.pass(Duration.ofSeconds(2));
  }

  List<Router> live() {
    return routers.stream().filter(router -> !router.dead).toList();
  }

  Router any() {
    return live().get(random.nextInt(live().size()));
  }

  int open() {
    return live().stream().mapToInt(router -> router.tunnels.size()).sum();
  }

  int waiting() {
    return live().stream().mapToInt(router -> router.pool.waiting()).sum();
  }

  private boolean isApart(Router one, Router other) {
    return cutOff.contains(one.id) != cutOff.contains(other.id);
  }

  private void pass(Router from, Router to, Runnable message) {
    if (random.nextInt(100) < lossPercent) {
      return;
    }
    timing.after(
        random.nextLong(1, 20_000_000),
        () -> {
          if (!from.dead && !to.dead && !isApart(from, to)) {
            message.run();
          }
        });
  }

  void join() {
    Router comer = new Router(new NodeId("router" + (10 + routers.size())), spec);
    routers.add(comer);
    boolean first = live().size() == 1;
    live().forEach(other -> soon(() -> other.sees(comer.id)));
    if (first) {
      comer.begin();
    } else {
      live().stream()
          .filter(o -> o != comer && !isApart(o, comer))
          .forEach(o -> comer.seen.add(o.id));
      comer.begin();
    }
  }

  /** Each node learns of it at a time of its own. */
  private void soon(Runnable event) {
    timing.after(random.nextLong(1, 30_000_000), event);
  }

  /** The process ends, and its connections with it. */
  void kill(Router router) {
    router.dead = true;
    live().forEach(other -> soon(() -> other.loses(router.id)));
  }

  /** These do not reach the others any more, nor these them; all notice after a while. */
  void cut(List<Router> some) {
    some.forEach(router -> cutOff.add(router.id));
    for (Router one : live()) {
      live().stream().filter(o -> isApart(one, o)).forEach(o -> soon(() -> one.loses(o.id)));
    }
  }

  void heal() {
    List<Router> apart = live().stream().filter(router -> cutOff.contains(router.id)).toList();
    cutOff.clear();
    for (Router one : apart) {
      live().stream()
          .filter(o -> !apart.contains(o))
          .forEach(
              o -> {
                soon(() -> one.sees(o.id));
                soon(() -> o.sees(one.id));
              });
    }
  }
}
