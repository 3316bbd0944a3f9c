package dev.selvedge.deploy;

import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The view that the reconciler publishes: an immutable snapshot, replaced on lane 0. */
final class PublishedCatalog implements CatalogView {
  private record Snapshot(
      Map<String, ServedFunction> functions,
      List<LocalFunction> local,
      List<PublishedRoute> routes,
      Map<String, Assets> assets,
      List<String> pending) {
    static final Snapshot UNREAD =
        new Snapshot(
            Map.of(), List.of(), List.of(), Map.of(), List.of("the catalog was not read yet"));
  }

  private final Membership membership;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot = Snapshot.UNREAD;

  PublishedCatalog(Membership membership) {
    this.membership = membership;
  }

  /** Publishes what the sites of this node show, and tells the listeners what has changed. */
  void publish(Map<String, FunctionSite> sites, List<String> pending) {
    Snapshot old = snapshot;
    Map<String, ServedFunction> functions = new TreeMap<>();
    List<LocalFunction> local = new ArrayList<>();
    List<PublishedRoute> routes = new ArrayList<>();
    Map<String, Assets> assets = new HashMap<>();
    sites.forEach(
        (name, site) -> {
          served(site.entry())
              .ifPresent(
                  function -> {
                    functions.put(name, function);
                    assets.put(name, assets(site));
                    routes.addAll(routes(function, assets(site)));
                  });
          site.versions().forEach(version -> local.add(local(name, version)));
        });
    routes.sort(
        Comparator.comparingInt((PublishedRoute route) -> -route.path().length())
            .thenComparing(PublishedRoute::path));
    snapshot =
        new Snapshot(
            functions, List.copyOf(local), List.copyOf(routes), assets, List.copyOf(pending));
    tell(old, snapshot);
  }

  private static Optional<ServedFunction> served(CatalogEntry entry) {
    return entry
        .currentVersion()
        .filter(FunctionVersion::kept)
        .map(
            version -> {
              List<FunctionVersion> newestFirst = new ArrayList<>(entry.versions());
              newestFirst.sort(Comparator.comparingInt(one -> -one.number()));
              return new ServedFunction(
                  entry.name(),
                  version.number(),
                  version.sha256(),
                  version.plain(),
                  version.manifest().orElseThrow(),
                  newestFirst,
                  entry.candidate().map(Candidate::version));
            });
  }

  private static Assets assets(FunctionSite site) {
    return site.serving().map(LocalVersion::assets).orElse(Assets.NONE);
  }

  private static List<PublishedRoute> routes(ServedFunction function, Assets assets) {
    return function.manifest().routes().stream()
        .map(path -> new PublishedRoute(path, function, assets))
        .toList();
  }

  private static LocalFunction local(String name, LocalVersion version) {
    return new LocalFunction(
        name,
        version.number(),
        version.state().name().toLowerCase(Locale.ROOT),
        version.instances(),
        version.failure().map(FunctionReport.Failure::error));
  }

  private void tell(Snapshot old, Snapshot now) {
    Set<String> names = new HashSet<>(old.functions().keySet());
    names.addAll(now.functions().keySet());
    if (!old.routes().equals(now.routes())) {
      listeners.forEach(Listener::routesChanged);
    }
    for (String name : names) {
      Optional<Integer> before =
          Optional.ofNullable(old.functions().get(name)).map(ServedFunction::version);
      if (!before.equals(currentVersion(name))) {
        listeners.forEach(listener -> listener.servingChanged(name));
      }
    }
  }

  @Override
  public List<ServedFunction> functions() {
    return List.copyOf(snapshot.functions().values());
  }

  @Override
  public Optional<ServedFunction> function(String name) {
    return Optional.ofNullable(snapshot.functions().get(name));
  }

  @Override
  public List<LocalFunction> local() {
    return snapshot.local();
  }

  @Override
  public List<NodeId> hosts(String name, int version) {
    return membership.nodes().stream()
        .filter(node -> FunctionReport.of(node, name).ready().contains(version))
        .map(Node::id)
        .toList();
  }

  @Override
  public List<PublishedRoute> routes() {
    return snapshot.routes();
  }

  @Override
  public Optional<PublishedRoute> routeTo(String function, String path) {
    Snapshot now = snapshot;
    return Optional.ofNullable(now.functions().get(function))
        .map(
            served ->
                new PublishedRoute(path, served, now.assets().getOrDefault(function, Assets.NONE)));
  }

  @Override
  public List<String> pending() {
    return snapshot.pending();
  }

  @Override
  public void addListener(Listener listener) {
    listeners.add(listener);
  }
}
