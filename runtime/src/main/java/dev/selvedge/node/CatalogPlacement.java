package dev.selvedge.node;

import dev.selvedge.config.SessionConfig;
import dev.selvedge.deploy.CatalogView;
import dev.selvedge.deploy.ServedFunction;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.LeastSessions;
import dev.selvedge.session.Placement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Places sessions on the nodes that the catalog says are ready, the one with the fewest first. */
final class CatalogPlacement implements Placement {
  private final Membership membership;
  private final LeastSessions balance;
  private final SessionConfig defaults;
  private volatile @Nullable CatalogView catalog;

  CatalogPlacement(Membership membership, LeastSessions balance, SessionConfig defaults) {
    this.membership = membership;
    this.balance = balance;
    this.defaults = defaults;
  }

  /** Sessions and deployments need each other: the catalog comes second. */
  void follow(CatalogView view) {
    catalog = view;
  }

  private Optional<ServedFunction> served(String function) {
    CatalogView view = catalog;
    return view == null
        ? Optional.empty()
        : view.function(function).filter(found -> !found.plain());
  }

  @Override
  public boolean isDeployed(String function) {
    return served(function).isPresent();
  }

  @Override
  public int servingVersion(String function) {
    return served(function).map(ServedFunction::version).orElse(0);
  }

  @Override
  public Optional<Binding> pick(String function, @Nullable NodeId stay) {
    return served(function)
        .flatMap(
            found ->
                pick(hosts(function, found.version()), stay)
                    .map(node -> new Binding(node, found.version())));
  }

  private Optional<NodeId> pick(List<Node> hosts, @Nullable NodeId stay) {
    if (stay != null && hosts.stream().anyMatch(node -> node.id().equals(stay))) {
      return Optional.of(stay);
    }
    return balance.pick(hosts);
  }

  private List<Node> hosts(String function, int version) {
    CatalogView view = catalog;
    if (view == null) {
      return List.of();
    }
    List<Node> all =
        view.hosts(function, version).stream()
            .flatMap(id -> membership.node(id).stream())
            .filter(Phase::takesSessions)
            .toList();
    List<Node> answering = all.stream().filter(node -> membership.isReachable(node.id())).toList();
    return answering.isEmpty() ? all : answering;
  }

  /** A node that hosts the function, for a call; does not count as a session. */
  Optional<NodeId> where(String function) {
    return served(function)
        .flatMap(found -> hosts(function, found.version()).stream().findAny())
        .map(Node::id);
  }

  @Override
  public SessionConfig rules(String function) {
    return served(function).map(found -> found.manifest().limits().over(defaults)).orElse(defaults);
  }
}
