package dev.selvedge.router;

import dev.selvedge.config.RoutingConfig;
import dev.selvedge.fabric.Addresses;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.KeptRegisters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operators of the cluster want of its router, the same on all nodes: a shared document
 * for each pool, route and listener, also on this node's disk. Any thread.
 *
 * <p>A document is {@code {"spec": …, "file": digest}}; one that was removed is {@code {"removed":
 * true}}, with the digest. {@code selvedge.yaml} and the edits at run time meet here by one rule:
 * at its start a node writes what its file says if there is no document of that name, or if the
 * file says something else than when it was last written ({@code file}); otherwise the document
 * stays as it was edited, or removed.
 */
public final class RouterDocuments {
  private static final Logger LOG = LoggerFactory.getLogger(RouterDocuments.class);
  private static final String SPEC = "spec";
  private static final String FILE = "file";
  private static final String REMOVED = "removed";
  private static final String EDITED = "edited";

  /** Where a definition comes from. */
  public enum Source {
    /** {@code selvedge.yaml}. */
    FILE,
    /** The file, and it was changed since. */
    EDITED,
    /** An operator at run time. */
    RUN_TIME
  }

  private final KeptRegisters registers;
  private final List<FileDefinition> file;
  private final Map<String, PoolSpec> pools = new TreeMap<>();
  private final Map<String, Route> routes = new TreeMap<>();
  private final Map<String, ListenerSpec> listeners = new TreeMap<>();
  private final Map<String, Source> sources = new ConcurrentHashMap<>();
  private final List<Consumer<Definitions>> followers = new CopyOnWriteArrayList<>();
  private volatile Definitions current = Definitions.NONE;

  /**
   * @param directory on this node's disk
   * @param file what {@code selvedge.yaml} says; throws {@link dev.selvedge.config.ConfigException}
   *     on the first thing that is wrong in it
   */
  public RouterDocuments(Fabric fabric, Path directory, RoutingConfig file) {
    this.file = FileDefinition.of(file);
    this.registers =
        new KeptRegisters(
            fabric, Addresses.ROUTER, directory, (key, document) -> {}, this::changed);
  }

  /** Checks what a file says without a node; throws as the constructor does. */
  public static void check(RoutingConfig file) {
    FileDefinition.of(file);
  }

  /** Reads disk and cluster, then applies the file. Call it when the fabric has started. */
  public Future<Void> start() {
    return registers
        .start()
        .compose(
            read -> {
              List<Future<?>> writes = new ArrayList<>();
              file.forEach(definition -> writes.add(apply(definition)));
              return Future.join(writes);
            })
        .onSuccess(applied -> current.loose().forEach(LOG::warn))
        .mapEmpty();
  }

  private Future<JsonObject> apply(FileDefinition definition) {
    return registers.update(
        definition.kind().key(definition.name()),
        present ->
            present
                .filter(document -> definition.digest().equals(document.getString(FILE)))
                .orElseGet(
                    () ->
                        new JsonObject()
                            .put(SPEC, definition.json())
                            .put(FILE, definition.digest())));
  }

  /** The document after an edit. */
  private static JsonObject edited(JsonObject spec, Optional<JsonObject> present) {
    JsonObject document = new JsonObject().put(SPEC, spec);
    String digest = digest(present);
    return digest == null ? document : document.put(FILE, digest).put(EDITED, true);
  }

  private static Source source(JsonObject document) {
    if (!document.containsKey(FILE)) {
      return Source.RUN_TIME;
    }
    return document.getBoolean(EDITED, false) ? Source.EDITED : Source.FILE;
  }

  /** Where the definition of that name comes from. */
  public Source source(DefinitionKind kind, String name) {
    return sources.getOrDefault(kind.key(name), Source.RUN_TIME);
  }

  /** What is wanted now. */
  public Definitions current() {
    return current;
  }

  /** Called on lane 0 after every change. */
  public void follow(Consumer<Definitions> follower) {
    followers.add(follower);
  }

  /** On lane 0. */
  private void changed(String key, JsonObject document) {
    try {
      take(key, document);
      sources.put(key, source(document));
    } catch (RuntimeException unreadable) {
      LOG.error("definition unreadable, ignored key={}", key, unreadable);
      return;
    }
    Definitions changed = new Definitions(pools, routes, listeners);
    current = changed;
    followers.forEach(follower -> follower.accept(changed));
  }

  private void take(String key, JsonObject document) {
    JsonObject spec = document.getJsonObject(SPEC);
    for (DefinitionKind kind : DefinitionKind.values()) {
      if (kind.owns(key)) {
        take(kind, kind.nameIn(key), spec);
      }
    }
  }

  private void take(DefinitionKind kind, String name, @Nullable JsonObject spec) {
    Map<String, ?> all =
        switch (kind) {
          case POOL -> pools;
          case ROUTE -> routes;
          case LISTENER -> listeners;
        };
    if (spec == null) {
      all.remove(name);
      return;
    }
    String path = kind.path(name);
    switch (kind) {
      case POOL -> pools.put(name, PoolFormat.read(path, name, spec));
      case ROUTE -> routes.put(name, RouteFormat.read(path, spec));
      case LISTENER -> listeners.put(name, ListenerFormat.read(path, name, spec));
    }
  }

  // ---- edits at run time; each completes when this node follows it and its disk has it

  /**
   * Defines something, or replaces its definition.
   *
   * @param json as in the file; fails with {@link dev.selvedge.config.ConfigException}
   */
  public Future<Void> put(DefinitionKind kind, String name, JsonObject json) {
    JsonObject spec;
    try {
      spec = kind.checked(kind.path(name), name, json);
    } catch (RuntimeException wrong) {
      return Future.failedFuture(wrong);
    }
    return registers.update(kind.key(name), present -> edited(spec, present)).mapEmpty();
  }

  /**
   * Removes a definition. A file that still has it does not bring it back, until it says something
   * else of it.
   *
   * @return fails with {@link UnknownName}
   */
  public Future<Void> remove(DefinitionKind kind, String name) {
    return registers
        .update(
            kind.key(name),
            present -> {
              if (present.map(document -> document.getJsonObject(SPEC)).isEmpty()) {
                throw new UnknownName(kind, name);
              }
              JsonObject tombstone = new JsonObject().put(REMOVED, true);
              String digest = digest(present);
              return digest == null ? tombstone : tombstone.put(FILE, digest);
            })
        .mapEmpty();
  }

  /**
   * Changes a pool; the change is applied to what stands at that moment, perhaps several times.
   *
   * @param change may throw to refuse
   * @return fails with {@link UnknownName}
   */
  public Future<Void> changePool(String name, UnaryOperator<PoolSpec> change) {
    return registers
        .update(
            DefinitionKind.POOL.key(name),
            present -> {
              JsonObject spec =
                  present
                      .map(document -> document.getJsonObject(SPEC))
                      .orElseThrow(() -> new UnknownName(DefinitionKind.POOL, name));
              PoolSpec old = PoolFormat.read(DefinitionKind.POOL.path(name), name, spec);
              return edited(PoolFormat.write(change.apply(old)), present);
            })
        .mapEmpty();
  }

  private static @Nullable String digest(Optional<JsonObject> document) {
    return document.map(present -> present.getString(FILE)).orElse(null);
  }

  /** Nothing of that kind has that name. */
  public static final class UnknownName extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final DefinitionKind kind;

    UnknownName(DefinitionKind kind, String name) {
      super("no " + kind.word() + " is called " + name, null, false, false);
      this.kind = kind;
    }

    public DefinitionKind kind() {
      return kind;
    }
  }
}
