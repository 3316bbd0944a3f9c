package dev.selvedge.store;

import static dev.selvedge.store.RawStore.FOREVER;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Store;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store as functions see it: checks keys, values and times, and turns values into canonical bytes
 * for the {@link RawStore} behind it. What is wrong with an argument comes as a failed future with
 * code {@code bad-argument}.
 */
final class JsonStore implements Store {
  static final int MAX_KEY_LENGTH = 512;
  private static final Duration LONGEST_TTL = Duration.ofDays(3_650);

  private final RawStore raw;
  private final CanonicalJson json = new CanonicalJson();

  JsonStore(RawStore raw) {
    this.raw = raw;
  }

  @Override
  public Future<Optional<Object>> get(String key) {
    return checked(
        () -> raw.get(checkedKey(key)).map(bytes -> Optional.ofNullable(bytes).map(json::decode)));
  }

  @Override
  public Future<Void> put(String key, Object value) {
    return checked(() -> raw.put(checkedKey(key), json.encode(value), FOREVER));
  }

  @Override
  public Future<Void> put(String key, Object value, Duration timeToLive) {
    return checked(() -> raw.put(checkedKey(key), json.encode(value), millis(timeToLive)));
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, Object value) {
    return checked(() -> raw.putIfAbsent(checkedKey(key), json.encode(value), FOREVER));
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, Object value, Duration timeToLive) {
    return checked(() -> raw.putIfAbsent(checkedKey(key), json.encode(value), millis(timeToLive)));
  }

  @Override
  public Future<Boolean> compareAndSet(
      String key, @Nullable Object expected, @Nullable Object update) {
    return checked(
        () -> raw.compareAndSet(checkedKey(key), encodedOrNull(expected), encodedOrNull(update)));
  }

  @Override
  public Future<Long> increment(String key, long delta) {
    return checked(() -> raw.increment(checkedKey(key), delta));
  }

  @Override
  public Future<Boolean> remove(String key) {
    return checked(() -> raw.remove(checkedKey(key)));
  }

  @Override
  public Future<List<String>> keys(String prefix) {
    return checked(() -> raw.keys(checkedPrefix(prefix)));
  }

  private static <T> Future<T> checked(Supplier<Future<T>> operation) {
    try {
      return operation.get();
    } catch (FunctionException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private byte @Nullable [] encodedOrNull(@Nullable Object value) {
    return value == null ? null : json.encode(value);
  }

  private static String checkedKey(String key) {
    if (key == null || key.isEmpty()) {
      throw StoreFailures.badArgument(
          "key",
          key == null ? "null" : "an empty string",
          "1 to " + MAX_KEY_LENGTH + " characters");
    }
    return checkedPrefix(key);
  }

  private static String checkedPrefix(String key) {
    if (key == null || key.length() > MAX_KEY_LENGTH) {
      throw StoreFailures.badArgument(
          "key",
          key == null ? "null" : key.length() + " characters",
          "at most " + MAX_KEY_LENGTH + " characters");
    }
    return CanonicalJson.wellFormed("key", key);
  }

  private static long millis(Duration timeToLive) {
    if (timeToLive == null
        || timeToLive.compareTo(Duration.ofMillis(1)) < 0
        || timeToLive.compareTo(LONGEST_TTL) > 0) {
      throw StoreFailures.badArgument(
          "time to live", String.valueOf(timeToLive), "1 ms to " + LONGEST_TTL.toDays() + " days");
    }
    return timeToLive.toMillis();
  }
}
