package dev.selvedge.function.testing;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory whose operations happen after a random moment, one at a time. Times to live are
 * not kept: nothing vanishes.
 */
final class FakeStore implements Store {
  private final Vertx vertx;
  private final Map<String, Object> values = new HashMap<>();

  FakeStore(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<Optional<Object>> get(String key) {
    return soon(() -> Optional.ofNullable(values.get(key)).map(FakeStore::copy));
  }

  @Override
  public Future<Void> put(String key, Object value) {
    Object mine = copy(value);
    return soon(() -> values.put(key, mine)).mapEmpty();
  }

  @Override
  public Future<Void> put(String key, Object value, Duration timeToLive) {
    return put(key, value);
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, Object value) {
    Object mine = copy(value);
    return soon(() -> values.putIfAbsent(key, mine) == null);
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, Object value, Duration timeToLive) {
    return putIfAbsent(key, value);
  }

  @Override
  public Future<Boolean> compareAndSet(
      String key, @Nullable Object expected, @Nullable Object update) {
    Object wanted = expected == null ? null : copy(expected);
    Object mine = update == null ? null : copy(update);
    return soon(() -> replace(key, wanted, mine));
  }

  @Override
  public Future<Long> increment(String key, long delta) {
    return soon(
        () -> {
          if (!(values.getOrDefault(key, 0) instanceof Number number)) {
            throw new FunctionException("not-a-number", key);
          }
          values.put(key, number.longValue() + delta);
          return number.longValue() + delta;
        });
  }

  @Override
  public Future<Boolean> remove(String key) {
    return soon(() -> values.remove(key) != null);
  }

  @Override
  public Future<List<String>> keys(String prefix) {
    return soon(() -> values.keySet().stream().filter(key -> key.startsWith(prefix)).toList());
  }

  private boolean replace(String key, @Nullable Object expected, @Nullable Object update) {
    if (!java.util.Objects.equals(values.get(key), expected)) {
      return false;
    }
    if (update == null) {
      values.remove(key);
    } else {
      values.put(key, update);
    }
    return true;
  }

  private <T> Future<T> soon(Supplier<T> operation) {
    Promise<T> done = Promise.promise();
    vertx.setTimer(
        ThreadLocalRandom.current().nextInt(1, 4), late -> done.handle(happen(operation)));
    return done.future();
  }

  private synchronized <T> Future<T> happen(Supplier<T> operation) {
    try {
      return Future.succeededFuture(operation.get());
    } catch (FunctionException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private static Object copy(Object value) {
    if (value instanceof JsonObject || value instanceof JsonArray) {
      return Json.decodeValue(Json.encode(value));
    }
    return value;
  }
}
