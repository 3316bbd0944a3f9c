package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shared registers with a copy on this node's disk that is offered back at the start, so that a
 * restart of all nodes loses nothing. Methods may be called on any thread; the listener is called
 * on lane 0. Keys must be usable as names of files.
 */
public final class KeptRegisters {
  private static final Logger LOG = LoggerFactory.getLogger(KeptRegisters.class);
  private static final int TRIES = 20;

  private final Fabric fabric;
  private final Registers registers;
  private final RegisterDisk disk;
  private final WorkerExecutor files;
  private final BiConsumer<String, JsonObject> check;
  private final BiConsumer<String, JsonObject> listener;

  /** On lane 0 only. */
  private final Map<String, Registers.Entry> known = new HashMap<>();

  /** What the disk had at the start and was not told yet: it need not be written again. */
  private final Map<String, Registers.Entry> remembered = new ConcurrentHashMap<>();

  /**
   * @param check throws for the document of a key that cannot be read: it is reported, ignored, and
   *     left where it is
   * @param listener called after every change, with what is new; never twice with the same
   */
  public KeptRegisters(
      Fabric fabric,
      String name,
      Path directory,
      BiConsumer<String, JsonObject> check,
      BiConsumer<String, JsonObject> listener) {
    this.fabric = fabric;
    this.registers = fabric.registers(name);
    this.disk = new RegisterDisk(directory, check);
    // One thread: writes stay in order.
    this.files = fabric.vertx().createSharedWorkerExecutor("selvedge-" + name, 1);
    this.check = check;
    this.listener = listener;
  }

  /** Offers what the disk remembers, then follows the registers; completes when all is known. */
  public Future<Void> start() {
    registers.onChange(this::changed);
    return files
        .executeBlocking(disk::read, true)
        .compose(this::offer)
        .compose(offered -> fresh())
        .compose(told -> written());
  }

  /** Completes when the listener was told of all that stands in the cluster now. */
  public Future<Void> fresh() {
    return registers.entries().compose(present -> onLane(() -> present.forEach(this::changed)));
  }

  private Future<Void> offer(Map<String, Registers.Entry> found) {
    remembered.putAll(found);
    List<Future<?>> offers = new ArrayList<>();
    found.forEach((key, entry) -> offers.add(registers.offer(key, entry)));
    return Future.join(offers).mapEmpty();
  }

  private void changed(String key, Registers.Entry entry) {
    if (!isNews(known.get(key), entry)) {
      return;
    }
    try {
      check.accept(key, entry.document());
    } catch (RuntimeException unreadable) {
      LOG.error("register unreadable, ignored key={}", key, unreadable);
      return;
    }
    known.put(key, entry);
    if (!entry.equals(remembered.remove(key))) {
      write(key, entry);
    }
    listener.accept(key, entry.document());
  }

  private void write(String key, Registers.Entry entry) {
    files
        .executeBlocking(
            () -> {
              disk.write(key, entry);
              return null;
            },
            true)
        .onFailure(failure -> LOG.error("register not written key={}", key, failure));
  }

  /** Completes when all changes seen so far are on the disk, or could not be written. */
  public Future<Void> written() {
    return files.executeBlocking(() -> null, true);
  }

  /**
   * After a merge the registers may hold another document under the revision that is known here:
   * then theirs counts.
   */
  private static boolean isNews(Registers.@Nullable Entry old, Registers.Entry entry) {
    return old == null
        || entry.revision() > old.revision()
        || entry.revision() == old.revision() && !entry.document().equals(old.document());
  }

  /**
   * Changes a document; the change is applied to what stands at that moment, perhaps several times.
   *
   * @param change may throw to refuse; what it returns unchanged is not written
   * @return the document as it stands then, when the listener was told and the disk has it; fails
   *     with {@link FabricException#KEEPS_CHANGING} if others were always faster
   */
  public Future<JsonObject> update(String key, Function<Optional<JsonObject>, JsonObject> change) {
    return update(key, change, TRIES);
  }

  private Future<JsonObject> update(
      String key, Function<Optional<JsonObject>, JsonObject> change, int tries) {
    return registers
        .get(key)
        .compose(
            present -> {
              Optional<JsonObject> old = present.map(Registers.Entry::document);
              JsonObject next = change.apply(old);
              if (old.isPresent() && next.equals(old.get())) {
                return Future.succeededFuture(next);
              }
              long revision = present.map(Registers.Entry::revision).orElse(0L);
              return registers
                  .compareAndSet(key, revision, next)
                  .compose(
                      written ->
                          written
                              ? seen(key, new Registers.Entry(revision + 1, next))
                              : again(key, change, tries));
            });
  }

  /** What this node wrote it knows at once, whenever its own notification comes. */
  private Future<JsonObject> seen(String key, Registers.Entry entry) {
    return onLane(() -> changed(key, entry)).compose(told -> written()).map(entry.document());
  }

  private Future<JsonObject> again(
      String key, Function<Optional<JsonObject>, JsonObject> change, int tries) {
    return tries > 1
        ? update(key, change, tries - 1)
        : Future.failedFuture(
            new FabricException(
                FabricException.KEEPS_CHANGING, key + ": keeps changing; try again"));
  }

  /** Ends the thread of the files; written first is what was seen so far. */
  public Future<Void> close() {
    return written().eventually(files::close);
  }

  /** Completes on the caller's context. */
  private Future<Void> onLane(Runnable task) {
    Promise<Void> done = ((VertxInternal) fabric.vertx()).getOrCreateContext().promise();
    fabric
        .lane(0)
        .run(
            () -> {
              task.run();
              done.complete();
            });
    return done.future();
  }
}
