package dev.selvedge.router;

import java.util.concurrent.atomic.LongAdder;

/** What has happened at a member. Any thread. */
final class MemberCounters {
  final LongAdder stickyHits = new LongAdder();
  final LongAdder stickyMisses = new LongAdder();
  final LongAdder limitHits = new LongAdder();
  final LongAdder connects = new LongAdder();
  final LongAdder connectFailures = new LongAdder();
  final LongAdder connectNanos = new LongAdder();
  final LongAdder handshakes = new LongAdder();
  final LongAdder handshakeNanos = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  volatile long lastConnectNanos;

  void connected(long nanos) {
    if (nanos > 0) {
      connects.increment();
      connectNanos.add(nanos);
      lastConnectNanos = nanos;
    }
  }
}
