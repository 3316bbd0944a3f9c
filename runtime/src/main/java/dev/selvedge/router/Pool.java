package dev.selvedge.router;

import dev.selvedge.router.PoolSpec.Policy;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A live pool on this node. Any thread. */
public final class Pool {
  private final String name;
  private final Pools pools;
  private final Ties ties;
  private final Admissions admissions;
  private volatile PoolSpec spec;

  Pool(PoolSpec spec, Pools pools) {
    this.name = spec.name();
    this.pools = pools;
    this.spec = spec;
    this.ties = pools.ties(name);
    this.admissions = pools.admissions(this, spec);
    ties.members(admissions.present());
  }

  public String name() {
    return name;
  }

  public PoolSpec spec() {
    return spec;
  }

  /**
   * Follows a new definition; nothing that is connected is touched. What is taken out stays in
   * {@link #members} as {@link MemberState#DRAINING} until its last connection has ended.
   */
  public synchronized void update(PoolSpec changed) {
    if (!changed.name().equals(name)) {
      throw new IllegalArgumentException("pool " + changed.name() + " (expected: " + name + ")");
    }
    spec = changed;
    admissions.update(changed);
    ties.members(admissions.present());
  }

  /** Those that are wanted, then those that were taken out and have connections left. */
  public Collection<Member> members() {
    return admissions.members();
  }

  /** The member with that address, also one that was taken out and has connections left. */
  public Optional<Member> member(String address) {
    return members().stream().filter(member -> member.address().equals(address)).findFirst();
  }

  /** Clients that wait for a member, all lines together. */
  public int waiting() {
    return admissions.waiting();
  }

  /**
   * Closes this node's tunnels of a member: each in an orderly way at a random time of its own part
   * of the spread, so that the rate is even, and what is still open {@link PoolSpec.Drain#hardStop}
   * later at once. The member takes nobody meanwhile ({@link MemberState#CLOSING}), and is then
   * again what the operator wants. If the other members take only so many new tunnels a second, the
   * closes are no faster than that.
   *
   * @return how many there are
   */
  public int closeTunnels(Member member, Duration spread) {
    return admissions.closeTunnels(member, spread);
  }

  // ---- clients

  /** A place at a member for a request, now or when one is free. Call it on an event loop. */
  public Admission admit(Traffic traffic, RequestView request) {
    return admit(traffic, request, Set.of());
  }

  Admission admit(Traffic traffic, RequestView request, Set<Member> tried) {
    PoolSpec present = spec;
    Waiter waiter = new Waiter(Asker.here(), traffic, request, key(present, request), tried);
    Future<Bond> found = ties.find(present.sticky(), request);
    if (found.isComplete()) {
      enter(waiter, found.result());
    } else {
      found.onSuccess(bond -> enter(waiter, bond));
    }
    return new Admission(
        waiter.future(), () -> admissions.withdraw(waiter, RouterException.Reason.ABANDONED));
  }

  private void enter(Waiter waiter, Bond bond) {
    waiter.bond(bond);
    admissions.enter(waiter);
  }

  private static @Nullable String key(PoolSpec spec, RequestView request) {
    return spec.policy() instanceof Policy.Hash hash
        ? RequestKeys.value(hash.key(), request)
        : null;
  }

  // ---- for leases

  @Nullable String cookieFor(Member member, @Nullable StickyTicket shown, boolean secure) {
    return ties.cookieFor(spec.sticky(), member, shown, secure);
  }

  void learn(String sessionId, Member member) {
    boolean learns = spec.sticky().by().stream().anyMatch(PoolSpec.Tie.SessionId.class::isInstance);
    if (learns) {
      ties.learned().learn(sessionId, member.address());
    }
  }

  /** What this node itself knows of a session id. */
  Optional<String> learned(String sessionId) {
    return ties.learned().member(sessionId);
  }

  void connected(Member member) {
    pools.listener().connected(this, member);
  }

  void connectFailed(Member member) {
    pools.listener().connectFailed(this, member);
  }

  void released(Lease lease) {
    admissions.release(lease);
  }

  /** Whether nothing is connected and nobody waits. */
  boolean isIdle() {
    return waiting() == 0 && members().stream().allMatch(Member::isIdle);
  }
}
