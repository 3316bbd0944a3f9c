package dev.selvedge.router;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is under way at a member: on this node exactly, over all routers as an estimate. Any thread.
 */
final class Tally {
  /**
   * The other routers' part of the estimate.
   *
   * @param base the sum over them of what each reported, less what this node's own picks stood for
   *     at that time
   * @param each how many of all routers' picks one of this node's stands for
   */
  private record Others(double base, double each) {}

  private final String key;
  private final AtomicInteger tunnels = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
  private final LongAdder picks = new LongAdder();
  private volatile Others others = new Others(0, 1);

  /**
   * @param key names the member in all routers' reports
   */
  Tally(String key) {
    this.key = key;
  }

  String key() {
    return key;
  }

  AtomicInteger of(Traffic traffic) {
    return traffic == Traffic.TUNNEL ? tunnels : requests;
  }

  /** A client gets the member. */
  void pick(Traffic traffic) {
    of(traffic).incrementAndGet();
    picks.increment();
  }

  /** Clients that got the member here. */
  long picks() {
    return picks.sum();
  }

  int tunnels() {
    return tunnels.get();
  }

  int requests() {
    return requests.get();
  }

  /** Sticky clients that wait for the member. */
  AtomicInteger queued() {
    return queued;
  }

  /** Own connections and waiting clients. */
  int load() {
    return tunnels.get() + requests.get() + queued.get();
  }

  void others(double base, double each) {
    others = new Others(base, each);
  }

  /** Connections and waiting clients over all routers; see {@link LoadBoard}. */
  long estimate() {
    Others now = others;
    int own = load();
    return Math.max(own, Math.round(now.base + now.each * own));
  }
}
