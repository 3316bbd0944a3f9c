package dev.selvedge.protocol;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when the test says so. */
public final class FakeClock implements LaneClock {
  private record Task(long at, long order, Runnable task) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
  private long now = 1_000_000;
  private long order;

  /** Runs what is due until then. */
  public void pass(long millis) {
    long until = now + millis;
    while (!tasks.isEmpty() && tasks.peek().at() <= until) {
      Task next = tasks.poll();
      now = next.at();
      next.task().run();
    }
    now = until;
  }

  @Override
  public long millis() {
    return now;
  }

  @Override
  public Deadline deadline(Runnable action) {
    return new Deadline() {
      private Runnable cancel = () -> {};

      @Override
      public void in(long millis) {
        cancel.run();
        cancel = after(Math.max(1, millis), action);
      }

      @Override
      public void cancel() {
        cancel.run();
      }
    };
  }

  @Override
  public Runnable after(long millis, Runnable task) {
    Task added = new Task(now + millis, order++, task);
    tasks.add(added);
    return () -> tasks.remove(added);
  }

  @Override
  public void soon(Runnable task) {
    after(0, task);
  }
}
