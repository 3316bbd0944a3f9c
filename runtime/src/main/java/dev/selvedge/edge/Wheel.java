package dev.selvedge.edge;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one event loop's connections: a hashed wheel of intrusive lists, so that a
 * deadline costs two links and no task of its own, and moving one costs nothing until it fires.
 * Every live connection is linked here, with a deadline or {@link #park parked} without, which also
 * makes this the list of the loop's connections.
 *
 * <p>Confined to its event loop. Deadlines fire late by at most one tick; the wheel turns only
 * while something is linked.
 */
public final class Wheel {
  /** Whose deadline it is. */
  public interface Owner {
    /** The timer has fired and is unlinked: link it again, or be over. */
    void onDeadline();

    /** The listener is being closed: close now. */
    void onShutdown();

    /** The listener takes no more connections: close if nothing is going on. */
    default void onDrain() {}
  }

  /** One owner's deadline: linked into at most one list. */
  public static final class Timer {
    private final @Nullable Owner owner;
    private @Nullable Timer prev;
    private @Nullable Timer next;
    private int due;

    public Timer(@Nullable Owner owner) {
      this.owner = owner;
    }

    boolean linked() {
      return prev != null;
    }
  }

  static final int TICK_MILLIS = 100;
  private static final int SLOTS = 512;

  private final EventLoop loop;
  private final long origin = System.nanoTime();
  private final Timer[] slots = new Timer[SLOTS];
  private final Timer parked = emptyList();
  private final Timer firing = emptyList();
  private int now;
  private int linked;
  private @Nullable Future<?> turning;

  public Wheel(EventLoop loop) {
    this.loop = loop;
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = emptyList();
    }
  }

  private static Timer emptyList() {
    Timer head = new Timer(null);
    head.prev = head;
    head.next = head;
    return head;
  }

  /** The current tick; compare ticks only by their difference. Exact while anything is linked. */
  public int now() {
    return now;
  }

  /** A duration in ticks, rounded up, at least one. */
  public static int ticks(Duration duration) {
    long ticks = duration.toMillis() / TICK_MILLIS + 1;
    return (int) Math.min(ticks, Integer.MAX_VALUE / 2);
  }

  /** Links the timer to fire after so many ticks, wherever it was linked before. */
  public void arm(Timer timer, int ticks) {
    start();
    unlink(timer);
    timer.due = now + Math.max(1, ticks);
    link(slots[timer.due & (SLOTS - 1)], timer);
  }

  public void arm(Timer timer, Duration after) {
    arm(timer, ticks(after));
  }

  /** Links the timer without a deadline. */
  public void park(Timer timer) {
    start();
    unlink(timer);
    link(parked, timer);
  }

  public void cancel(Timer timer) {
    unlink(timer);
  }

  int size() {
    return linked;
  }

  /** Runs an action for each linked owner; the action may link and unlink. */
  public void forEach(Consumer<Owner> action) {
    List<Owner> owners = new ArrayList<>(linked);
    collect(parked, owners);
    for (Timer slot : slots) {
      collect(slot, owners);
    }
    owners.forEach(action);
  }

  private static void collect(Timer head, List<Owner> owners) {
    for (Timer timer = head.next; timer != null && timer != head; timer = timer.next) {
      if (timer.owner != null) {
        owners.add(timer.owner);
      }
    }
  }

  private void start() {
    if (turning == null) {
      now = elapsed();
      turning =
          loop.scheduleAtFixedRate(this::turn, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private int elapsed() {
    return (int) ((System.nanoTime() - origin) / (TICK_MILLIS * 1_000_000L));
  }

  private void turn() {
    int target = elapsed();
    int behind = Math.min(target - now, SLOTS);
    now = target;
    for (int i = behind - 1; i >= 0; i--) {
      gatherDue(slots[(target - i) & (SLOTS - 1)]);
    }
    fire();
    if (linked == 0 && turning != null) {
      turning.cancel(false);
      turning = null;
    }
  }

  private void gatherDue(Timer head) {
    Timer timer = head.next;
    while (timer != null && timer != head) {
      Timer following = timer.next;
      if (now - timer.due >= 0) {
        unlink(timer);
        link(firing, timer);
      }
      timer = following;
    }
  }

  /**
   * A callback may cancel timers that wait in {@code firing}, hence one at a time from its head.
   */
  private void fire() {
    for (Timer timer = firing.next; timer != null && timer != firing; timer = firing.next) {
      unlink(timer);
      if (timer.owner != null) {
        timer.owner.onDeadline();
      }
    }
  }

  private void link(Timer head, Timer timer) {
    Timer last = head.prev;
    timer.prev = last;
    timer.next = head;
    head.prev = timer;
    if (last != null) {
      last.next = timer;
    }
    linked++;
  }

  private void unlink(Timer timer) {
    Timer before = timer.prev;
    Timer after = timer.next;
    if (before != null && after != null) {
      before.next = after;
      after.prev = before;
      timer.prev = null;
      timer.next = null;
      linked--;
    }
  }
}
