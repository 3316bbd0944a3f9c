package dev.selvedge.function;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A named map of keys to JSON values, shared by every node of the cluster.
 *
 * <p>Keys are strings of 1 to 512 characters. Values are a Boolean, Number, String, JsonObject or
 * JsonArray, at most 1 MiB as JSON; what is read is a copy. Two values are equal if they are the
 * same JSON, whatever the order of an object's members. Each operation on one key is atomic and, in
 * the absence of a split cluster, linearizable. A failed future means that the operation may or may
 * not have happened. Futures complete on the caller's Vert.x context.
 *
 * <p>Failures are {@link FunctionException}s: {@code bad-argument} for a key, value or time that is
 * not allowed, {@code not-a-number} and {@code out-of-range} (beyond 64 bits) of {@link
 * #increment}, {@code store-unavailable} while the store cannot be reached, {@code store-failed} if
 * it refuses.
 *
 * <p>What survives: {@code memory}, nothing; {@code hazelcast}, the loss of one node at a time, and
 * a full restart from the nodes' disks up to the last second; {@code redis}, what that Redis server
 * keeps.
 */
public interface Store {
  Future<Optional<Object>> get(String key);

  /** Sets a value and takes away a time to live that the key may have had. */
  Future<Void> put(String key, Object value);

  /** Sets a value that vanishes after {@code timeToLive} (at least 1 ms; stores keep whole ms). */
  Future<Void> put(String key, Object value, Duration timeToLive);

  /** Sets a value if there is none; tells whether it did. */
  Future<Boolean> putIfAbsent(String key, Object value);

  /** As {@link #putIfAbsent(String, Object)}, with a time to live. */
  Future<Boolean> putIfAbsent(String key, Object value, Duration timeToLive);

  /**
   * Sets {@code update} if the value is {@code expected}; tells whether it did. Null stands for "no
   * value" in both places. A time to live of the key ends with a successful set.
   */
  Future<Boolean> compareAndSet(String key, @Nullable Object expected, @Nullable Object update);

  /**
   * Adds {@code delta} to a whole number (0 if there is none) and returns the sum; a time to live
   * of the key stays. Fails with {@link FunctionException} code {@code not-a-number} on another
   * value.
   */
  Future<Long> increment(String key, long delta);

  /** Removes a key; tells whether there was a value. */
  Future<Boolean> remove(String key);

  /** The keys that start with {@code prefix}, in no order; for small stores and operators. */
  Future<List<String>> keys(String prefix);
}
