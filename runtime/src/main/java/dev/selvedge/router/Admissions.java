package dev.selvedge.router;

import dev.selvedge.router.RouterException.Reason;
import dev.selvedge.router.Selection.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets in, and where: the members of a pool, the clients that wait, and each connection from
 * the pick to its one release. Any thread.
 *
 * <p>One lock guards all of it, for short. What touches others (promises, tunnels that are to
 * close) happens after it, in the order in which it was decided.
 */
final class Admissions {
  /** Clients that may wait for an answer about slots, even if the queue has no place for them. */
  private static final int ASKING = 256;

  /** Tunnels that were opened together are not closed together. */
  private static final double AGE_JITTER = 0.2;

  private final Pool pool;
  private final Timing timing;
  private final Slots slots;
  private final Selection selection;
  private final Evictions evictions;
  private final PoolMembers members;
  private final WaitingLine line = new WaitingLine();
  private PoolSpec spec;
  private int waiting;
  private Timing.@Nullable Timer wake;
  private long wakeAt;

  Admissions(Pool pool, PoolSpec spec, Timing timing, LoadBoard board, Slots slots) {
    this.pool = pool;
    this.spec = spec;
    this.timing = timing;
    this.slots = slots;
    this.members = new PoolMembers(this, timing, board, slots);
    this.selection = new Selection(timing, board, slots);
    this.evictions = new Evictions(this, timing);
    locked(then -> follow(spec, false, then));
  }

  /** What is done with the lock held; it adds what is to be done after it. */
  interface Step {
    void run(List<Runnable> then);
  }

  void locked(Step step) {
    List<Runnable> then = new ArrayList<>(2);
    synchronized (this) {
      step.run(then);
    }
    then.forEach(Runnable::run);
  }

  // ---- members

  void update(PoolSpec changed) {
    locked(
        then -> {
          follow(changed, true, then);
          serve(then);
        });
  }

  /** The members, and those that left and still have connections. */
  synchronized List<Member> members() {
    return members.all();
  }

  synchronized List<Member> present() {
    return List.copyOf(members.present());
  }

  synchronized double weight(Member member) {
    return selection.weight(spec, members.present(), member);
  }

  synchronized int waiting() {
    return waiting;
  }

  /** Health, agent: whatever changes a member's state. */
  void change(Member member, Runnable change) {
    locked(
        then -> {
          boolean wasHealthy = member.isHealthy();
          shift(member, change, then);
          if (wasHealthy
              && !member.isHealthy()
              && spec.health().onDown() == PoolSpec.OnDown.CLOSE_PACED) {
            evictions.begin(member, spec.drain().spread(), spec.drain().hardStop(), then);
          }
          serve(then);
        });
  }

  /** A change of state and what follows from it for slow start and for those who wait. */
  void shift(Member member, Runnable change, List<Runnable> then) {
    MemberState before = member.state();
    change.run();
    MemberState after = member.state();
    if (after.takesNew() && !before.takesNew()) {
      member.slowStart().begin(timing.nanos());
    }
    if (!after.takesSticky()) {
      member.line().removeAll().forEach(waiter -> moveOn(member, waiter, then));
    }
  }

  /** The member takes a client that waited for it no more. */
  private void moveOn(Member member, Waiter waiter, List<Runnable> then) {
    if (spec.sticky().strict()) {
      member.tally().queued().decrementAndGet();
      member.counters().stickyMisses.increment();
      refuse(waiter, Reason.MEMBER_GONE, then);
    } else {
      rehome(member, waiter);
    }
  }

  /** A client that waited for its member goes to the pool's line. */
  private void rehome(Member member, Waiter waiter) {
    member.tally().queued().decrementAndGet();
    member.counters().stickyMisses.increment();
    waiter.bond(waiter.bond().broken());
    waiter.await(null);
    line.add(waiter);
  }

  int closeTunnels(Member member, Duration spread) {
    if (!member.isOf(this)) {
      throw new IllegalArgumentException("member " + member + " (expected: one of this pool)");
    }
    int[] closing = new int[1];
    locked(
        then ->
            closing[0] =
                evictions.begin(
                    member, members.paced(member, spread), spec.drain().hardStop(), then));
    return closing[0];
  }

