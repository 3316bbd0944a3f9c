package dev.selvedge.fabric;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers in a shared map of texts ({@link RegisterText}). Map operations run on worker threads
 * of the fabric. The values are plain strings and no code travels, so that any program may be a
 * member and hold a part of the map.
 *
 * <p>Each node remembers the highest revision that it has seen of each entry, and offers it again
 * when a node has left or two clusters have merged: an entry is lost only when every node that knew
 * it is.
 */
final class HazelcastRegisters implements Registers {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastRegisters.class);

  private final IMap<String, String> map;
  private final VertxInternal vertx;
  private final WorkerExecutor workers;
  private final EventLoopLane lane0;
  private final Future<Void> ready;
  private final Map<String, RegisterText> seen = new ConcurrentHashMap<>();
  private final List<BiConsumer<String, Entry>> listeners = new CopyOnWriteArrayList<>();
  private final Set<String> changed = new HashSet<>();

  HazelcastRegisters(
      HazelcastInstance hazelcast,
      String name,
      VertxInternal vertx,
      WorkerExecutor workers,
      EventLoopLane lane0) {
    this.vertx = vertx;
    this.map = hazelcast.getMap(Addresses.REGISTERS_MAP + name);
    this.workers = workers;
    this.lane0 = lane0;
    this.ready = workers.executeBlocking(this::listen, false);
  }

  @Override
  public Future<Optional<Entry>> get(String key) {
    return run(
        () -> Optional.ofNullable(map.get(key)).map(RegisterText::parse).map(RegisterText::entry));
  }

  @Override
  public Future<Map<String, Entry>> entries() {
    return run(
        () -> {
          Map<String, Entry> entries = new HashMap<>();
          map.forEach((key, text) -> entries.put(key, RegisterText.parse(text).entry()));
          return entries;
        });
  }

  @Override
  public Future<Boolean> compareAndSet(String key, long expectedRevision, JsonObject document) {
    RegisterText next = RegisterText.of(expectedRevision + 1, document);
    return run(
        () -> {
          String present = map.get(key);
          long revision = present == null ? 0 : RegisterText.parse(present).revision();
          return revision == expectedRevision && replace(key, present, next);
        });
  }

  @Override
  public Future<Entry> offer(String key, Entry entry) {
    RegisterText offered = RegisterText.of(entry.revision(), entry.document());
    return run(() -> offerNow(key, offered).entry());
  }

  @Override
  public void onChange(BiConsumer<String, Entry> listener) {
    listeners.add(listener);
  }

  /**
   * Offers all that this node has seen, and takes up what it has not.
   *
   * @param merged whether all entries are told as changed
   */
  void reconcile(boolean merged) {
    run(() -> {
          for (Map.Entry<String, RegisterText> known : Map.copyOf(seen).entrySet()) {
            offerNow(known.getKey(), known.getValue());
          }
          map.forEach((key, text) -> saw(key, RegisterText.parse(text), merged));
          return true;
        })
        .onFailure(e -> LOG.warn("registers not reconciled map={}", map.getName(), e));
  }

  private Void listen() {
    map.addEntryListener((EntryAddedListener<String, String>) this::saw, true);
    map.addEntryListener((EntryUpdatedListener<String, String>) this::saw, true);
    map.addEntryListener((EntryMergedListener<String, String>) this::saw, true);
    map.forEach((key, text) -> saw(key, RegisterText.parse(text), false));
    return null;
  }

  private void saw(EntryEvent<String, String> event) {
    saw(event.getKey(), RegisterText.parse(event.getValue()), false);
  }

  /** Any thread. Events may come late: only what is newer counts. */
  private void saw(String key, RegisterText text, boolean always) {
    boolean[] newer = {always};
    seen.compute(
        key,
        (ignored, known) -> {
          newer[0] |= text.beats(known);
          return text.beats(known) ? text : known;
        });
    if (newer[0]) {
      tell(key);
    }
  }

  private void tell(String key) {
    synchronized (changed) {
      if (changed.add(key) && changed.size() == 1) {
        lane0.later(this::tellAll);
      }
    }
  }

  private void tellAll() {
    Set<String> keys;
    synchronized (changed) {
      keys = Set.copyOf(changed);
      changed.clear();
    }
    for (String key : keys) {
      RegisterText text = seen.get(key);
      if (text != null) {
        listeners.forEach(listener -> tell(listener, key, text));
      }
    }
  }

  private void tell(BiConsumer<String, Entry> listener, String key, RegisterText text) {
    try {
      listener.accept(key, text.entry());
    } catch (RuntimeException e) {
      LOG.error("register listener failed map={} key={}", map.getName(), key, e);
    }
  }

  /** Blocks. */
  private RegisterText offerNow(String key, RegisterText offered) {
    while (true) {
      String present = map.get(key);
      RegisterText standing = present == null ? null : RegisterText.parse(present);
      if (standing != null && !offered.beats(standing)) {
        return standing;
      }
      if (replace(key, present, offered)) {
        return offered;
      }
    }
  }

  /** Blocks. */
  private boolean replace(String key, @Nullable String present, RegisterText next) {
    return present == null
        ? map.putIfAbsent(key, next.encoded()) == null
        : map.replace(key, present, next.encoded());
  }

  /** Runs a blocking task; completes on the caller's context. */
  private <T> Future<T> run(Callable<T> task) {
    Promise<T> done = vertx.getOrCreateContext().promise();
    ready.compose(ignored -> workers.executeBlocking(task, false)).onComplete(done);
    return done.future();
  }
}
