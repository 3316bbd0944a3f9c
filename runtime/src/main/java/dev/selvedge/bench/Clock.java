package dev.selvedge.bench;

import java.util.function.Supplier;

/** Waits, and shows the progress once a second. {@link System#nanoTime} is the time. */
final class Clock {
  private static final long SECOND = 1_000_000_000L;

  private final Progress progress;
  private long nextShow = System.nanoTime() + SECOND;

  Clock(Progress progress) {
    this.progress = progress;
  }

  void sleepUntil(long nanos, Supplier<String> line) throws InterruptedException {
    for (long now = System.nanoTime(); now < nanos; now = System.nanoTime()) {
      if (now >= nextShow) {
        progress.show(line.get());
        nextShow = now + SECOND;
      }
      long pause = Math.min(nanos, nextShow) - now;
      if (pause > 0) {
        Thread.sleep(pause / 1_000_000, (int) (pause % 1_000_000));
      }
    }
  }
}
