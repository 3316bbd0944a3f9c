package dev.selvedge.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.LongAdder;

/**
 * Durations in a few wide buckets. Made for being called for each message: recording adds to two
 * adders and allocates nothing.
 */
final class LatencyHistogram {
  /** Upper bounds: 64 µs and then four times the one before, up to 4.2 s; the last has none. */
  private static final int BUCKETS = 10;

  private static final long FIRST_BOUND_MICROS = 64;

  private final LongAdder[] counts = new LongAdder[BUCKETS];
  private final LongAdder nanos = new LongAdder();

  LatencyHistogram() {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = new LongAdder();
    }
  }

  void record(long elapsedNanos) {
    long elapsed = Math.max(0, elapsedNanos);
    counts[bucketOf(elapsed)].increment();
    nanos.add(elapsed);
  }

  static int bucketOf(long elapsedNanos) {
    long bound = FIRST_BOUND_MICROS * 1_000;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && elapsedNanos > bound) {
      bucket++;
      bound <<= 2;
    }
    return bucket;
  }

  HistogramDataPointSnapshot snapshot(Labels labels) {
    var buckets = ClassicHistogramBuckets.builder();
    double bound = FIRST_BOUND_MICROS / 1e6;
    for (int i = 0; i < BUCKETS; i++) {
      buckets.bucket(i == BUCKETS - 1 ? Double.POSITIVE_INFINITY : bound, counts[i].sum());
      bound *= 4;
    }
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(nanos.sum() / 1e9)
        .labels(labels)
        .build();
  }
}
