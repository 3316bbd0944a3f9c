package dev.selvedge.admin;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The paths of the API about routes, pools and listeners. */
final class RouterRoutes {
  private final Router router;
  private final RouterOperations operations;

  private RouterRoutes(Router router, RouterOperations operations) {
    this.router = router;
    this.operations = operations;
  }

  static void add(Router router, RouterOperations operations) {
    RouterRoutes routes = new RouterRoutes(router, operations);
    routes.routes();
    routes.pools();
    routes.members();
    routes.listeners();
  }

  private void routes() {
    router.get("/v1/routes").handler(Answers.list(ctx -> operations.routes(), RouteInfo::toJson));
    router
        .post("/v1/routes")
        .handler(Answers.object(ctx -> operations.addRoute(Body.object(ctx)), Function.identity()));
    router
        .put("/v1/routes/:route")
        .handler(
            Answers.object(
                ctx -> operations.putRoute(ctx.pathParam("route"), Body.object(ctx)),
                Function.identity()));
    router
        .delete("/v1/routes/:route")
        .handler(Answers.nothing(ctx -> operations.removeRoute(ctx.pathParam("route"))));
  }

  private void pools() {
    router.get("/v1/pools").handler(Answers.list(ctx -> operations.pools(), PoolInfo::toJson));
    router
        .get("/v1/pools/:pool")
        .handler(Answers.object(ctx -> operations.pool(ctx.pathParam("pool")), PoolInfo::toJson));
    router
        .put("/v1/pools/:pool")
        .handler(
            Answers.object(
                ctx -> operations.putPool(ctx.pathParam("pool"), Body.object(ctx)),
                PoolInfo::toJson));
    router
        .delete("/v1/pools/:pool")
        .handler(Answers.nothing(ctx -> operations.removePool(ctx.pathParam("pool"))));
  }

  private void members() {
    router
        .post("/v1/pools/:pool/members")
        .handler(
            Answers.object(
                ctx -> operations.addMember(ctx.pathParam("pool"), Body.object(ctx)),
                PoolInfo::toJson));
    router
        .post("/v1/pools/:pool/members/:member")
        .handler(
            Answers.object(
                ctx ->
                    operations.changeMember(
                        ctx.pathParam("pool"), ctx.pathParam("member"), changes(ctx)),
                PoolInfo::toJson));
    router
        .delete("/v1/pools/:pool/members/:member")
        .handler(
            Answers.object(
                ctx -> operations.removeMember(ctx.pathParam("pool"), ctx.pathParam("member")),
                PoolInfo::toJson));
    router
        .post("/v1/pools/:pool/members/:member/close")
        .handler(
            Answers.object(
                ctx ->
                    operations.closeMember(
                        ctx.pathParam("pool"), ctx.pathParam("member"), spread(ctx)),
                closing -> new JsonObject().put("closing", closing)));
  }

  private static JsonObject changes(RoutingContext ctx) {
    JsonObject changes = Body.object(ctx);
    if (changes.containsKey("address")) {
      throw new OperationException(
          OperationException.Kind.INVALID,
          "bad-body",
          "address: " + changes.getValue("address") + " (expected: nothing; add another member)");
    }
    return changes;
  }

  private static Optional<Duration> spread(RoutingContext ctx) {
    return Body.of(ctx, "spread").duration("spread");
  }

  private void listeners() {
    router
        .get("/v1/listeners")
        .handler(Answers.list(ctx -> operations.listeners(), Function.identity()));
    router
        .put("/v1/listeners/:listener")
        .handler(
            Answers.object(
                ctx -> operations.putListener(ctx.pathParam("listener"), Body.object(ctx)),
                Function.identity()));
    router
        .delete("/v1/listeners/:listener")
        .handler(Answers.nothing(ctx -> operations.removeListener(ctx.pathParam("listener"))));
  }
}
