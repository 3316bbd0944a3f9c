package dev.selvedge.protocol.raw;

import dev.selvedge.protocol.LaneClock;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The latest messages to a client, numbered from 1 without gaps. Confined to the session's lane.
 */
final class Tail {
  /**
   * @param form the encoded message; shared between sessions
   * @param since when it was added, in ms of {@link LaneClock#millis}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(long seq, byte[] form, long since) {}

  private final Deque<Entry> entries = new ArrayDeque<>();
  private long last;
  private long bytes;

  Entry add(byte[] form, long now) {
    Entry entry = new Entry(++last, form, now);
    entries.addLast(entry);
    bytes += form.length;
    return entry;
  }

  /** The number of the latest message; 0 if there was none. */
  long last() {
    return last;
  }

  long bytes() {
    return bytes;
  }

  int size() {
    return entries.size();
  }

  Collection<Entry> all() {
    return entries;
  }

  /** Whether every message after {@code seq} is still here; false for a number not given yet. */
  boolean reachesBackTo(long seq) {
    return seq <= last && seq >= last - entries.size();
  }

  List<Entry> after(long seq) {
    return entries.stream().filter(entry -> entry.seq() > seq).toList();
  }

  void dropUpTo(long seq) {
    while (!entries.isEmpty() && entries.getFirst().seq() <= seq) {
      dropFirst();
    }
  }

  void dropOlderThan(long time) {
    while (!entries.isEmpty() && entries.getFirst().since() < time) {
      dropFirst();
    }
  }

  /** Keeps at most so many messages and bytes, the latest ones. */
  void trim(int maxEntries, long maxBytes) {
    while (entries.size() > maxEntries || bytes > maxBytes) {
      dropFirst();
    }
  }

  private void dropFirst() {
    bytes -= entries.removeFirst().form().length;
  }
}
