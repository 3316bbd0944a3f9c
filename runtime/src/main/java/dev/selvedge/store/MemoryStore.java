package dev.selvedge.store;

import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store in this process's memory: for development, and gone with the process. */
final class MemoryStore implements RawStore {
  private static final long NEVER = Long.MAX_VALUE;

  /** A value and the time after which it counts as gone. */
  private record Cell(byte[] value, long expiresAt) {}

  private final ConcurrentHashMap<String, Cell> cells = new ConcurrentHashMap<>();
  private final LongSupplier clock;

  /**
   * @param clock milliseconds since any moment, never going back
   */
  MemoryStore(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public Future<byte @Nullable []> get(String key) {
    Cell cell = alive(cells.get(key));
    return Future.succeededFuture(cell == null ? null : cell.value);
  }

  @Override
  public Future<Void> put(String key, byte[] value, long ttlMillis) {
    cells.put(key, cell(value, ttlMillis));
    return Future.succeededFuture();
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, byte[] value, long ttlMillis) {
    Cell fresh = cell(value, ttlMillis);
    Cell now = update(key, cell -> cell == null ? fresh : cell);
    return Future.succeededFuture(now == fresh);
  }

  @Override
  public Future<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte @Nullable [] update) {
    AtomicBoolean matched = new AtomicBoolean();
    update(
        key,
        cell -> {
          matched.set(Arrays.equals(cell == null ? null : cell.value, expected));
          return matched.get() ? (update == null ? null : cell(update, FOREVER)) : cell;
        });
    return Future.succeededFuture(matched.get());
  }

  @Override
  public Future<Long> increment(String key, long delta) {
    AtomicLong sum = new AtomicLong(delta);
    try {
      update(
          key,
          cell -> {
            sum.set(cell == null ? delta : Numbers.add(key, cell.value, delta));
            return new Cell(Numbers.bytes(sum.get()), cell == null ? NEVER : cell.expiresAt);
          });
      return Future.succeededFuture(sum.get());
    } catch (FunctionException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  @Override
  public Future<Boolean> remove(String key) {
    return Future.succeededFuture(alive(cells.remove(key)) != null);
  }

  @Override
  public Future<List<String>> keys(String prefix) {
    List<String> found =
        cells.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix) && alive(entry.getValue()) != null)
            .map(java.util.Map.Entry::getKey)
            .toList();
    return Future.succeededFuture(found);
  }

  /** Frees what has expired. */
  void sweep() {
    cells.values().removeIf(cell -> alive(cell) == null);
  }

  private @Nullable Cell update(String key, UnaryOperator<@Nullable Cell> change) {
    return cells.compute(key, (same, cell) -> change.apply(alive(cell)));
  }

  private Cell cell(byte[] value, long ttlMillis) {
    return new Cell(value, ttlMillis == FOREVER ? NEVER : clock.getAsLong() + ttlMillis);
  }

  private @Nullable Cell alive(@Nullable Cell cell) {
    return cell == null || cell.expiresAt <= clock.getAsLong() ? null : cell;
  }
}
