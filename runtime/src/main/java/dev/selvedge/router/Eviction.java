package dev.selvedge.router;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The closing of a member's tunnels: each gets a random moment within the spread, so that the
 * clients come back evenly; what is open some time after that is cut. Guarded by the pool, which
 * asks for what is due.
 */
final class Eviction {
  private record Appointment(long at, Lease lease) {}

  private final ArrayDeque<Appointment> appointments = new ArrayDeque<>();
  private final Set<Lease> open;
  private final long cutAt;
  private Timing.@Nullable Timer timer;

  Eviction(
      Collection<Lease> leases, Duration spread, Duration hardStop, long now, RandomGenerator any) {
    this.open = new HashSet<>(leases);
    this.cutAt = now + spread.toNanos() + hardStop.toNanos();
    List<Long> moments = new ArrayList<>();
    leases.forEach(lease -> moments.add(now + any.nextLong(spread.toNanos() + 1)));
    moments.sort(null);
    List<Lease> order = shuffled(leases, any);
    for (int i = 0; i < order.size(); i++) {
      appointments.add(new Appointment(moments.get(i), order.get(i)));
    }
  }

  private static List<Lease> shuffled(Collection<Lease> leases, RandomGenerator any) {
    List<Lease> order = new ArrayList<>(leases);
    for (int i = order.size() - 1; i > 0; i--) {
      java.util.Collections.swap(order, i, any.nextInt(i + 1));
    }
    return order;
  }

  /** Takes out the tunnels that are to be closed by now and are still open. */
  List<Lease> due(long now) {
    List<Lease> due = new ArrayList<>();
    while (!appointments.isEmpty() && appointments.peek().at - now <= 0) {
      Lease lease = appointments.remove().lease;
      if (open.contains(lease)) {
        due.add(lease);
      }
    }
    return due;
  }

  /** The tunnels that have had all the time there is. */
  Set<Lease> overdue(long now) {
    return now - cutAt >= 0 ? Set.copyOf(open) : Set.of();
  }

  void ended(Lease lease) {
    open.remove(lease);
  }

  boolean isOver(long now) {
    return open.isEmpty() || now - cutAt >= 0;
  }

  /** When to look again. */
  long next() {
    return appointments.isEmpty() ? cutAt : appointments.peek().at;
  }

  void timer(Timing.Timer next) {
    timer = next;
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
