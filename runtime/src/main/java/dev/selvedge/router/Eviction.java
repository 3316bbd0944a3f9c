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
 * The closing of a member's tunnels: the spread is cut into as many equal parts as there are
 * tunnels, and each is closed at a random moment of its own part, so that the clients come back at
 * an even rate and in no order; what is open some time after that is cut. Guarded by the pool,
 * which asks for what is due.
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
    List<Lease> order = shuffled(leases, any);
    double part = (double) spread.toNanos() / order.size();
    for (int i = 0; i < order.size(); i++) {
      long at = now + (long) (part * (i + any.nextDouble()));
      appointments.add(new Appointment(at, order.get(i)));
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
