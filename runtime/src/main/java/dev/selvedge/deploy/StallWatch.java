package dev.selvedge.deploy;

import dev.selvedge.fabric.Lane;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notices event loops that are blocked and names the function that blocks them. A thread of its own
 * asks each lane for a sign of life and reads the stack of one that does not give it in time.
 */
final class StallWatch {
  private static final Logger LOG = System.getLogger(StallWatch.class.getName());
  private static final int REMEMBERED = 100;
  private static final int FRAMES = 12;

  /** One lane's sign of life. Guarded by the watch thread, but for the volatile fields. */
  private static final class Pulse {
    final Lane lane;
    volatile @Nullable Thread thread;
    volatile boolean answered = true;
    long askedAt;
    Instant askedWhen = Instant.now();
    @Nullable Stall stall;

    Pulse(Lane lane) {
      this.lane = lane;
    }

    void ask() {
      answered = false;
      askedAt = System.nanoTime();
      askedWhen = Instant.now();
      lane.context()
          .runOnContext(
              alive -> {
                thread = Thread.currentThread();
                answered = true;
              });
    }
  }

  private final List<Pulse> pulses = new ArrayList<>();
  private final Duration limit;
  private final Thread watcher;
  private final Map<String, Integer> counts = new HashMap<>();
  private final Deque<Stall> stalls = new ArrayDeque<>();
  private volatile boolean ended;

  StallWatch(List<Lane> lanes, Duration limit) {
    lanes.forEach(lane -> pulses.add(new Pulse(lane)));
    this.limit = limit;
    this.watcher = new Thread(this::watch, "selvedge-stall-watch");
    watcher.setDaemon(true);
  }

  void start() {
    watcher.start();
  }

  void close() {
    ended = true;
    watcher.interrupt();
  }

  /** The last hundred stalls, newest first. Any thread. */
  synchronized List<Stall> stalls() {
    return List.copyOf(stalls);
  }

  private void watch() {
    long pause = Math.max(10, limit.toMillis() / 5);
    while (!ended) {
      pulses.forEach(this::check);
      try {
        Thread.sleep(pause);
      } catch (InterruptedException end) {
        return;
      }
    }
  }

  private void check(Pulse pulse) {
    long waited = Duration.ofNanos(System.nanoTime() - pulse.askedAt).toMillis();
    Stall stall = pulse.stall;
    if (pulse.answered) {
      if (stall != null) {
        pulse.stall = null;
        replace(
            stall,
            new Stall(
                stall.function(),
                stall.version(),
                stall.lane(),
                stall.since(),
                stall.count(),
                stall.millis(),
                true,
                stall.where()));
      }
      pulse.ask();
    } else if (stall != null) {
      pulse.stall =
          replace(
              stall,
              new Stall(
                  stall.function(),
                  stall.version(),
                  stall.lane(),
                  stall.since(),
                  stall.count(),
                  waited,
                  false,
                  stall.where()));
    } else if (waited >= limit.toMillis()) {
      pulse.stall = found(pulse, waited);
    }
  }

  private Stall found(Pulse pulse, long waited) {
    Thread thread = pulse.thread;
    StackTraceElement[] stack = thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    String label = culprit(stack).orElse("runtime@0");
    int at = label.lastIndexOf('@');
    int count = counts.merge(label, 1, Integer::sum);
    Stall stall =
        new Stall(
            label.substring(0, at),
            Integer.parseInt(label.substring(at + 1)),
            pulse.lane.index(),
            pulse.askedWhen,
            count,
            waited,
            false,
            top(stack));
    LOG.log(
        Level.WARNING,
        () ->
            "event loop blocked function="
                + label
                + " lane="
                + stall.lane()
                + " millis="
                + waited
                + "\n"
                + stall.where());
    remember(stall);
    return stall;
  }

  /** {@code <name>@<version>} of the topmost frame that is a function's. */
  private static Optional<String> culprit(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      Optional<String> function = FunctionClassLoader.functionOf(frame.getClassLoaderName());
      if (function.isPresent()) {
        return function;
      }
    }
    return Optional.empty();
  }

  private static String top(StackTraceElement[] stack) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Math.min(FRAMES, stack.length); i++) {
      lines.add(stack[i].toString());
    }
    return String.join("\n", lines);
  }

  private synchronized void remember(Stall stall) {
    stalls.addFirst(stall);
    if (stalls.size() > REMEMBERED) {
      stalls.removeLast();
    }
  }

  private synchronized Stall replace(Stall old, Stall next) {
    List<Stall> all = new ArrayList<>(stalls);
    int at = all.indexOf(old);
    if (at >= 0) {
      all.set(at, next);
      stalls.clear();
      stalls.addAll(all);
    }
    return next;
  }
}
