package dev.selvedge.bench;

import java.time.Duration;

/**
 * The times of a run under load, as of {@link System#nanoTime}.
 *
 * @param begin the first message is sent
 * @param from the warm-up ends, the measurement begins
 * @param until the last message is sent
 */
record Window(long begin, long from, long until) {
  static Window starting(long begin, Load load) {
    long from = begin + load.warmup().toNanos();
    return new Window(begin, from, from + load.duration().toNanos());
  }

  boolean measures(long nanos) {
    return nanos - from >= 0 && nanos - until < 0;
  }

  Duration measured() {
    return Duration.ofNanos(until - from);
  }
}