  private void follow(PoolSpec changed, boolean later, List<Runnable> then) {
    spec = changed;
    members.follow(changed, later, then);
    if (members.isEmpty()) {
      line.removeAll().forEach(waiter -> refuse(waiter, Reason.NO_MEMBER, then));
    }
  }

  // ---- clients

  /** The waiter's tie is known: it gets its place, waits for one, or is refused. */
  void enter(Waiter waiter) {
    locked(
        then -> {
          if (waiter.isGone()) {
            refuse(waiter, Reason.ABANDONED, then);
            return;
          }
          Member tied = waiter.bond().member();
          if (tied == null) {
            balance(waiter, then);
          } else if (tied.state().takesSticky() && !waiter.tried().contains(tied)) {
            stick(waiter, tied, then);
          } else if (spec.sticky().strict()) {
            tied.counters().stickyMisses.increment();
            refuse(waiter, Reason.MEMBER_GONE, then);
          } else {
            tied.counters().stickyMisses.increment();
            waiter.bond(waiter.bond().broken());
            balance(waiter, then);
          }
        });
  }

  private void stick(Waiter waiter, Member tied, List<Runnable> then) {
    boolean first = tied.line().size(waiter.traffic()) == 0;
    Room room = tied.room(waiter.traffic(), slots, timing.nanos());
    if (room == Room.FULL) {
      tied.counters().limitHits.increment();
    }
    if (first && room == Room.FREE || room == Room.FULL && mayExceed()) {
      grant(waiter, tied, then);
    } else if (room == Room.FULL && spec.sticky().atLimit() == PoolSpec.AtLimit.REBALANCE) {
      tied.counters().stickyMisses.increment();
      waiter.bond(waiter.bond().broken());
      balance(waiter, then);
    } else {
      await(waiter, tied, room, then);
      serve(then);
    }
  }

  private boolean mayExceed() {
    return spec.sticky().atLimit() == PoolSpec.AtLimit.EXCEED;
  }

  private void balance(Waiter waiter, List<Runnable> then) {
    Choice choice = selection.choose(spec, members.present(), waiter);
    Member member = choice.member();
    boolean first = line.size(waiter.traffic()) == 0 || !waiter.tried().isEmpty();
    if (choice.room() == null) {
      refuse(waiter, Reason.NO_MEMBER, then);
    } else if (member != null && first) {
      grant(waiter, member, then);
    } else {
      await(waiter, null, choice.room(), then);
      serve(then);
    }
  }

  private void await(Waiter waiter, @Nullable Member member, Room room, List<Runnable> then) {
    int places = room == Room.ASKED ? Math.max(ASKING, spec.queue().depth()) : spec.queue().depth();
    if (waiting >= places) {
      refuse(waiter, Reason.QUEUE_FULL, then);
      return;
    }
    waiting++;
    waiter.await(member);
    if (member == null) {
      line.add(waiter);
    } else {
      member.line().add(waiter);
      member.tally().queued().incrementAndGet();
    }
    waiter.deadline(
        timing.after(
            spec.queue().timeout().toNanos(), () -> withdraw(waiter, Reason.QUEUE_TIMEOUT)));
  }

  /** Takes it out of its line, if it is in one; else it will not get into one. */
  void withdraw(Waiter waiter, Reason why) {
    locked(
        then -> {
          Member awaited = waiter.awaited();
          WaitingLine where = awaited == null ? line : awaited.line();
          if (!where.remove(waiter)) {
            waiter.gone();
            return;
          }
          if (awaited != null) {
            awaited.tally().queued().decrementAndGet();
            members.forgetIfIdle(awaited);
          }
          refuse(waiter, why, then);
          serve(then);
        });
  }

  private void refuse(Waiter waiter, Reason why, List<Runnable> then) {
    stopWaiting(waiter);
    RouterException refusal =
        new RouterException(why, Refusals.text(why, spec), Refusals.retryAfter(spec, timing));
    then.add(() -> waiter.fail(refusal));
  }

