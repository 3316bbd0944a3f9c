package dev.selvedge.router;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is under way at a member: on this node exactly, over all routers as an estimate. Any thread.
 */
final class Tally {
  /**
   * The other routers' part of the estimate.
   *
   * @param base the sum over them of what each reported, less what this node had at that time
   * @param routers how many they are, this node included
   */
  private record Others(long base, int routers) {}

  private final String key;
  private final AtomicInteger tunnels = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
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

  void others(long base, int routers) {
    others = new Others(base, routers);
  }

  /** Connections and waiting clients over all routers; see {@link LoadBoard}. */
  long estimate() {
    Others now = others;
    int own = load();
    return Math.max(own, now.base + (long) now.routers * own);
  }
}
