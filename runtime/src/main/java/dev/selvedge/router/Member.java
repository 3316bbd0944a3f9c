package dev.selvedge.router;

import dev.selvedge.router.MemberSpec.AdminState;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A live member of a pool on this node. Any thread. */
public final class Member {
  private final Admissions pool;
  private final Tally tally;
  private final MemberCounters counters = new MemberCounters();
  private final Map<Traffic, Allotment> allotments = new EnumMap<>(Traffic.class);
  private volatile MemberSpec spec;
  private volatile boolean healthy = true;
  private volatile String healthReason = "";
  private volatile int agentPercent = 100;
  private volatile int agentLimit;
  private volatile @Nullable AdminState agentState;
  private volatile boolean removed;
  private volatile @Nullable Eviction eviction;

  // Guarded by the pool.
  private final WaitingLine line = new WaitingLine();
  private final Set<Lease> leases = new LinkedHashSet<>();
  private final SlowStart slowStart = new SlowStart();
  private final TokenBucket bucket = new TokenBucket();

  /**
   * @param key names the member on all nodes
   */
  Member(Admissions pool, MemberSpec spec, String key, Tally tally) {
    this.pool = pool;
    this.spec = spec;
    this.tally = tally;
    for (Traffic traffic : Traffic.values()) {
      allotments.put(traffic, new Allotment(key + "/" + traffic, pool, this, traffic));
    }
  }

  public MemberSpec spec() {
    return spec;
  }

  public String address() {
    return spec.address();
  }

  // ---- state

  public MemberState state() {
    if (eviction != null) {
      return MemberState.CLOSING;
    }
    if (removed) {
      return MemberState.DRAINING;
    }
    return healthy ? wantedState() : MemberState.DOWN;
  }

  private MemberState wantedState() {
    AdminState byAgent = agentState;
    AdminState wanted = spec.state();
    AdminState strictest = byAgent != null && byAgent.compareTo(wanted) > 0 ? byAgent : wanted;
    return switch (strictest) {
      case UP -> agentPercent > 0 ? MemberState.UP : MemberState.DISABLED;
      case DISABLED -> MemberState.DISABLED;
      case FORCED_OFFLINE -> MemberState.FORCED_OFFLINE;
    };
  }

  /** What the checks say; true until they have said something. */
  public boolean isHealthy() {
    return healthy;
  }

  /** The checks' word. Going down and coming up take effect at once; saying the same is free. */
  public void health(boolean up, String why) {
    pool.change(
        this,
        () -> {
          healthReason = up ? "" : why;
          healthy = up;
        });
  }

  /**
   * The word of the member's agent, on top of what the operator wants; the stricter state holds.
   *
   * @param weightPercent 0–256 of the operator's weight; with 0 it takes no new clients
   * @param state null: the agent takes its own word back
   */
  public void agent(int weightPercent, @Nullable AdminState state) {
    pool.change(
        this,
        () -> {
          agentPercent = weightPercent;
          agentState = state;
        });
  }

  /**
   * The most tunnels, and the most requests, over the whole cluster, that the member's agent wants;
   * the lower of it and the operator's limit holds.
   *
   * @param most 0: none of the agent's own
   */
  public void agentLimit(int most) {
    pool.change(this, () -> agentLimit = most);
  }

  // ---- numbers

  public int tunnels() {
    return tally.tunnels();
  }

  public int requests() {
    return tally.requests();
  }

  /** Bytes that passed, from the client and to it. */
  public void passed(long fromClient, long toClient) {
    if (fromClient != 0) {
      counters.bytesIn.add(fromClient);
    }
    if (toClient != 0) {
      counters.bytesOut.add(toClient);
    }
  }

  public MemberStats stats() {
    return new MemberStats(
        state(),
        healthReason,
        pool.weight(this),
        tunnels(),
        requests(),
        tally.queued().get(),
        tally.estimate(),
        tally.picks(),
        counters.stickyHits.sum(),
        counters.stickyMisses.sum(),
        counters.limitHits.sum(),
        counters.connects.sum(),
        counters.connectFailures.sum(),
        counters.connectNanos.sum(),
        counters.lastConnectNanos,
        counters.handshakes.sum(),
        counters.handshakeNanos.sum(),
        counters.bytesIn.sum(),
        counters.bytesOut.sum());
  }

  @Override
  public String toString() {
    return address();
  }

  // ---- for the pool, with its lock held

  void follow(MemberSpec wanted, long now) {
    spec = wanted;
    removed = false;
    bucket.rate(wanted.maxNewPerSecond(), now);
  }

  void remove() {
    removed = true;
  }

  void eviction(@Nullable Eviction closing) {
    eviction = closing;
  }

  @Nullable Eviction eviction() {
    return eviction;
  }

  boolean isOf(Admissions admissions) {
    return pool == admissions;
  }

  boolean isIdle() {
    return tally.load() == 0 && leases.isEmpty();
  }

  int limit(Traffic traffic) {
    int wanted = traffic == Traffic.TUNNEL ? spec.maxTunnels() : spec.maxRequests();
    int byAgent = agentLimit;
    return byAgent == 0 || wanted == 0 ? Math.max(byAgent, wanted) : Math.min(byAgent, wanted);
  }

  Room room(Traffic traffic, Slots slots, long now) {
    Room room = limit(traffic) == 0 ? Room.FREE : slots.room(allotment(traffic));
    boolean tooFast = traffic == Traffic.TUNNEL && !bucket.has(now);
    return room == Room.FREE && tooFast ? Room.LATER : room;
  }

  /** The operator's weight and the agent's share of it. */
  double weight() {
    return spec.weight() * agentPercent / 100.0;
  }

  Tally tally() {
    return tally;
  }

  MemberCounters counters() {
    return counters;
  }

  Allotment allotment(Traffic traffic) {
    return Objects.requireNonNull(allotments.get(traffic));
  }

  /** Clients that stick to this member and wait for it. */
  WaitingLine line() {
    return line;
  }

  /** The tunnels. */
  Set<Lease> leases() {
    return leases;
  }

  SlowStart slowStart() {
    return slowStart;
  }

  TokenBucket bucket() {
    return bucket;
  }
}
