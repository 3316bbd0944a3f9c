package dev.selvedge.node;

import dev.selvedge.admin.OperationException;
import dev.selvedge.admin.OperationException.Kind;
import dev.selvedge.admin.PoolInfo;
import dev.selvedge.admin.RouteInfo;
import dev.selvedge.admin.RouterOperations;
import dev.selvedge.config.ConfigException;
import dev.selvedge.config.Section;
import dev.selvedge.fabric.FabricException;
import dev.selvedge.router.DefinitionKind;
import dev.selvedge.router.ListenerFormat;
import dev.selvedge.router.ListenerSpec;
import dev.selvedge.router.MemberFormat;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.PoolFormat;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouteFormat;
import dev.selvedge.router.RouteTarget;
import dev.selvedge.router.RouterDocuments;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What operators can do with the router: edits of the definitions, and a look at all nodes. */
final class RouterControl implements RouterOperations {
  private final RouterDocuments documents;
  private final Routing routing;
  private final PoolCensus census;

  RouterControl(RouterDocuments documents, Routing routing, PoolCensus census) {
    this.documents = documents;
    this.routing = routing;
    this.census = census;
  }

  /** Why requests to a function's own routes do not reach it, each a sentence. */
  List<String> covered(String function) {
    return routing.covered(function);
  }

  // ---- routes

  @Override
  public Future<List<RouteInfo>> routes() {
    return Future.succeededFuture(routing.table().routes().stream().map(this::info).toList());
  }

  private RouteInfo info(Route route) {
    return new RouteInfo(definition(route), source(route));
  }

  private static JsonObject definition(Route route) {
    JsonObject definition = RouteFormat.write(route);
    return route.target() instanceof RouteTarget.Own ? definition.put("own", true) : definition;
  }

  private String source(Route route) {
    if (documents.current().routes().containsKey(route.name())) {
      return Section.wordOf(documents.source(DefinitionKind.ROUTE, route.name()));
    }
    return route.target() instanceof RouteTarget.Own ? "own" : "function";
  }

  @Override
  public Future<JsonObject> addRoute(JsonObject definition) {
    return checked(definition)
        .compose(
            route ->
                documents.current().routes().containsKey(route.name())
                    ? refused(Kind.CONFLICT, "route-exists", "a route is called " + route.name())
                    : put(route));
  }

  @Override
  public Future<JsonObject> putRoute(String name, JsonObject definition) {
    return checked(definition.copy().put("name", name)).compose(this::put);
  }

  private Future<Route> checked(JsonObject definition) {
    try {
      Route route = RouteFormat.read("route", definition);
      boolean loose =
          route.target() instanceof RouteTarget.ToPool to
              && !documents.current().pools().containsKey(to.pool());
      return loose
          ? refused(
              Kind.NOT_FOUND, "no-such-pool", "no pool is called " + definition.getValue("pool"))
          : Future.succeededFuture(route);
    } catch (ConfigException wrong) {
      return explain(wrong);
    }
  }

  private Future<JsonObject> put(Route route) {
    JsonObject definition = RouteFormat.write(route);
    return documents
        .put(DefinitionKind.ROUTE, route.name(), definition)
        .map(definition)
        .recover(RouterControl::explain);
  }

  @Override
  public Future<Void> removeRoute(String name) {
    return documents.remove(DefinitionKind.ROUTE, name).recover(RouterControl::explain);
  }

  // ---- pools

  @Override
  public Future<List<PoolInfo>> pools() {
    return census
        .count(Optional.empty())
        .map(
            counted -> {
              List<PoolInfo> infos = new ArrayList<>();
              new TreeMap<>(documents.current().pools())
                  .values()
                  .forEach(pool -> infos.add(info(pool, counted)));
              return infos;
            });
  }

  @Override
  public Future<PoolInfo> pool(String name) {
    return census
        .count(Optional.of(name))
        .compose(
            counted -> {
              PoolSpec pool = documents.current().pools().get(name);
              return pool == null
                  ? refused(Kind.NOT_FOUND, "no-such-pool", "no pool is called " + name)
                  : Future.succeededFuture(info(pool, counted));
            });
  }

  private PoolInfo info(PoolSpec pool, PoolCensus.Counted counted) {
    return new PoolInfo(
        pool.name(),
        PoolFormat.write(pool),
        Section.wordOf(documents.source(DefinitionKind.POOL, pool.name())),
        counted.waiting(pool.name()),
        counted.members(pool));
  }

