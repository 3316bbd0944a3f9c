package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.fabric.Addresses;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.FabricException;
import dev.selvedge.fabric.KeptRegisters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The desired state of all functions: shared registers, with a copy on this node's disk. Confined
 * to lane 0.
 */
final class Catalog {
  private final KeptRegisters registers;
  private final Consumer<CatalogEntry> listener;
  private final Map<String, CatalogEntry> entries = new HashMap<>();

  /**
   * @param directory of this node's copy
   * @param listener called after every change, with what is new
   */
  Catalog(Fabric fabric, Path directory, Consumer<CatalogEntry> listener) {
    this.registers =
        new KeptRegisters(fabric, Addresses.CATALOG, directory, CatalogEntry::of, this::changed);
    this.listener = listener;
  }

  /** Offers what the disk remembers, then follows the registers. */
  Future<Void> start() {
    return registers.start();
  }

  private void changed(String name, JsonObject document) {
    CatalogEntry entry = CatalogEntry.of(name, document);
    entries.put(name, entry);
    listener.accept(entry);
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
    return registers.fresh().map(told -> entries());
  }

  /**
   * Changes an entry; the change is applied to what stands at that moment, perhaps several times.
   *
   * @param change may throw to refuse; what it returns unchanged is not written
   * @return the entry as it stands then, when this node's disk has it
   */
  Future<CatalogEntry> update(String name, UnaryOperator<CatalogEntry> change) {
    return registers
        .update(name, present -> changed(name, present, change))
        .map(document -> CatalogEntry.of(name, document))
        .recover(failure -> Future.failedFuture(inWords(name, failure)));
  }

  private static JsonObject changed(
      String name, Optional<JsonObject> present, UnaryOperator<CatalogEntry> change) {
    CatalogEntry old =
        present
            .map(document -> CatalogEntry.of(name, document))
            .orElseGet(() -> CatalogEntry.none(name));
    CatalogEntry next = change.apply(old);
    return next.equals(old) ? present.orElseGet(next::toJson) : next.toJson();
  }

  private static Throwable inWords(String name, Throwable failure) {
    return failure instanceof FabricException fabric
            && fabric.code() == FabricException.KEEPS_CHANGING
        ? new DeployException(
            Reason.UNAVAILABLE, name + ": the catalog entry keeps changing; try again")
        : failure;
  }

  /** Completes when all changes seen so far are on the disk, or could not be written. */
  Future<Void> close() {
    return registers.close();
  }
}
