package dev.selvedge.node;

import dev.selvedge.admin.FunctionInfo;
import dev.selvedge.admin.GroupInfo;
import dev.selvedge.admin.LeakInfo;
import dev.selvedge.admin.MemberInfo;
import dev.selvedge.admin.NodeInfo;
import dev.selvedge.admin.OperationException;
import dev.selvedge.admin.OperationException.Kind;
import dev.selvedge.admin.Operations;
import dev.selvedge.admin.RolloutInfo;
import dev.selvedge.admin.RouterOperations;
import dev.selvedge.admin.SessionInfo;
import dev.selvedge.admin.SessionPage;
import dev.selvedge.admin.SessionQuery;
import dev.selvedge.admin.StallInfo;
import dev.selvedge.deploy.DeployException;
import dev.selvedge.deploy.DeployResult;
import dev.selvedge.deploy.Deployments;
import dev.selvedge.deploy.Overrides;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Node;
import dev.selvedge.function.Call;
import dev.selvedge.function.CloseReason;
import dev.selvedge.host.FunctionHost;
import dev.selvedge.metrics.Metrics;
import dev.selvedge.session.Clients;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.Queries;
import dev.selvedge.session.SessionId;
import dev.selvedge.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What operators can do, done with the parts of this node and by asking the others. */
final class ClusterOperations implements Operations {
  private static final System.Logger LOG = System.getLogger(ClusterOperations.class.getName());
  private static final String DRAIN = "drain";
  private static final Duration DRAIN_GRACE = Duration.ofSeconds(10);
  private static final long TIMEOUT_MILLIS = 3_000;

  private final Fabric fabric;
  private final Deployments deployments;
  private final FunctionHost host;
  private final Queries queries;
  private final Clients clients;
  private final Stores stores;
  private final OutsidePeers peers;
  private final Supplier<Phase> phase;
  private final FunctionCatalog functions;
  private final RouterControl router;
  private final Diagnostics diagnostics;

  ClusterOperations(
      Fabric fabric,
      Deployments deployments,
      FunctionHost host,
      Queries queries,
      Clients clients,
      Stores stores,
      OutsidePeers peers,
      RouterControl router,
      Metrics metrics,
      Supplier<Phase> phase,
      Function<Duration, Future<Void>> drain) {
    this.fabric = fabric;
    this.deployments = deployments;
    this.host = host;
    this.queries = queries;
    this.clients = clients;
    this.stores = stores;
    this.peers = peers;
    this.phase = phase;
    this.router = router;
    this.functions = new FunctionCatalog(fabric, deployments.view(), host, metrics);
    this.diagnostics = new Diagnostics(fabric, deployments);
    fabric.serve(
        DRAIN,
        request -> {
          drain.apply(DRAIN_GRACE).onFailure(late -> {}); // what was left has been cut
          return Future.succeededFuture(Buffer.buffer());
        });
  }

  // ---- nodes

  @Override
  public Future<List<NodeInfo>> nodes() {
    return Future.succeededFuture(fabric.membership().nodes().stream().map(this::node).toList());
  }

  private NodeInfo node(Node node) {
    JsonObject section = node.section(Phase.SECTION);
    return new NodeInfo(
        node.id().value(),
        node.roles().stream()
            .map(role -> role.name().toLowerCase(java.util.Locale.ROOT))
            .sorted()
            .toList(),
        node.address(),
        node.version(),
        Phase.of(node),
        section.getString("clientUrl", ""),
        section.getString("adminUrl", ""),
        node.section("load").getInteger(LoadReporter.SESSIONS, 0),
        node.id().equals(fabric.membership().leader().id()),
        node.id().equals(fabric.membership().self()));
  }

  @Override
  public Future<Void> drain(String id) {
    return fabric.membership().nodes().stream()
        .filter(node -> node.id().value().equals(id))
        .findFirst()
        .map(node -> fabric.request(node.id(), DRAIN, Buffer.buffer(), TIMEOUT_MILLIS))
        .orElseGet(() -> Future.failedFuture(notFound("no-such-node", "no node has the id " + id)))
        .mapEmpty();
  }

  // ---- functions

  @Override
  public Future<List<FunctionInfo>> functions() {
    return functions.all();
  }

  @Override
  public Future<FunctionInfo> function(String name) {
    return functions.one(name);
  }

  @Override
  public Future<RolloutInfo> deploy(Path jar, Optional<String> name, Optional<String> route) {
    return outcome(deployments.deploy(jar, new Overrides(name, route.stream().toList())));
  }

  private Future<RolloutInfo> outcome(Future<DeployResult> rollout) {
    return rollout
        .recover(ClusterOperations::explain)
        .onSuccess(result -> warnings(result).forEach(warning -> warn(result, warning)))
        .compose(
            result -> function(result.name()).map(now -> new RolloutInfo(now, warnings(result))));
  }

  private List<String> warnings(DeployResult result) {
    List<String> warnings = new ArrayList<>(result.warnings());
    warnings.addAll(router.covered(result.name()));
    return warnings;
  }

  private static void warn(DeployResult result, String warning) {
    LOG.log(
        Level.WARNING,
        "deployed with a warning function="
            + result.name()
            + "@"
            + result.version()
            + ": "
            + warning);
  }

