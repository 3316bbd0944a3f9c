package dev.selvedge.router;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Time that passes when a test says so, and chance from a seed. One thread. */
final class FakeTiming implements Timing {
  private static final class Alarm implements Timer {
    private final long at;
    private final long order;
    private final Runnable task;
    private boolean cancelled;

    Alarm(long at, long order, Runnable task) {
      this.at = at;
      this.order = order;
      this.task = task;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final Random random;
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.comparingLong((Alarm alarm) -> alarm.at).thenComparing(alarm -> alarm.order));
  private long now = 1_000_000_000_000L;
  private long order;

  FakeTiming(long seed) {
    random = new Random(seed);
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long epochMillis() {
    return 1_800_000_000_000L + now / 1_000_000;
  }

  @Override
  public Timer after(long nanos, Runnable task) {
    Alarm alarm = new Alarm(now + Math.max(1, nanos), order++, task);
    alarms.add(alarm);
    return alarm;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /** Calls the task again and again. */
  void every(Duration period, Runnable task) {
    after(
        period.toNanos(),
        () -> {
          task.run();
          every(period, task);
        });
  }

  void pass(Duration time) {
    passUntil(now + time.toNanos());
  }

  void passMillis(long millis) {
    pass(Duration.ofMillis(millis));
  }

  private void passUntil(long end) {
    while (!alarms.isEmpty() && alarms.peek().at <= end) {
      Alarm next = alarms.remove();
      if (!next.cancelled) {
        now = next.at;
        next.task.run();
      }
    }
    now = end;
  }

  /** Timers that have not rung and are not cancelled. */
  long pending() {
    return alarms.stream().filter(alarm -> !alarm.cancelled).count();
  }
}
