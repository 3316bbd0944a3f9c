package dev.selvedge.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster holds under a key: a value or the mark that it was removed, with what is needed
 * to tell newer from older when copies meet again. In the map and in journals it is bytes.
 *
 * <p>Times are milliseconds since 1970 by the clock of the node that wrote; {@link #NEVER} for
 * none.
 *
 * @param revision the higher one is the newer. At least the time of writing, and higher than the
 *     copy that it replaced: so a value set after all memory of an older one is gone still wins
 *     over what a disk remembers
 * @param writer the operation that wrote it; an operation that is done again after the death of a
 *     node recognizes its own work by it
 * @param expiresAt when the value vanishes
 * @param keepUntil how long the copy itself is needed. It may be longer than the value: what was
 *     removed, or expired, hides older copies on the disks of nodes that are away
 * @param value canonical JSON, or null if it was removed
 */
record Copy(long revision, long writer, long expiresAt, long keepUntil, byte @Nullable [] value) {
  static final long NEVER = Long.MAX_VALUE;

  /** How long a removal is remembered: a node that is away for longer may bring the value back. */
  static final long HIDES_FOR = 24L * 60 * 60 * 1000;

  private static final int HEADER = 4 * Long.BYTES + 1;

  boolean isAlive(long now) {
    return value != null && now < expiresAt;
  }

  boolean isNeeded(long now) {
    return now < keepUntil;
  }

  /** The value, if it is there at that time. */
  byte @Nullable [] valueAt(long now) {
    return isAlive(now) ? value : null;
  }

  /**
   * The copy that replaces {@code old}.
   *
   * @param value null to remove
   */
  static Copy after(
      @Nullable Copy old, byte @Nullable [] value, long expiresAt, long writer, long now) {
    long revision = old == null ? now : Math.max(old.revision + 1, now);
    long hides = old == null ? now : old.hidesUntil(now);
    long keepUntil = value == null ? hides : Math.max(expiresAt, hides);
    return new Copy(revision, writer, expiresAt, keepUntil, value);
  }

  /** Until when a copy that replaces this one must hide it. */
  private long hidesUntil(long now) {
    return keepUntil == NEVER ? now + HIDES_FOR : keepUntil;
  }

  byte[] toBytes() {
    int length = value == null ? 0 : value.length;
    ByteBuffer bytes = ByteBuffer.allocate(HEADER + length);
    bytes.putLong(revision).putLong(writer).putLong(expiresAt).putLong(keepUntil);
    bytes.put((byte) (value == null ? 0 : 1));
    if (value != null) {
      bytes.put(value);
    }
    return bytes.array();
  }

  static Copy of(byte[] bytes) {
    ByteBuffer header = ByteBuffer.wrap(bytes);
    return new Copy(
        header.getLong(),
        header.getLong(),
        header.getLong(),
        header.getLong(),
        header.get() == 0 ? null : Arrays.copyOfRange(bytes, HEADER, bytes.length));
  }

  static @Nullable Copy ofNullable(byte @Nullable [] bytes) {
    return bytes == null ? null : of(bytes);
  }

  /** The revision alone, without reading the rest. */
  static long revisionOf(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }
}
