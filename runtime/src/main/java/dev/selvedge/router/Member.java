package dev.selvedge.router;

import dev.selvedge.router.MemberSpec.AdminState;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A live member of a pool on this node. Any thread. */
public final class Member {
  private volatile MemberSpec spec;
  private volatile boolean healthy = true;
  private volatile String healthReason = "";
  private volatile int agentPercent = 100;
  private volatile @Nullable AdminState agentState;
  private final AtomicInteger tunnels = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();

  Member(MemberSpec spec) {
    this.spec = spec;
  }

  public MemberSpec spec() {
    return spec;
  }

  public String address() {
    return spec.address();
  }

  void update(MemberSpec changed) {
    spec = changed;
  }

  // ---- state

  public MemberState state() {
    if (!healthy) {
      return MemberState.DOWN;
    }
    AdminState byAgent = agentState;
    AdminState wanted = spec.state();
    AdminState strictest = byAgent != null && byAgent.compareTo(wanted) > 0 ? byAgent : wanted;
    return switch (strictest) {
      case UP -> MemberState.UP;
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
    healthReason = up ? "" : why;
    healthy = up;
  }

  /**
   * The word of the member's agent, on top of what the operator wants; the stricter state holds.
   *
   * @param weightPercent 0–256 of the operator's weight; 0 takes no new clients
   * @param state null: the agent takes its own word back
   */
  public void agent(int weightPercent, @Nullable AdminState state) {
    agentPercent = weightPercent;
    agentState = state;
  }

  // ---- numbers

  AtomicInteger count(Traffic traffic) {
    return traffic == Traffic.TUNNEL ? tunnels : requests;
  }

  public int tunnels() {
    return tunnels.get();
  }

  public int requests() {
    return requests.get();
  }

  /** Bytes that passed, from the client and to it. */
  public void passed(long fromClient, long toClient) {
    bytesIn.add(fromClient);
    bytesOut.add(toClient);
  }

  public MemberStats stats() {
    return new MemberStats(
        state(),
        healthReason,
        spec.weight() * agentPercent / 100.0,
        tunnels(),
        requests(),
        0,
        tunnels() + requests(),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        bytesIn.sum(),
        bytesOut.sum());
  }
}
