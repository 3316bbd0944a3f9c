package dev.selvedge.router;

import dev.selvedge.fabric.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who holds how many slots of each limit, kept by the one node that grants them: the oldest. The
 * sum of what it has granted never exceeds the limit, as long as this holds:
 *
 * <ul>
 *   <li>A node that has left may live on, cut off, with what it holds. So its slots stay taken for
 *       {@link #LEASE}; without an answer for that long a holder uses no slot that is free.
 *   <li>A new owner knows nothing. For {@link #LEASE} it confirms what the nodes say they hold and
 *       grants nothing more; by then all have said it, and the leases of the vanished are over.
 *   <li>A node that joins may hold something too, if it was cut off: until it has said what, and no
 *       longer than {@link #LEASE}, nothing more is granted.
 * </ul>
 *
 * <p>Parts of a cluster that are apart for longer each fill the limit. Any thread; never calls
 * back.
 */
final class SlotLedger {
  static final Duration LEASE = Duration.ofSeconds(5);

  /** For so long after a want for slots all holders give back what they do not use. */
  private static final Duration SCARCE = Duration.ofSeconds(3);

  /**
   * What a node says of one limit.
   *
   * @param used connections that it has
   * @param held slots that it may fill meanwhile; at least those that it uses
   * @param need slots for its connections and for clients that wait
   * @param want slots that it would like to hold, a reserve included
   */
  record Claim(String key, int limit, int used, int held, int need, int want) {}

  /**
   * What it gets.
   *
   * @param held slots that it may fill
   * @param scarce others wait for slots: keep none that is not used
   * @param settled false: the owner does not know yet whether there are more
   */
  record Grant(String key, int held, boolean scarce, boolean settled) {}

  private record Kept(int slots, long until) {}

  /** One limit. */
  private static final class Book {
    final Map<NodeId, Integer> taken = new HashMap<>();
    final List<Kept> ofVanished = new ArrayList<>();
    long scarceUntil;
    boolean everScarce;
  }

  private final Timing timing;
  private final Map<String, Book> books = new HashMap<>();
  private final Map<NodeId, Long> unheard = new HashMap<>();
  private boolean leading;
  private long growsFrom;

  SlotLedger(Timing timing) {
    this.timing = timing;
  }

  /**
   * This node is the owner from now on.
   *
   * @param first there was none before it
   */
  synchronized void lead(boolean first) {
    if (!leading) {
      leading = true;
      books.clear();
      unheard.clear();
      growsFrom = timing.nanos() + (first ? 0 : LEASE.toNanos());
    }
  }

  /** Another node is the owner. */
  synchronized void follow() {
    leading = false;
  }

  synchronized boolean isLeading() {
    return leading;
  }

  synchronized void joined(NodeId node) {
    unheard.put(node, timing.nanos() + LEASE.toNanos());
  }

  synchronized void left(NodeId node) {
    unheard.remove(node);
    long until = timing.nanos() + LEASE.toNanos();
    for (Book book : books.values()) {
      Integer slots = book.taken.remove(node);
      if (slots != null) {
        book.ofVanished.add(new Kept(slots, until));
      }
    }
  }

  /** The node has said all that it holds, with the claims that come now. */
  synchronized void heard(NodeId node) {
    unheard.remove(node);
  }

  synchronized Grant claim(NodeId node, Claim claim) {
    long now = timing.nanos();
    Book book = books.computeIfAbsent(claim.key(), key -> new Book());
    book.ofVanished.removeIf(kept -> kept.until - now <= 0);
    int others = othersThan(node, book);
    boolean settled = isSettled(now);
    int most = settled ? claim.limit() - others : claim.held();
    int granted = Math.max(0, Math.min(claim.want(), most));
    // What it is to give back is taken until it says that it has.
    take(node, book, Math.max(granted, claim.held()));
    if (settled && granted < claim.need()) {
      book.everScarce = true;
      book.scarceUntil = now + SCARCE.toNanos();
    }
    boolean scarce = book.everScarce && book.scarceUntil - now > 0;
    if (book.taken.isEmpty() && book.ofVanished.isEmpty()) {
      books.remove(claim.key());
    }
    return new Grant(claim.key(), granted, scarce, settled);
  }

  private boolean isSettled(long now) {
    unheard.values().removeIf(until -> until - now <= 0);
    return growsFrom - now <= 0 && unheard.isEmpty();
  }

  private static int othersThan(NodeId node, Book book) {
    int sum = book.ofVanished.stream().mapToInt(Kept::slots).sum();
    for (Map.Entry<NodeId, Integer> entry : book.taken.entrySet()) {
      sum += entry.getKey().equals(node) ? 0 : entry.getValue();
    }
    return sum;
  }

  private static void take(NodeId node, Book book, int slots) {
    if (slots == 0) {
      book.taken.remove(node);
    } else {
      book.taken.put(node, slots);
    }
  }

  /** How many limits have slots that are taken. */
  synchronized int limits() {
    return books.size();
  }
}
