package dev.selvedge.router;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.SlotLedger.Claim;
import dev.selvedge.router.SlotLedger.Grant;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Slots that one node of the cluster grants to the others in small blocks, so that most clients
 * wait for nobody: each node holds a few in reserve, a share of an eighth of the limit, and one at
 * least, as long as they are not scarce. Says each second what it holds, sooner when it needs more.
 */
final class LeasedSlots implements Slots {
  /** Claims in one message. */
  static final int MAX_CLAIMS = 500;

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration IMPATIENCE = Duration.ofMillis(100);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final int RESERVE_SHARE = 8;

  /** The way to the other nodes. */
  interface Courier {
    NodeId self();

    /** The node that grants. */
    NodeId owner();

    /** How many nodes there are. */
    int nodes();

    /** Asks another node; the answer has the same order. Fails after some time. */
    Future<List<Grant>> ask(NodeId owner, List<Claim> claims);
  }

  private final Timing timing;
  private final SlotLedger ledger;
  private final Courier courier;
  private final Set<Allotment> open = new LinkedHashSet<>();
  private final Set<Allotment> wanting = new LinkedHashSet<>();
  private @Nullable NodeId told;
  private volatile @Nullable NodeId greeted;
  private boolean asking;
  private boolean soon;
  private long allTold;
  private long lastAsked;

  LeasedSlots(Timing timing, SlotLedger ledger, Courier courier) {
    this.timing = timing;
    this.ledger = ledger;
    this.courier = courier;
    this.allTold = timing.nanos() - PERIOD.toNanos();
    this.lastAsked = allTold;
  }

  // ---- for the pools, with their locks held

  @Override
  public Room room(Allotment allotment) {
    if (allotment.used() >= allotment.limit()) {
      return Room.FULL;
    }
    if (hasFree(allotment)) {
      return Room.FREE;
    }
    if (ledger.isLeading()) {
      settle(allotment);
      return hasFree(allotment) ? Room.FREE : allotment.settled ? Room.FULL : Room.ASKED;
    }
    want(allotment);
    return allotment.scarce ? Room.FULL : Room.ASKED;
  }

  private boolean hasFree(Allotment allotment) {
    return allotment.used() < allotment.held && allotment.expires - timing.nanos() > 0;
  }

  @Override
  public synchronized void open(Allotment allotment) {
    open.add(allotment);
  }

  @Override
  public synchronized void close(Allotment allotment) {
    allotment.closed = true;
    open.remove(allotment);
    want(allotment);
  }

  @Override
  public void released(Allotment allotment) {
    if (allotment.scarce) {
      want(allotment);
    }
  }

  private synchronized void want(Allotment allotment) {
    wanting.add(allotment);
    boolean impatient = timing.nanos() - lastAsked >= IMPATIENCE.toNanos();
    if (!soon && !asking && (impatient || allotment.isHopeful())) {
      soon = true;
      timing.after(AT_ONCE.toNanos(), () -> ask(false));
    }
  }

  // ---- claims

  /** Call it every 50 ms or so. */
  void tick() {
    boolean all;
    boolean some;
    synchronized (this) {
      long now = timing.nanos();
      all = now - allTold >= PERIOD.toNanos() || !courier.owner().equals(told);
      some = !wanting.isEmpty() && now - lastAsked >= IMPATIENCE.toNanos();
    }
    if (all || some) {
      ask(all);
    }
  }

  private void ask(boolean all) {
    NodeId owner = courier.owner();
    Collection<Allotment> these;
    synchronized (this) {
      soon = false;
      if (asking) {
        return;
      }
      these = next(all || !owner.equals(told), owner);
      asking = true;
    }
    if (these.isEmpty() && owner.equals(greeted)) {
      done();
    } else if (owner.equals(courier.self())) {
      these.forEach(allotment -> allotment.pool().settle(() -> settle(allotment)));
      done();
    } else {
      tell(owner, these);
    }
  }

  private Collection<Allotment> next(boolean all, NodeId owner) {
    Set<Allotment> these = new LinkedHashSet<>(wanting);
    wanting.clear();
    lastAsked = timing.nanos();
    if (all) {
      these.addAll(open);
      told = owner;
      allTold = lastAsked;
    }
    if (these.size() <= MAX_CLAIMS) {
      return these;
    }
    List<Allotment> ordered = new ArrayList<>(these);
    wanting.addAll(ordered.subList(MAX_CLAIMS, ordered.size()));
    return ordered.subList(0, MAX_CLAIMS);
  }

  private void tell(NodeId owner, Collection<Allotment> these) {
    long until = timing.nanos() + SlotLedger.LEASE.toNanos();
    Map<Allotment, Claim> claims = new LinkedHashMap<>();
    for (Allotment allotment : these) {
      allotment.pool().settle(() -> claims.put(allotment, claim(allotment)));
    }
    courier
        .ask(owner, List.copyOf(claims.values()))
        .onSuccess(grants -> take(owner, List.copyOf(claims.keySet()), grants, until))
        .onFailure(unanswered -> tryLater(these));
  }

  private synchronized void tryLater(Collection<Allotment> these) {
    wanting.addAll(these);
    asking = false;
  }

  private void take(NodeId owner, List<Allotment> these, List<Grant> grants, long until) {
    // An answer of one who is not the owner any more: the new one was told less.
    if (owner.equals(courier.owner())) {
      greeted = owner;
      for (int i = 0; i < these.size(); i++) {
        Allotment allotment = these.get(i);
        Grant grant = grants.get(i);
        allotment.pool().settle(() -> take(allotment, grant, until));
      }
    }
    done();
  }

  private synchronized void done() {
    asking = false;
    if (!soon && wanting.stream().anyMatch(Allotment::isHopeful)) {
      soon = true;
      timing.after(AT_ONCE.toNanos(), () -> ask(false));
    }
  }

  /** With the lock of the allotment's pool held, and this node the owner. */
  private void settle(Allotment allotment) {
    long until = timing.nanos() + SlotLedger.LEASE.toNanos();
    take(allotment, ledger.claim(courier.self(), claim(allotment)), until);
  }

  private static void take(Allotment allotment, Grant grant, long until) {
    allotment.held = grant.held();
    allotment.scarce = grant.scarce();
    allotment.settled = grant.settled();
    allotment.expires = until;
  }

  /** With the lock of the allotment's pool held: what is given back is not used from here on. */
  private Claim claim(Allotment allotment) {
    int limit = allotment.limit();
    int used = allotment.used();
    boolean expired = allotment.expires - timing.nanos() <= 0;
    int held = Math.max(used, expired ? 0 : allotment.held);
    int need = limit == 0 || allotment.closed ? used : Math.max(used, needed(allotment));
    int want = Math.max(need, wanted(allotment, need, held));
    allotment.held = Math.min(held, want);
    return new Claim(allotment.key(), limit, used, allotment.held, need, want);
  }

  private static int needed(Allotment allotment) {
    int waiting = allotment.pool().waitingFor(allotment.member(), allotment.traffic());
    return Math.min(allotment.limit(), allotment.used() + waiting);
  }

  /** With a reserve, unless it would be a large part of the limit. What is about right stays. */
  private int wanted(Allotment allotment, int need, int held) {
    int limit = allotment.limit();
    boolean few = limit < 2 * courier.nodes();
    if (allotment.scarce || allotment.closed || few) {
      return need;
    }
    int reserve = Math.max(1, limit / (RESERVE_SHARE * courier.nodes()));
    boolean enough = held >= need + reserve && held <= need + 2 * reserve;
    return Math.min(limit, enough ? held : need + reserve);
  }
}
