package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Registers;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The desired state of all functions: shared registers, with a copy on this node's disk that is
 * offered back at the start. Confined to lane 0.
 */
final class Catalog {
  private static final Logger LOG = System.getLogger(Catalog.class.getName());
  private static final String REGISTERS = "catalog";
  private static final int TRIES = 20;

  private final Registers registers;
  private final CatalogDisk disk;
  private final WorkerExecutor files;
  private final Consumer<CatalogEntry> listener;
  private final Map<String, Registers.Entry> known = new HashMap<>();
  private final Map<String, CatalogEntry> entries = new HashMap<>();

  /**
   * @param files its pool must have one thread: writes stay in order
   * @param listener called after every change, with what is new
   */
  Catalog(Fabric fabric, CatalogDisk disk, WorkerExecutor files, Consumer<CatalogEntry> listener) {
    this.registers = fabric.registers(REGISTERS);
    this.disk = disk;
    this.files = files;
    this.listener = listener;
  }

  /** Offers what the disk remembers, then follows the registers. */
  Future<Void> start() {
    registers.onChange(this::changed);
    return files
        .executeBlocking(disk::read, true)
        .compose(this::offer)
        .compose(offered -> registers.entries())
        .map(
            present -> {
              present.forEach(this::changed);
              return null;
            });
  }

  private Future<Void> offer(Map<String, Registers.Entry> remembered) {
    List<Future<?>> offers = new ArrayList<>();
    remembered.forEach((name, entry) -> offers.add(registers.offer(name, entry)));
    return Future.join(offers).mapEmpty();
  }

  private void changed(String name, Registers.Entry entry) {
    if (!isNews(name, entry)) {
      return;
    }
    CatalogEntry changed;
    try {
      changed = CatalogEntry.of(name, entry.document());
    } catch (RuntimeException bad) {
      LOG.log(Level.ERROR, "catalog entry unreadable, ignored function=" + name, bad);
      return;
    }
    known.put(name, entry);
    entries.put(name, changed);
    files
        .executeBlocking(
            () -> {
              disk.write(name, entry);
              return null;
            },
            true)
        .onFailure(
            failure -> LOG.log(Level.ERROR, "catalog not written function=" + name, failure));
    listener.accept(changed);
  }

  /**
   * After a merge the registers may hold another document under the revision that is known here:
   * then theirs counts.
   */
  private boolean isNews(String name, Registers.Entry entry) {
    Registers.Entry old = known.get(name);
    return old == null
        || entry.revision() > old.revision()
        || entry.revision() == old.revision() && !entry.document().equals(old.document());
  }

  /** All entries as last seen, tombstones included. */
  List<CatalogEntry> entries() {
    return List.copyOf(entries.values());
  }

  /** The serving version of a function as last seen; 0 for none. */
  int current(String name) {
    return entries.getOrDefault(name, CatalogEntry.none(name)).current();
  }

  /** All entries as they stand in the cluster now, tombstones included. */
  Future<List<CatalogEntry>> fresh() {
    return registers
        .entries()
        .map(
            present -> {
              present.forEach(this::changed);
              return entries();
            });
  }

  /**
   * Changes an entry; the change is applied to what stands at that moment, perhaps several times.
   *
   * @param change may throw to refuse; what it returns unchanged is not written
   * @return the entry as it stands then, when this node's disk has it
   */
  Future<CatalogEntry> update(String name, UnaryOperator<CatalogEntry> change) {
    return update(name, change, TRIES);
  }

  private Future<CatalogEntry> update(String name, UnaryOperator<CatalogEntry> change, int tries) {
    return registers
        .get(name)
        .compose(
            present -> {
              CatalogEntry old =
                  present
                      .map(entry -> CatalogEntry.of(name, entry.document()))
                      .orElseGet(() -> CatalogEntry.none(name));
              long revision = present.map(Registers.Entry::revision).orElse(0L);
              CatalogEntry next = change.apply(old);
              if (next.equals(old)) {
                return Future.succeededFuture(old);
              }
              return registers
                  .compareAndSet(name, revision, next.toJson())
                  .compose(
                      written ->
                          written ? seen(name, revision + 1, next) : again(name, change, tries));
            });
  }

  /** What this node wrote it knows at once, whenever its own notification comes. */
  private Future<CatalogEntry> seen(String name, long revision, CatalogEntry entry) {
    changed(name, new Registers.Entry(revision, entry.toJson()));
    return written().map(entry);
  }

  /** Completes when all changes seen so far are on the disk, or could not be written. */
  Future<Void> written() {
    return files.executeBlocking(() -> null, true);
  }

  private Future<CatalogEntry> again(String name, UnaryOperator<CatalogEntry> change, int tries) {
    return tries > 1
        ? update(name, change, tries - 1)
        : Future.failedFuture(
            new DeployException(
                Reason.UNAVAILABLE, name + ": the catalog entry keeps changing; try again"));
  }
}
