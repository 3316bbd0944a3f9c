package dev.selvedge.session;

import dev.selvedge.config.OutboundPolicy;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a slow client has not been sent yet: bounded in bytes, with a policy at the bound. Confined
 * to the session's lane.
 */
final class Outbox {
  private final ArrayDeque<Outbound> waiting = new ArrayDeque<>();
  private long bytes;

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  @Nullable Outbound poll() {
    Outbound first = waiting.poll();
    if (first != null) {
      bytes -= first.weight();
    }
    return first;
  }

  /** Adds a message at the end, or in the place of one with the same key when conflating. */
  void add(Outbound message, OutboundPolicy policy) {
    if (policy == OutboundPolicy.CONFLATE && message.key() != null) {
      removeKey(message.key());
    }
    waiting.add(message);
    bytes += message.weight();
  }

  /**
   * Drops the oldest events until at most {@code limit} bytes wait; replies stay.
   *
   * @return how many were dropped
   */
  int dropOldest(long limit) {
    int dropped = 0;
    Iterator<Outbound> oldest = waiting.iterator();
    while (bytes > limit && oldest.hasNext()) {
      Outbound message = oldest.next();
      if (message.event() != null) {
        oldest.remove();
        bytes -= message.weight();
        dropped++;
      }
    }
    return dropped;
  }

  private void removeKey(@Nullable String key) {
    Iterator<Outbound> each = waiting.iterator();
    while (each.hasNext()) {
      Outbound message = each.next();
      if (Objects.equals(message.key(), key)) {
        each.remove();
        bytes -= message.weight();
        return;
      }
    }
  }
}
