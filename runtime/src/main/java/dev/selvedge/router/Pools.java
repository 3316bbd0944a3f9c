package dev.selvedge.router;

import dev.selvedge.fabric.Fabric;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The live pools of this node. Any thread. */
public final class Pools {
  private static final ConnectListener NOBODY =
      new ConnectListener() {
        @Override
        public void connected(Pool pool, Member member) {}

        @Override
        public void connectFailed(Pool pool, Member member) {}
      };

  private final Timing timing;
  private final LoadBoard board;
  private final Slots slots;
  private final Colleagues colleagues;
  private final Supplier<StickyKeys> keys;
  private final Map<String, Pool> byName = new ConcurrentHashMap<>();
  private final Map<String, Pool> retired = new ConcurrentHashMap<>();
  private volatile ConnectListener listener = NOBODY;

  Pools(
      Timing timing,
      LoadBoard board,
      Slots slots,
      Colleagues colleagues,
      Supplier<StickyKeys> keys) {
    this.timing = timing;
    this.board = board;
    this.slots = slots;
    this.colleagues = colleagues;
    this.keys = keys;
  }

  /** The pools of a node that shares nothing with others. */
  public static Pools alone(Vertx vertx, Supplier<StickyKeys> keys) {
    Timing timing = new VertxTiming(vertx);
    LoadBoard board = new LoadBoard(timing, LoadBoard.Rhythm.USUAL, report -> {});
    return new Pools(timing, board, Slots.ALONE, Colleagues.NONE, keys);
  }

  /** The pools of a node whose routers share counts, limits and session ids over the fabric. */
  public static Pools clustered(Fabric fabric, Supplier<StickyKeys> keys) {
    Timing timing = new VertxTiming(fabric.vertx());
    SlotLedger ledger = new SlotLedger(timing);
    RouterPeers peers = new RouterPeers(fabric, ledger);
    LoadBoard board = new LoadBoard(timing, LoadBoard.Rhythm.USUAL, peers::announce);
    LeasedSlots slots = new LeasedSlots(timing, ledger, peers);
    Pools pools = new Pools(timing, board, slots, peers, keys);
    peers.start(board, slots, pools::learned);
    return pools;
  }

  private Optional<String> learned(String pool, String sessionId) {
    return find(pool).flatMap(found -> found.learned(sessionId));
  }

  /** Health that is learned from clients; one listener. Set it before clients come. */
  public void listen(ConnectListener connects) {
    listener = connects;
  }

  ConnectListener listener() {
    return listener;
  }

  public Optional<Pool> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Whether a cookie of that name is the sticky cookie of a pool: no member sees or sets it. */
  public boolean isStickyCookie(String name) {
    String plain = StickyCookie.plain(name);
    for (Pool pool : byName.values()) {
      if (pool.spec().sticky().cookieName().equals(plain)) {
        return true;
      }
    }
    return false;
  }

  public Collection<Pool> all() {
    return List.copyOf(byName.values());
  }

  /** Makes the live pools follow these; one that is not wanted any more takes no new clients. */
  public synchronized void apply(Collection<PoolSpec> wanted) {
    Set<String> gone = new HashSet<>(byName.keySet());
    for (PoolSpec spec : wanted) {
      gone.remove(spec.name());
      follow(spec);
    }
    gone.forEach(this::retire);
    retired.values().removeIf(Pool::isIdle);
  }

  private void follow(PoolSpec spec) {
    Pool known = byName.get(spec.name());
    Pool pool = known == null ? retired.remove(spec.name()) : known;
    if (pool == null) {
      byName.put(spec.name(), new Pool(spec, this));
    } else {
      pool.update(spec);
      byName.put(spec.name(), pool);
    }
  }

  private void retire(String name) {
    Pool pool = byName.remove(name);
    if (pool != null) {
      pool.update(pool.spec().withMembers(List.of()));
      retired.put(name, pool);
    }
  }

  // ---- for a pool

  Ties ties(String pool) {
    return new Ties(pool, keys, new LearnedIds(), colleagues, timing);
  }

  Admissions admissions(Pool pool, PoolSpec spec) {
    return new Admissions(pool, spec, timing, board, slots);
  }
}
