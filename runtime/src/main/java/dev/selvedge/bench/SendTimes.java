package dev.selvedge.bench;

/**
 * The times at which unanswered messages of one connection were sent (or were to be sent), oldest
 * first: replies come in the order of the messages. Grows up to a bound.
 */
final class SendTimes {
  static final int MOST = 1 << 16;

  private static final long[] NONE = {};

  private long[] times = NONE;
  private int first;
  private int count;
  private long added;

  /** False if there are too many already. */
  boolean add(long nanos) {
    if (count == times.length) {
      if (count == MOST) {
        return false;
      }
      grow();
    }
    times[first + count & times.length - 1] = nanos;
    count++;
    added++;
    return true;
  }

  /** How many were ever added. */
  long added() {
    return added;
  }

  private void grow() {
    long[] larger = new long[Math.max(2, times.length * 2)];
    for (int i = 0; i < count; i++) {
      larger[i] = times[first + i & times.length - 1];
    }
    times = larger;
    first = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int size() {
    return count;
  }

  /** Removes and returns the oldest. */
  long take() {
    long oldest = times[first];
    first = first + 1 & times.length - 1;
    count--;
    return oldest;
  }
}
