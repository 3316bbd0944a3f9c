package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.deploy.NodeReports.Outcome;
import dev.selvedge.deploy.NodeReports.Verdict;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.Role;
import io.vertx.core.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Brings a version of a function into service, on the node that was told to: the catalog names it
 * as the candidate, every host starts it, then the catalog makes it the serving one, then the nodes
 * leave the old one. If a host cannot start it, or not in time, the candidate is withdrawn and the
 * old version has served all along. Confined to lane 0.
 */
final class Rollout {
  private static final Logger LOG = System.getLogger(Rollout.class.getName());

  private final Fabric fabric;
  private final Catalog catalog;
  private final NodeReports reports;
  private final DeploySettings settings;

  Rollout(Fabric fabric, Catalog catalog, NodeReports reports, DeploySettings settings) {
    this.fabric = fabric;
    this.catalog = catalog;
    this.reports = reports;
    this.settings = settings;
  }

  /** A new version. */
  Future<DeployResult> deploy(FunctionVersion version) {
    String name = version.manifest().orElseThrow().name();
    return run(name, entry -> entry.propose(version, self()));
  }

  /** An older version; 0 for the one before the present one. */
  Future<DeployResult> rollback(String name, int version) {
    return run(name, entry -> entry.proposeOlder(version, self()));
  }

  /** Takes a function out of service; completes when no node runs it any more, or in time. */
  Future<Void> undeploy(String name) {
    return catalog
        .update(name, CatalogEntry::delete)
        .compose(
            entry ->
                reports.await(
                    name,
                    reports.live(),
                    settings.settle(),
                    (node, report) ->
                        report.ready().isEmpty() && report.draining().isEmpty()
                            ? Verdict.MET
                            : Verdict.WAIT))
        .mapEmpty();
  }

  private String self() {
    return fabric.membership().self().value();
  }

  private Future<DeployResult> run(String name, UnaryOperator<CatalogEntry> proposal) {
    return catalog
        .update(name, proposal)
        .compose(
            entry -> {
              Candidate candidate = entry.candidate().orElseThrow();
              FunctionVersion version = entry.version(candidate.version()).orElseThrow();
              LOG.log(
                  Level.INFO,
                  "rollout function="
                      + name
                      + "@"
                      + version.number()
                      + " sha256="
                      + version.sha256());
              return requireFreeRoutes(name, version)
                  .compose(free -> ready(name, candidate))
                  .compose(ready -> promote(name, candidate))
                  .recover(failure -> withdraw(name, candidate, failure))
                  .compose(promoted -> settle(name, version));
            });
  }

  /** Two functions that claim one route at the same moment see each other here at the latest. */
  private Future<Void> requireFreeRoutes(String name, FunctionVersion version) {
    return catalog
        .fresh()
        .map(
            entries -> {
              RouteClaims.check(name, version.manifest().orElseThrow().routes(), entries);
              return null;
            });
  }

  private Future<Void> ready(String name, Candidate candidate) {
    Set<NodeId> nodes = reports.live();
    return reports
        .await(
            name, nodes, settings.rollout(), (node, report) -> readiness(node, report, candidate))
        .compose(
            outcome ->
                outcome.succeeded()
                    ? Future.succeededFuture()
                    : Future.failedFuture(refusal(name, candidate, outcome)));
  }

  private static Verdict readiness(Node node, FunctionReport report, Candidate candidate) {
    boolean failed =
        report
            .failure()
            .filter(failure -> failure.attempt() == candidate.attempt())
            .filter(failure -> failure.version() == candidate.version())
            .isPresent();
    if (failed) {
      return new Verdict.Never(report.failure().orElseThrow().error());
    }
    List<Integer> there = node.has(Role.HOST) ? report.ready() : report.stored();
    return there.contains(candidate.version()) ? Verdict.MET : Verdict.WAIT;
  }

  private DeployException refusal(String name, Candidate candidate, Outcome outcome) {
    String what = name + ": version " + candidate.version();
    return outcome.failed().isEmpty()
        ? new DeployException(
            Reason.TIMED_OUT,
            what
                + " was not ready within "
                + settings.rollout().toSeconds()
                + " s on node "
                + names(outcome.pending()))
        : new DeployException(
            Reason.START_FAILED, what + " did not start on " + String.join("; ", outcome.failed()));
  }

  private static String names(Set<NodeId> nodes) {
    return String.join(", ", nodes.stream().map(NodeId::value).sorted().toList());
  }

  private Future<Void> promote(String name, Candidate candidate) {
    return catalog.update(name, entry -> entry.promote(candidate.attempt())).mapEmpty();
  }

  private Future<Void> withdraw(String name, Candidate candidate, Throwable failure) {
    LOG.log(
        Level.WARNING,
        "rollout given up function=" + name + "@" + candidate.version() + ": " + failure);
    return catalog
        .update(name, entry -> entry.withdraw(candidate.attempt()))
        .transform(
            withdrawn -> {
              if (withdrawn.failed()) {
                failure.addSuppressed(Objects.requireNonNull(withdrawn.cause()));
              }
              return Future.failedFuture(failure);
            });
  }

  /** Waits until all nodes serve the version and have left all others. */
  private Future<DeployResult> settle(String name, FunctionVersion version) {
    Set<NodeId> nodes = reports.live();
    return reports
        .await(
            name, nodes, settings.settle(), (node, report) -> settled(name, node, report, version))
        .map(
            outcome ->
                new DeployResult(
                    name, version.number(), version.sha256(), warnings(nodes, outcome)));
  }

  private Verdict settled(String name, Node node, FunctionReport report, FunctionVersion version) {
    List<Integer> there = node.has(Role.HOST) ? report.ready() : report.stored();
    boolean overtaken = catalog.current(name) != version.number();
    boolean serves =
        report.version() == version.number()
            && there.contains(version.number())
            && report.draining().isEmpty();
    return serves || overtaken ? Verdict.MET : Verdict.WAIT;
  }

  private List<String> warnings(Set<NodeId> nodes, Outcome outcome) {
    List<String> warnings = new ArrayList<>();
    if (!outcome.pending().isEmpty()) {
      warnings.add(
          "after "
              + settings.settle().toSeconds()
              + " s an older version had not been left everywhere: node "
              + names(outcome.pending()));
    }
    boolean hosted =
        nodes.stream()
            .flatMap(id -> fabric.membership().node(id).stream())
            .anyMatch(node -> node.has(Role.HOST));
    if (!hosted) {
      warnings.add("no live node hosts functions: nothing serves until one joins");
    }
    return warnings;
  }
}
