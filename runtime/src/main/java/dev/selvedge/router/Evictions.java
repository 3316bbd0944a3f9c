package dev.selvedge.router;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Which members' tunnels are being closed. With the pool's lock held. */
final class Evictions {
  private final Admissions pool;
  private final Timing timing;

  Evictions(Admissions pool, Timing timing) {
    this.pool = pool;
    this.timing = timing;
  }

  /** Begins, or begins anew with the tunnels that there are; tells how many. */
  int begin(Member member, Duration spread, Duration hardStop, List<Runnable> then) {
    Eviction before = member.eviction();
    if (before != null) {
      before.cancel();
    }
    Set<Lease> leases = member.leases();
    if (leases.isEmpty()) {
      return 0;
    }
    Eviction eviction = new Eviction(leases, spread, hardStop, timing.nanos(), timing.random());
    pool.shift(member, () -> member.eviction(eviction), then);
    pool.serve(then);
    step(member, eviction, then);
    return leases.size();
  }

  private void step(Member member, Eviction eviction, List<Runnable> then) {
    if (member.eviction() != eviction) {
      return;
    }
    long now = timing.nanos();
    eviction.due(now).forEach(lease -> then.add(() -> lease.evict("drain")));
    eviction.overdue(now).forEach(lease -> then.add(lease::cut));
    if (eviction.isOver(now)) {
      end(member, then);
    } else {
      eviction.timer(
          timing.after(
              Math.max(1, eviction.next() - now),
              () -> pool.locked(later -> step(member, eviction, later))));
    }
  }

  /** A tunnel has ended, whatever the cause. */
  void ended(Lease lease, List<Runnable> then) {
    Member member = lease.member();
    Eviction eviction = member.eviction();
    if (eviction != null) {
      eviction.ended(lease);
      if (eviction.isOver(timing.nanos())) {
        end(member, then);
      }
    }
  }

  private void end(Member member, List<Runnable> then) {
    Eviction over = member.eviction();
    if (over != null) {
      over.cancel();
    }
    pool.shift(member, () -> member.eviction(null), then);
    pool.serve(then);
  }
}