  private void stopWaiting(Waiter waiter) {
    if (waiter.isWaiting()) {
      waiting--;
      waiter.stopWaiting();
    }
    waiter.await(null);
  }

  private void grant(Waiter waiter, Member member, List<Runnable> then) {
    stopWaiting(waiter);
    Lease lease = new Lease(pool, member, waiter);
    member.tally().pick(waiter.traffic());
    if (lease.stickiness() == Lease.Stickiness.HIT) {
      member.counters().stickyHits.increment();
    }
    if (waiter.traffic() == Traffic.TUNNEL) {
      member.bucket().take(timing.nanos());
      member.leases().add(lease);
      limitAge(lease);
    }
    then.add(() -> waiter.complete(lease));
  }

  private void limitAge(Lease lease) {
    long age = spec.drain().maxTunnelAge().toNanos();
    if (age > 0) {
      double share = 1 + AGE_JITTER * (2 * timing.random().nextDouble() - 1);
      Duration hardStop = spec.drain().hardStop();
      lease.ageing(timing.after((long) (age * share), () -> grownOld(lease, hardStop)));
    }
  }

  private void grownOld(Lease lease, Duration hardStop) {
    lease.ageing(timing.after(Math.max(1, hardStop.toNanos()), lease::cut));
    lease.evict("age");
  }

  /** Called once for each lease. */
  void release(Lease lease) {
    locked(
        then -> {
          Member member = lease.member();
          member.tally().of(lease.traffic()).decrementAndGet();
          member.leases().remove(lease);
          if (member.limit(lease.traffic()) > 0) {
            slots.released(member.allotment(lease.traffic()));
          }
          evictions.ended(lease, then);
          members.forgetIfIdle(member);
          serve(then);
        });
  }

  // ---- those who wait

  /** Gives what is free to those who wait: each member's own line before the pool's. */
  void serve(List<Runnable> then) {
    if (waiting == 0) {
      return;
    }
    for (Traffic traffic : Traffic.values()) {
      for (Member member : List.copyOf(members.present())) {
        member.line().serve(traffic, waiter -> serveSticky(member, waiter, then));
      }
      line.serve(traffic, waiter -> serveAny(waiter, then));
    }
    if (waiting > 0) {
      wakeForTokens();
    }
  }

  private boolean serveSticky(Member member, Waiter waiter, List<Runnable> then) {
    Room room = member.room(waiter.traffic(), slots, timing.nanos());
    if (room == Room.FREE || room == Room.FULL && mayExceed()) {
      member.tally().queued().decrementAndGet();
      grant(waiter, member, then);
      return true;
    }
    if (room == Room.FULL && spec.sticky().atLimit() == PoolSpec.AtLimit.REBALANCE) {
      rehome(member, waiter);
      return true;
    }
    return false;
  }

  private boolean serveAny(Waiter waiter, List<Runnable> then) {
    Member member = selection.choose(spec, members.present(), waiter).member();
    if (member == null) {
      return false;
    }
    grant(waiter, member, then);
    return true;
  }

  /** Tokens come with time, and nothing else tells. */
  private void wakeForTokens() {
    long now = timing.nanos();
    members.present().stream()
        .filter(member -> member.state().takesSticky() && !member.bucket().has(now))
        .mapToLong(member -> now + member.bucket().untilNext(now))
        .min()
        .ifPresent(this::wakeAt);
  }

  private void wakeAt(long at) {
    if (wake != null && wakeAt - at <= 0) {
      return;
    }
    if (wake != null) {
      wake.cancel();
    }
    wakeAt = at;
    wake = timing.after(Math.max(1, at - timing.nanos()), () -> locked(this::wakeUp));
  }

  private void wakeUp(List<Runnable> then) {
    wake = null;
    serve(then);
  }

  // ---- slots

  /** Does something with the slots of a member; then those who wait get what there is. */
  void settle(Runnable change) {
    locked(
        then -> {
          change.run();
          serve(then);
        });
  }

  /** How many wait for such a slot; with the lock held. */
  int waitingFor(Member member, Traffic traffic) {
    int share = Math.max(1, members.size());
    return member.line().size(traffic) + (line.size(traffic) + share - 1) / share;
  }
}
