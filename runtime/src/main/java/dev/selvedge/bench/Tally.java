package dev.selvedge.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What one event loop has counted. Confined to it, but for {@link #received}. */
final class Tally {
  static final int DIGITS = 3;

  private final Histogram latencies = new Histogram(DIGITS);
  private final AtomicLong received = new AtomicLong();
  private long measured;
  private long unexpected;

  /** Counts what was sent, or was to be sent, at one time and came back at another. */
  void reply(Window window, long sent, long now) {
    received.lazySet(received.getPlain() + 1);
    if (window.measures(now)) {
      measured++;
    }
    if (window.measures(sent)) {
      latencies.recordValue(Math.max(0, now - sent));
    }
  }

  void unexpected() {
    unexpected++;
  }

  void addTo(Tally sum) {
    sum.latencies.add(latencies);
    sum.received.addAndGet(received.get());
    sum.measured += measured;
    sum.unexpected += unexpected;
  }

  /** All replies so far. Thread-safe; a little late. */
  long received() {
    return received.get();
  }

  /** Replies that came within the measurement. */
  long measured() {
    return measured;
  }

  /** Messages that were no reply to ours. */
  long unexpectedMessages() {
    return unexpected;
  }

  /** From the (intended) sending to the reply, in ns, of messages sent within the measurement. */
  Histogram latencies() {
    return latencies;
  }
}
