package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Registers of a node that is alone: in memory. */
final class LocalRegisters implements Registers {
  private final VertxInternal vertx;
  private final EventLoopLane lane0;
  private final Map<String, RegisterText> entries = new HashMap<>();
  private final List<BiConsumer<String, Entry>> listeners = new CopyOnWriteArrayList<>();

  LocalRegisters(Vertx vertx, EventLoopLane lane0) {
    this.vertx = (VertxInternal) vertx;
    this.lane0 = lane0;
  }

  @Override
  public synchronized Future<Optional<Entry>> get(String key) {
    return done(Optional.ofNullable(entries.get(key)).map(RegisterText::entry));
  }

  @Override
  public synchronized Future<Map<String, Entry>> entries() {
    Map<String, Entry> all = new HashMap<>();
    entries.forEach((key, text) -> all.put(key, text.entry()));
    return done(all);
  }

  @Override
  public synchronized Future<Boolean> compareAndSet(
      String key, long expectedRevision, JsonObject document) {
    RegisterText present = entries.get(key);
    if ((present == null ? 0 : present.revision()) != expectedRevision) {
      return done(false);
    }
    set(key, RegisterText.of(expectedRevision + 1, document));
    return done(true);
  }

  @Override
  public synchronized Future<Entry> offer(String key, Entry entry) {
    RegisterText offered = RegisterText.of(entry.revision(), entry.document());
    RegisterText present = entries.get(key);
    if (!offered.beats(present)) {
      return done(present == null ? entry : present.entry());
    }
    set(key, offered);
    return done(offered.entry());
  }

  @Override
  public void onChange(BiConsumer<String, Entry> listener) {
    listeners.add(listener);
  }

  private void set(String key, RegisterText text) {
    entries.put(key, text);
    lane0.later(() -> listeners.forEach(listener -> listener.accept(key, text.entry())));
  }

  private <T extends @Nullable Object> Future<T> done(T value) {
    return vertx.getOrCreateContext().succeededFuture(value);
  }
}