  @Override
  public Future<PoolInfo> putPool(String name, JsonObject pool) {
    return documents
        .put(DefinitionKind.POOL, name, pool)
        .recover(RouterControl::explain)
        .compose(done -> pool(name));
  }

  @Override
  public Future<Void> removePool(String name) {
    List<String> users = documents.current().usersOf(name);
    return users.isEmpty()
        ? documents.remove(DefinitionKind.POOL, name).recover(RouterControl::explain)
        : refused(Kind.CONFLICT, "pool-in-use", name + " is used by " + String.join(", ", users));
  }

  // ---- members

  @Override
  public Future<PoolInfo> addMember(String pool, Object member) {
    return change(
        pool,
        old -> {
          MemberSpec added = MemberFormat.read("member", member);
          if (find(old, added.address()).isPresent()) {
            throw new OperationException(
                Kind.CONFLICT, "member-exists", pool + " has a member " + added.address());
          }
          List<MemberSpec> members = new ArrayList<>(old.members());
          members.add(added);
          return old.withMembers(members);
        });
  }

  @Override
  public Future<PoolInfo> changeMember(String pool, String member, JsonObject changes) {
    return change(
        pool,
        old -> {
          MemberSpec present = existing(old, member);
          JsonObject merged = MemberFormat.write(present).mergeIn(changes).put("address", member);
          MemberSpec changed = MemberFormat.read("member", merged);
          return old.withMembers(
              old.members().stream().map(one -> one.equals(present) ? changed : one).toList());
        });
  }

  @Override
  public Future<PoolInfo> removeMember(String pool, String member) {
    return change(
        pool,
        old -> {
          MemberSpec present = existing(old, member);
          return old.withMembers(
              old.members().stream().filter(one -> !one.equals(present)).toList());
        });
  }

  @Override
  public Future<Integer> closeMember(String pool, String member, Optional<Duration> spread) {
    PoolSpec spec = documents.current().pools().get(pool);
    if (spec == null) {
      return refused(Kind.NOT_FOUND, "no-such-pool", "no pool is called " + pool);
    }
    return census.close(pool, member, spread.orElse(spec.drain().spread()));
  }

  private Future<PoolInfo> change(String pool, UnaryOperator<PoolSpec> change) {
    return documents
        .changePool(pool, change)
        .recover(RouterControl::explain)
        .compose(done -> pool(pool));
  }

  private static Optional<MemberSpec> find(PoolSpec pool, String address) {
    return pool.members().stream().filter(one -> one.address().equals(address)).findFirst();
  }

  private static MemberSpec existing(PoolSpec pool, String address) {
    return find(pool, address)
        .orElseThrow(
            () ->
                new OperationException(
                    Kind.NOT_FOUND,
                    "no-such-member",
                    "pool " + pool.name() + " has no member " + address));
  }

  // ---- listeners

  @Override
  public Future<List<JsonObject>> listeners() {
    return Future.succeededFuture(
        new TreeMap<>(documents.current().listeners()).values().stream().map(this::info).toList());
  }

  private JsonObject info(ListenerSpec listener) {
    return new JsonObject()
        .put("name", listener.name())
        .mergeIn(ListenerFormat.write(listener))
        .put("source", Section.wordOf(documents.source(DefinitionKind.LISTENER, listener.name())));
  }

  @Override
  public Future<JsonObject> putListener(String name, JsonObject listener) {
    return documents
        .put(DefinitionKind.LISTENER, name, listener)
        .recover(RouterControl::explain)
        .map(done -> info(ListenerFormat.read("listener", name, listener)));
  }

  @Override
  public Future<Void> removeListener(String name) {
    return documents.remove(DefinitionKind.LISTENER, name).recover(RouterControl::explain);
  }

  // ---- failures

  private static <T> Future<T> refused(Kind kind, String code, String text) {
    return Future.failedFuture(new OperationException(kind, code, text));
  }

  private static <T> Future<T> explain(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    if (failure instanceof ConfigException) {
      return refused(Kind.INVALID, "bad-definition", text);
    }
    if (failure instanceof RouterDocuments.UnknownName unknown) {
      return refused(Kind.NOT_FOUND, "no-such-" + unknown.kind().word(), text);
    }
    return failure instanceof FabricException
        ? refused(Kind.UNAVAILABLE, "unavailable", text)
        : Future.failedFuture(failure);
  }
}
