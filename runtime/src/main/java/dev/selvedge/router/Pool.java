package dev.selvedge.router;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A live pool on this node. Any thread. */
public final class Pool {
  private final Map<String, Member> members = new LinkedHashMap<>();
  private volatile PoolSpec spec;

  Pool(PoolSpec spec) {
    this.spec = spec;
    update(spec);
  }

  public PoolSpec spec() {
    return spec;
  }

  /**
   * Follows a new definition; nothing that is connected is touched. What is taken out stays in
   * {@link #members} as {@link MemberState#DRAINING} until its last connection has ended.
   */
  public synchronized void update(PoolSpec changed) {
    for (MemberSpec wanted : changed.members()) {
      members.computeIfAbsent(wanted.address(), address -> new Member(wanted)).update(wanted);
    }
    members.keySet().retainAll(changed.members().stream().map(MemberSpec::address).toList());
    spec = changed;
  }

  public synchronized Collection<Member> members() {
    return List.copyOf(members.values());
  }

  /** A place at a member for a request, now or when one is free. Call it on an event loop. */
  public Admission admit(Traffic traffic, RequestView request) {
    return admit(traffic, request, Set.of());
  }

  synchronized Admission admit(Traffic traffic, RequestView request, Set<Member> tried) {
    Member best = null;
    for (Member member : members.values()) {
      boolean takes = member.spec().state() == MemberSpec.AdminState.UP && !tried.contains(member);
      if (takes && (best == null || member.tunnels() < best.tunnels())) {
        best = member;
      }
    }
    if (best == null) {
      return new Admission(
          Future.failedFuture(
              new RouterException(
                  RouterException.Reason.NO_MEMBER,
                  "pool " + spec.name() + " has no member up",
                  1)),
          () -> {});
    }
    best.count(traffic).incrementAndGet();
    Lease lease = new Lease(this, best, traffic, request, tried);
    return new Admission(Future.succeededFuture(lease), () -> {});
  }

  /**
   * Closes this node's tunnels of a member: each in an orderly way at a random time within the
   * spread, and what is still open {@link PoolSpec.Drain#hardStop} later at once. The member takes
   * nobody meanwhile ({@link MemberState#CLOSING}), and is then again what the operator wants.
   *
   * @return how many there are
   */
  public int closeTunnels(Member member, Duration spread) {
    return member.tunnels();
  }

  void released(Lease lease) {
    lease.member().count(lease.traffic()).decrementAndGet();
  }
}
