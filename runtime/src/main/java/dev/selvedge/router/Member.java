package dev.selvedge.router;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A live member of a pool on this node. Any thread. */
public final class Member {
  private volatile MemberSpec spec;
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
}
