package dev.selvedge.deploy;

import dev.selvedge.deploy.LocalVersion.State;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** One function on this node: makes what is here follow its catalog entry. Confined to lane 0. */
final class FunctionSite {
  private final Vertx vertx;
  private final LocalVersion.Preparation preparation;
  private final boolean hosts;
  private final Runnable changed;
  private final Map<Integer, LocalVersion> versions = new TreeMap<>();
  private CatalogEntry entry;

  /**
   * @param hosts whether this node runs functions
   * @param changed called after every change of the report or the assets
   */
  FunctionSite(
      String name,
      Vertx vertx,
      LocalVersion.Preparation preparation,
      boolean hosts,
      Runnable changed) {
    this.entry = CatalogEntry.none(name);
    this.vertx = vertx;
    this.preparation = preparation;
    this.hosts = hosts;
    this.changed = changed;
  }

  CatalogEntry entry() {
    return entry;
  }

  void follow(CatalogEntry next) {
    entry = next;
    reconcile();
    changed.run();
  }

  private void reconcile() {
    Set<Integer> desired = entry.desired();
    for (LocalVersion local : List.copyOf(versions.values())) {
      local.reconcile(
          desired.contains(local.number()),
          local.number() == entry.current(),
          attempt(local.number()));
    }
    for (int number : desired) {
      if (!versions.containsKey(number)) {
        entry.version(number).filter(FunctionVersion::kept).ifPresent(this::start);
      }
    }
  }

  /** The rollout in which that version is the candidate; 0 if it is none. */
  private int attempt(int number) {
    return entry
        .candidate()
        .filter(candidate -> candidate.version() == number)
        .map(Candidate::attempt)
        .orElse(0);
  }

  private void start(FunctionVersion version) {
    LocalVersion local =
        new LocalVersion(vertx, entry.name(), version, preparation, this::versionChanged);
    versions.put(version.number(), local);
    local.start(version.number() == entry.current(), attempt(version.number()));
  }

  private void versionChanged() {
    if (versions.values().removeIf(local -> local.state() == State.GONE)) {
      reconcile(); // one that was still leaving may be wanted again
    }
    changed.run();
  }

  /** What this node tells the others. */
  FunctionReport report() {
    return new FunctionReport(
        entry.current(),
        numbers(LocalVersion::stored),
        numbers(local -> hosts && local.state() == State.READY),
        numbers(local -> local.state() == State.DRAINING),
        versions.values().stream().flatMap(local -> local.failure().stream()).findFirst());
  }

  private List<Integer> numbers(Predicate<LocalVersion> which) {
    return versions.values().stream().filter(which).map(LocalVersion::number).toList();
  }

  /** Nothing is deployed and nothing is left. */
  boolean isEmpty() {
    return entry.deleted() && entry.candidate().isEmpty() && versions.isEmpty();
  }

  Optional<LocalVersion> serving() {
    return Optional.ofNullable(versions.get(entry.current()));
  }

  List<LocalVersion> versions() {
    return new ArrayList<>(versions.values());
  }

  Future<Void> stop() {
    List<Future<?>> stops = new ArrayList<>();
    versions.values().forEach(local -> stops.add(local.stop()));
    return Future.join(stops).mapEmpty();
  }
}
