package dev.selvedge.store;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicate;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.Serial;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in the cluster's shared map, where its keys begin with its name. A read or a change goes
 * to the one node that owns the key; nothing here waits.
 */
final class HazelcastStore implements RawStore {
  /** Longer than the cluster takes to give up a frozen member and ask the next owner. */
  private static final long PATIENCE_MILLIS = 15_000;

  private final Vertx vertx;
  private final IMap<String, byte[]> map;
  private final String prefix;

  HazelcastStore(Vertx vertx, IMap<String, byte[]> map, String name) {
    this.vertx = vertx;
    this.map = map;
    this.prefix = StoreNames.prefix(name);
  }

  @Override
  public Future<byte @Nullable []> get(String key) {
    return async(() -> map.getAsync(prefix + key))
        .map(
            bytes -> {
              Copy copy = Copy.ofNullable(bytes);
              return copy == null ? null : copy.valueAt(System.currentTimeMillis());
            });
  }

  @Override
  public Future<Void> put(String key, byte[] value, long ttlMillis) {
    return change(key, new MapChange.Put(value, ttlMillis, false, writer())).mapEmpty();
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, byte[] value, long ttlMillis) {
    return change(key, new MapChange.Put(value, ttlMillis, true, writer()))
        .map(HazelcastStore::isDone);
  }

  @Override
  public Future<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte @Nullable [] update) {
    return change(key, new MapChange.CompareAndSet(expected, update, writer()))
        .map(HazelcastStore::isDone);
  }

  @Override
  public Future<Long> increment(String key, long delta) {
    return change(key, new MapChange.Increment(key, delta, writer()));
  }

  @Override
  public Future<Boolean> remove(String key) {
    return change(key, new MapChange.Remove(writer())).map(HazelcastStore::isDone);
  }

  /** Asks every node; the map has no asynchronous way to, so a worker waits. */
  @Override
  public Future<List<String>> keys(String keyPrefix) {
    return vertx
        .executeBlocking(
            () ->
                map.keySet(new Alive(prefix + keyPrefix)).stream()
                    .map(key -> key.substring(prefix.length()))
                    .toList(),
            false)
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  private Future<Long> change(String key, MapChange change) {
    return async(() -> map.submitToKey(prefix + key, change));
  }

  private <T> Future<T> async(Supplier<CompletionStage<T>> operation) {
    Context caller = vertx.getOrCreateContext();
    CompletionStage<T> stage;
    try {
      stage = operation.get();
    } catch (HazelcastException | IllegalStateException refused) {
      return Future.failedFuture(explained(refused));
    }
    return Future.fromCompletionStage(stage, caller)
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  private static Throwable explained(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof FunctionException) {
      return cause;
    }
    if (cause instanceof TimeoutException) {
      return StoreFailures.unavailable("the cluster did not answer in " + PATIENCE_MILLIS + " ms");
    }
    if (cause instanceof HazelcastInstanceNotActiveException) {
      return StoreFailures.unavailable("this node has left the cluster");
    }
    return StoreFailures.unavailable("the cluster: " + cause);
  }

  private static boolean isDone(Long answer) {
    return answer == MapChange.DONE;
  }

  private static long writer() {
    return ThreadLocalRandom.current().nextLong();
  }

  /** The keys of living values, by their beginning. Runs on every node. */
  private static final class Alive implements Predicate<String, byte[]> {
    @Serial private static final long serialVersionUID = 1L;
    private final String prefix;

    Alive(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public boolean apply(Map.Entry<String, byte[]> entry) {
      return entry.getKey().startsWith(prefix)
          && Copy.of(entry.getValue()).isAlive(System.currentTimeMillis());
    }
  }
}
