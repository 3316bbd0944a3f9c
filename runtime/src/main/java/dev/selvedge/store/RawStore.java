package dev.selvedge.store;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a kind of store does, on checked keys and canonical values: the bytes of two values are
 * equal exactly if the values are. The rules are those of {@link dev.selvedge.function.Store}; a
 * time to live is in milliseconds, {@link #FOREVER} for none.
 */
interface RawStore {
  long FOREVER = 0;

  /** The bytes, or null if there is no value. */
  Future<byte @Nullable []> get(String key);

  Future<Void> put(String key, byte[] value, long ttlMillis);

  Future<Boolean> putIfAbsent(String key, byte[] value, long ttlMillis);

  Future<Boolean> compareAndSet(String key, byte @Nullable [] expected, byte @Nullable [] update);

  Future<Long> increment(String key, long delta);

  Future<Boolean> remove(String key);

  Future<List<String>> keys(String prefix);
}