  @Override
  public Future<Void> undeploy(String name) {
    return deployments.undeploy(name).recover(ClusterOperations::explain);
  }

  @Override
  public Future<RolloutInfo> rollback(String name, OptionalInt to) {
    return outcome(deployments.rollback(name, to.orElse(0)));
  }

  private static <T> Future<T> explain(Throwable failure) {
    if (!(failure instanceof DeployException refused)) {
      return Future.failedFuture(failure);
    }
    Kind kind =
        switch (refused.reason()) {
          case ROUTE_TAKEN, CONFLICT -> Kind.CONFLICT;
          case NO_SUCH_FUNCTION, NO_SUCH_VERSION -> Kind.NOT_FOUND;
          case START_FAILED, TIMED_OUT -> Kind.FAILED;
          default -> Kind.INVALID;
        };
    return Future.failedFuture(
        new OperationException(
            kind, refused.reason().code(), String.valueOf(refused.getMessage())));
  }

  @Override
  public Future<@Nullable Object> call(String name, @Nullable Object body) {
    return host.calls().call(name, new Call(body, "admin", Map.of()));
  }

  // ---- sessions and groups

  @Override
  public Future<SessionPage> sessions(SessionQuery query) {
    JsonObject filter = new JsonObject().put("limit", query.limit() + 1);
    query.function().ifPresent(value -> filter.put("function", value));
    query.node().ifPresent(value -> filter.put("node", value));
    query.group().ifPresent(value -> filter.put("group", value));
    query.protocol().ifPresent(value -> filter.put("protocol", value));
    query.after().ifPresent(value -> filter.put("after", value));
    return queries
        .sessions(filter)
        .map(ClusterOperations::infos)
        .map(found -> SessionPage.merge(List.of(new SessionPage(found, false)), query.limit()));
  }

  private static List<SessionInfo> infos(JsonArray found) {
    return found.stream().map(JsonObject.class::cast).map(SessionInfo::fromJson).toList();
  }

  @Override
  public Future<SessionInfo> session(String id) {
    return withSession(
        id,
        parsed ->
            queries
                .sessions(new JsonObject().put("id", id).put("node", parsed.node().value()))
                .map(ClusterOperations::infos)
                .compose(
                    found ->
                        found.isEmpty()
                            ? Future.failedFuture(noSuchSession(id))
                            : Future.succeededFuture(found.get(0))));
  }

  @Override
  public Future<Void> closeSession(String id) {
    return withSession(id, parsed -> clients.close(clients.anyLane(), parsed, CloseReason.KICKED));
  }

  @Override
  public Future<Void> send(String session, String event, List<@Nullable Object> args) {
    return withSession(
        session, parsed -> clients.send(clients.anyLane(), parsed, Outbound.event(event, args)));
  }

  private static <T> Future<T> withSession(String id, Function<SessionId, Future<T>> action) {
    return SessionId.parse(id).map(action).orElseGet(() -> Future.failedFuture(noSuchSession(id)));
  }

  private static OperationException noSuchSession(String id) {
    return notFound("no-such-session", "no session has the id " + id);
  }

  private static OperationException notFound(String code, String text) {
    return new OperationException(Kind.NOT_FOUND, code, text);
  }

  @Override
  public Future<List<GroupInfo>> groups() {
    return queries
        .groups()
        .map(
            sizes ->
                sizes.entrySet().stream()
                    .map(
                        group ->
                            new GroupInfo(
                                group.getKey(),
                                group.getValue(),
                                queries.nodesWith(group.getKey())))
                    .toList());
  }

  @Override
  public Future<List<MemberInfo>> members(String group) {
    return queries
        .members(group)
        .map(
            members ->
                members.stream()
                    .map(member -> new MemberInfo(member.session(), member.meta()))
                    .toList());
  }

  @Override
  public Future<Void> publish(
      String group, String event, List<@Nullable Object> args, List<String> exceptSessions) {
    return clients.publish(clients.anyLane(), null, group, event, args, exceptSessions);
  }

  // ---- router

  @Override
  public RouterOperations router() {
    return router;
  }

  // ---- health

  @Override
  public Future<List<StallInfo>> stalls() {
    return diagnostics.stalls();
  }

  @Override
  public Future<List<LeakInfo>> leaks() {
    return diagnostics.leaks();
  }

  @Override
  public Readiness readiness() {
    List<String> reasons = new ArrayList<>(deployments.view().pending());
    if (phase.get() != Phase.READY) {
      reasons.add("the node is " + phase.get().word());
    }
    Stores.Health store = stores.health();
    if (!store.ok()) {
      reasons.add("store: " + store.reason());
    }
    peers.trouble().ifPresent(trouble -> reasons.add("peers: " + trouble));
    return new Readiness(
        reasons,
        peers.describe(
            new JsonObject()
                .put("node", fabric.membership().self().value())
                .put("phase", phase.get().word())
                .put("nodes", fabric.membership().nodes().size())
                .put("functions", deployments.view().functions().size())
                .put("store", store.ok() ? "ok" : store.reason())));
  }
}
