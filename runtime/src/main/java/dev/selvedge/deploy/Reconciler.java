package dev.selvedge.deploy;

import dev.selvedge.deploy.LocalVersion.State;
import dev.selvedge.fabric.Role;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes what runs on this node follow the catalog, and announces it in section {@code deploy}.
 * Confined to lane 0.
 */
final class Reconciler {
  private final HostContext host;
  private final ArtifactExchange artifacts;
  private final WorkerExecutor files;
  private final PublishedCatalog view;
  private final Map<String, FunctionSite> sites = new TreeMap<>();
  private final boolean hosts;
  private boolean announcing;
  private boolean read;
  private boolean ended;

  /**
   * @param view gets what has changed, once for each turn of the event loop, before it is announced
   */
  Reconciler(
      HostContext host, ArtifactExchange artifacts, WorkerExecutor files, PublishedCatalog view) {
    this.host = host;
    this.artifacts = artifacts;
    this.files = files;
    this.view = view;
    this.hosts =
        host.fabric()
            .membership()
            .node(host.fabric().membership().self())
            .map(self -> self.has(Role.HOST))
            .orElse(true);
  }

  /** The catalog wants this now. */
  void follow(CatalogEntry entry) {
    if (ended) {
      return;
    }
    sites
        .computeIfAbsent(
            entry.name(),
            name ->
                new FunctionSite(
                    name, host.fabric().vertx(), new Preparing(name), hosts, this::changed))
        .follow(entry);
  }

  /** All of the catalog has been followed once. */
  void catalogRead() {
    read = true;
    changed();
  }

  private void changed() {
    if (!announcing && !ended) {
      announcing = true;
      host.lane().context().runOnContext(v -> announce());
    }
  }

  private void announce() {
    announcing = false;
    if (ended) {
      return;
    }
    view.publish(sites, pending());
    JsonObject functions = new JsonObject();
    sites.forEach(
        (name, site) -> {
          if (!site.isEmpty()) {
            functions.put(name, site.report().toJson());
          }
        });
    host.fabric()
        .membership()
        .announce(FunctionReport.SECTION, new JsonObject().put("functions", functions));
  }

  /** What this node does not serve though the catalog wants it, each a sentence. */
  private List<String> pending() {
    List<String> pending = new ArrayList<>();
    if (!read) {
      pending.add("the catalog was not read yet");
    }
    sites.forEach(
        (name, site) -> {
          boolean wanted = site.entry().current() > 0;
          if (wanted && site.serving().map(LocalVersion::state).orElse(null) != State.READY) {
            pending.add(
                "function "
                    + name
                    + "@"
                    + site.entry().current()
                    + site.serving()
                        .flatMap(LocalVersion::failure)
                        .map(failure -> " does not start: " + failure.error())
                        .orElse(" is starting"));
          }
        });
    return pending;
  }

  /** Stops all instances at once. */
  Future<Void> close() {
    ended = true;
    List<Future<?>> stops = new ArrayList<>();
    sites.values().forEach(site -> stops.add(site.stop()));
    return Future.join(stops).mapEmpty();
  }

  private final class Preparing implements LocalVersion.Preparation {
    private final String name;

    Preparing(String name) {
      this.name = name;
    }

    @Override
    public Future<Assets> store(FunctionVersion version) {
      return artifacts
          .obtain(version.sha256())
          .compose(jar -> files.executeBlocking(() -> Assets.of(jar), false));
    }

    @Override
    public Future<Optional<RunningVersion>> run(FunctionVersion version) {
      return hosts
          ? RunningVersion.start(host, name, version, artifacts.path(version.sha256()))
              .map(Optional::of)
          : Future.succeededFuture(Optional.empty());
    }
  }
}
