package dev.selvedge.store;

import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The memory stores of this process. Expired values are freed every few seconds. */
final class MemoryStores implements Stores {
  private static final long SWEEP_MILLIS = 5_000;

  private final ConcurrentHashMap<String, MemoryStore> stores = new ConcurrentHashMap<>();
  private final Vertx vertx;
  private final long timer;

  MemoryStores(Vertx vertx) {
    this.vertx = vertx;
    this.timer =
        vertx.setPeriodic(SWEEP_MILLIS, tick -> stores.values().forEach(MemoryStore::sweep));
  }

  @Override
  public Store open(String name) {
    return new JsonStore(
        stores.computeIfAbsent(
            StoreNames.checked(name), fresh -> new MemoryStore(MemoryStores::nowMillis)));
  }

  @Override
  public Health health() {
    return Health.OK;
  }

  @Override
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    stores.clear();
    return Future.succeededFuture();
  }

  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
