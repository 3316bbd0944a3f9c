package dev.selvedge.edge;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/** How many connections each client address holds over all event loops. Any thread. */
final class AddressLimit {
  private final int limit;
  private final ConcurrentHashMap<InetAddress, Integer> held = new ConcurrentHashMap<>();

  /**
   * @param limit 0 for none
   */
  AddressLimit(int limit) {
    this.limit = limit;
  }

  /** Takes a place; each success must be followed by one {@link #release}. */
  boolean acquire(InetAddress address) {
    int now = held.merge(address, 1, Integer::sum);
    if (limit > 0 && now > limit) {
      release(address);
      return false;
    }
    return true;
  }

  void release(InetAddress address) {
    held.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  /** Addresses that hold a connection. */
  int addresses() {
    return held.size();
  }

  /** Connections of all addresses. */
  int total() {
    return held.values().stream().mapToInt(Integer::intValue).sum();
  }
}
