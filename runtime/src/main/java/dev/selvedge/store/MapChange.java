package dev.selvedge.store;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import java.io.Serial;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A change of one key, which travels to the node that owns the key and happens there as one step.
 *
 * <p>If that node dies before it answers, the change is sent to the next owner, which may have it
 * already: it then answers what the first would have. (Unless another change of the same key came
 * between; then it happens twice. No store without consensus can do better.)
 *
 * <p>The other nodes must know the classes: they are the runtime's, on every node.
 */
abstract sealed class MapChange implements EntryProcessor<String, byte[], Long> {
  @Serial private static final long serialVersionUID = 1L;

  /** {@link #process} answers this or a sum; failures to count have codes of their own. */
  static final long DONE = 1;

  static final long NOT_DONE = 0;

  /** Longer than what Hazelcast may err in expiring: it counts in seconds. */
  private static final long EXPIRY_SLACK_MILLIS = 2_000;

  private final long writer;
  private transient byte @Nullable [] written;

  MapChange(long writer) {
    this.writer = writer;
  }

  /** What becomes of a copy; the same object if nothing does. */
  abstract @Nullable Copy apply(@Nullable Copy old, long now);

  /** What to answer, given what was and what is now. */
  abstract long answer(@Nullable Copy before, @Nullable Copy after);

  @Override
  public final Long process(Map.Entry<String, byte[]> entry) {
    long now = System.currentTimeMillis();
    Copy old = Copy.ofNullable(entry.getValue());
    if (old != null && old.writer() == writer) {
      return answer(null, old);
    }
    Copy fresh = apply(old, now);
    if (fresh != null && fresh != old) {
      written = fresh.toBytes();
      set(entry, written, now);
    }
    return answer(old, fresh);
  }

  /** The backup takes the outcome: its clock may differ. */
  @Override
  public final @Nullable EntryProcessor<String, byte[], Long> getBackupProcessor() {
    return written == null ? null : new Outcome(written);
  }

  static void set(Map.Entry<String, byte[]> entry, byte[] bytes, long now) {
    long keepUntil = Copy.of(bytes).keepUntil();
    if (keepUntil == Copy.NEVER) {
      ((ExtendedMapEntry<String, byte[]>) entry).setValue(bytes, 0, TimeUnit.MILLISECONDS);
    } else {
      long rest = Math.max(0, keepUntil - now) + EXPIRY_SLACK_MILLIS;
      ((ExtendedMapEntry<String, byte[]>) entry).setValue(bytes, rest, TimeUnit.MILLISECONDS);
    }
  }

  final long writer() {
    return writer;
  }

  private static long expiry(long ttlMillis, long now) {
    return ttlMillis == RawStore.FOREVER ? Copy.NEVER : now + ttlMillis;
  }

  /** Sets a value, whatever was there, or only if nothing was. */
  static final class Put extends MapChange {
    @Serial private static final long serialVersionUID = 1L;
    private final byte[] value;
    private final long ttlMillis;
    private final boolean onlyIfAbsent;

    Put(byte[] value, long ttlMillis, boolean onlyIfAbsent, long writer) {
      super(writer);
      this.value = value;
      this.ttlMillis = ttlMillis;
      this.onlyIfAbsent = onlyIfAbsent;
    }

    @Override
    @Nullable Copy apply(@Nullable Copy old, long now) {
      return onlyIfAbsent && old != null && old.isAlive(now)
          ? old
          : Copy.after(old, value, expiry(ttlMillis, now), writer(), now);
    }

    @Override
    long answer(@Nullable Copy before, @Nullable Copy after) {
      return before == after ? NOT_DONE : DONE;
    }
  }

  /** Sets or removes a value if the present one is the expected one. */
  static final class CompareAndSet extends MapChange {
    @Serial private static final long serialVersionUID = 1L;
    private final byte @Nullable [] expected;
    private final byte @Nullable [] update;
    private boolean matched = true;

    CompareAndSet(byte @Nullable [] expected, byte @Nullable [] update, long writer) {
      super(writer);
      this.expected = expected;
      this.update = update;
    }

    @Override
    @Nullable Copy apply(@Nullable Copy old, long now) {
      byte[] present = old == null ? null : old.valueAt(now);
      matched = Arrays.equals(present, expected);
      boolean changes = matched && (present != null || update != null);
      return changes ? Copy.after(old, update, Copy.NEVER, writer(), now) : old;
    }

    @Override
    long answer(@Nullable Copy before, @Nullable Copy after) {
      return matched ? DONE : NOT_DONE;
    }
  }

  /** Removes a value. */
  static final class Remove extends MapChange {
    @Serial private static final long serialVersionUID = 1L;

    Remove(long writer) {
      super(writer);
    }

    @Override
    @Nullable Copy apply(@Nullable Copy old, long now) {
      return old != null && old.isAlive(now)
          ? Copy.after(old, null, Copy.NEVER, writer(), now)
          : old;
    }

    @Override
    long answer(@Nullable Copy before, @Nullable Copy after) {
      return before == after ? NOT_DONE : DONE;
    }
  }

  /** Adds to a number; throws what {@link Numbers#add} throws. */
  static final class Increment extends MapChange {
    @Serial private static final long serialVersionUID = 1L;
    private final String key;
    private final long delta;

    Increment(String key, long delta, long writer) {
      super(writer);
      this.key = key;
      this.delta = delta;
    }

    @Override
    Copy apply(@Nullable Copy old, long now) {
      byte[] present = old == null ? null : old.valueAt(now);
      if (old == null || present == null) {
        return Copy.after(old, Numbers.bytes(delta), Copy.NEVER, writer(), now);
      }
      byte[] sum = Numbers.bytes(Numbers.add(key, present, delta));
      return Copy.after(old, sum, old.expiresAt(), writer(), now);
    }

    @Override
    long answer(@Nullable Copy before, @Nullable Copy after) {
      byte[] sum = after == null ? null : after.value();
      return sum == null ? 0 : Numbers.add(key, sum, 0);
    }
  }

  /** Takes a copy from a disk, if it is newer than what is there. */
  static final class Offer extends MapChange {
    @Serial private static final long serialVersionUID = 1L;
    private final byte[] copy;

    Offer(byte[] copy) {
      super(Copy.of(copy).writer());
      this.copy = copy;
    }

    @Override
    @Nullable Copy apply(@Nullable Copy old, long now) {
      Copy offered = Copy.of(copy);
      boolean newer = old == null || old.revision() < offered.revision();
      return newer && offered.isNeeded(now) ? offered : old;
    }

    @Override
    long answer(@Nullable Copy before, @Nullable Copy after) {
      return before == after ? NOT_DONE : DONE;
    }
  }

  /** What a change came to, for the backup. */
  private static final class Outcome implements EntryProcessor<String, byte[], Long> {
    @Serial private static final long serialVersionUID = 1L;
    private final byte[] copy;

    Outcome(byte[] copy) {
      this.copy = copy;
    }

    @Override
    public Long process(Map.Entry<String, byte[]> entry) {
      set(entry, copy, System.currentTimeMillis());
      return DONE;
    }

    @Override
    public @Nullable EntryProcessor<String, byte[], Long> getBackupProcessor() {
      return null;
    }
  }
}
