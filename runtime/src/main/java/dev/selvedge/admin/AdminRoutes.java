package dev.selvedge.admin;

import dev.selvedge.metrics.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The table of the API: which path leads to which operation. {@code openapi.yaml} describes the
 * same paths for people and programs.
 */
final class AdminRoutes {
  private static final long MAX_BODY_BYTES = 1024 * 1024;

  private final Vertx vertx;
  private final Router router;
  private final Operations operations;
  private final Metrics metrics;

  private AdminRoutes(Vertx vertx, Operations operations, Metrics metrics) {
    this.vertx = vertx;
    this.router = Router.router(vertx);
    this.operations = operations;
    this.metrics = metrics;
  }

  static Router router(
      Vertx vertx, Operations operations, Metrics metrics, AdminServer.Settings settings) {
    AdminRoutes routes = new AdminRoutes(vertx, operations, metrics);
    Guard guard = new Guard(settings.host(), settings.token());
    routes.router.route().handler(guard::checkHost);
    routes.open();
    routes.router.get("/metrics").handler(guard::checkTokenUnlessLocal).handler(routes::metrics);
    routes.router.route("/v1/*").handler(guard::checkToken);
    // The upload reads its body itself, so it stands before the body handler.
    routes.deploy(new Upload(vertx, settings.uploads()));
    routes.router.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES));
    routes.nodes();
    routes.functions();
    routes.sessions();
    routes.groups();
    RouterRoutes.add(routes.router, operations.router());
    routes.router.get("/v1/stalls").handler(list(ctx -> operations.stalls(), StallInfo::toJson));
    routes.router.get("/v1/leaks").handler(list(ctx -> operations.leaks(), LeakInfo::toJson));
    routes.errors();
    return routes.router;
  }

  private static <T> io.vertx.core.Handler<RoutingContext> list(
      Function<RoutingContext, io.vertx.core.Future<List<T>>> operation,
      Function<T, JsonObject> form) {
    return Answers.list(operation, form);
  }

  private void open() {
    router.get("/").handler(Resources.page("/dev/selvedge/admin/dashboard.html", "text/html"));
    router
        .get("/v1/openapi.yaml")
        .handler(Resources.page("/dev/selvedge/admin/openapi.yaml", "application/yaml"));
    router
        .get("/healthz")
        .handler(ctx -> Answers.json(ctx, 200, new JsonObject().put("alive", true)));
    router.get("/readyz").handler(this::ready);
  }

  private void ready(RoutingContext ctx) {
    Operations.Readiness readiness = operations.readiness();
    JsonObject body =
        new JsonObject()
            .put("ready", readiness.ready())
            .put("reasons", new io.vertx.core.json.JsonArray(readiness.reasons()))
            .mergeIn(readiness.details());
    Answers.json(ctx, readiness.ready() ? 200 : 503, body);
  }

  private void metrics(RoutingContext ctx) {
    vertx
        .executeBlocking(metrics::scrape)
        .onSuccess(
            text ->
                ctx.response()
                    .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text))
        .onFailure(error -> Answers.fail(ctx, error));
  }

  private void deploy(Upload upload) {
    router
        .put("/v1/functions")
        .handler(
            Answers.object(
                ctx -> {
                  Parameters query = Parameters.of(ctx, "name", "route");
                  Optional<String> name = query.text("name");
                  Optional<String> route = query.text("route");
                  return upload.receive(ctx, jar -> operations.deploy(jar, name, route));
                },
                RolloutInfo::toJson));
  }

  private void nodes() {
    router.get("/v1/nodes").handler(list(ctx -> operations.nodes(), NodeInfo::toJson));
    router
        .post("/v1/nodes/:node/drain")
        .handler(Answers.nothing(ctx -> operations.drain(ctx.pathParam("node"))));
  }

  private void functions() {
    router.get("/v1/functions").handler(list(ctx -> operations.functions(), FunctionInfo::toJson));
    router
        .get("/v1/functions/:name")
        .handler(
            Answers.object(
                ctx -> operations.function(ctx.pathParam("name")), FunctionInfo::toJson));
    router
        .delete("/v1/functions/:name")
        .handler(Answers.nothing(ctx -> operations.undeploy(ctx.pathParam("name"))));
    router
        .post("/v1/functions/:name/rollback")
        .handler(
            Answers.object(
                ctx -> operations.rollback(ctx.pathParam("name"), Body.of(ctx, "to").version("to")),
                RolloutInfo::toJson));
    router
        .post("/v1/functions/:name/call")
        .handler(Answers.value(ctx -> operations.call(ctx.pathParam("name"), Body.anyValue(ctx))));
  }

  private void sessions() {
    router
        .get("/v1/sessions")
        .handler(Answers.object(ctx -> operations.sessions(query(ctx)), SessionPage::toJson));
    router
        .get("/v1/sessions/:id")
        .handler(
            Answers.object(ctx -> operations.session(ctx.pathParam("id")), SessionInfo::toJson));
    router
        .delete("/v1/sessions/:id")
        .handler(Answers.nothing(ctx -> operations.closeSession(ctx.pathParam("id"))));
    router
        .post("/v1/sessions/:id/messages")
        .handler(
            Answers.nothing(
                ctx -> {
                  Body body = Body.of(ctx, "event", "args");
                  return operations.send(
                      ctx.pathParam("id"), body.text("event"), body.values("args"));
                }));
  }

  private static SessionQuery query(RoutingContext ctx) {
    Parameters query =
        Parameters.of(ctx, "function", "node", "group", "protocol", "after", "limit");
    return new SessionQuery(
        query.text("function"),
        query.text("node"),
        query.text("group"),
        query.text("protocol"),
        query.text("after"),
        query.number("limit", 100, 1, 1_000));
  }

  private void groups() {
    router.get("/v1/groups").handler(list(ctx -> operations.groups(), GroupInfo::toJson));
    router
        .get("/v1/groups/:group/members")
        .handler(list(ctx -> operations.members(ctx.pathParam("group")), MemberInfo::toJson));
    router
        .post("/v1/groups/:group/messages")
        .handler(
            Answers.nothing(
                ctx -> {
                  Body body = Body.of(ctx, "event", "args", "except");
                  return operations.publish(
                      ctx.pathParam("group"),
                      body.text("event"),
                      body.values("args"),
                      body.texts("except"));
                }));
  }

  private void errors() {
    router.errorHandler(
        404,
        ctx ->
            Answers.error(ctx, 404, "no-such-path", ctx.request().path() + " is not in the API"));
    router.errorHandler(
        405,
        ctx ->
            Answers.error(
                ctx,
                405,
                "method-not-allowed",
                ctx.request().method() + " is not for " + ctx.request().path()));
    router.errorHandler(
        413,
        ctx ->
            Answers.error(
                ctx, 413, "too-large", "the body is larger than " + MAX_BODY_BYTES + " bytes"));
    router.errorHandler(
        400, ctx -> Answers.error(ctx, 400, "bad-request", "the request cannot be read"));
    router.errorHandler(
        500,
        ctx ->
            Answers.fail(ctx, ctx.failure() == null ? new IllegalStateException() : ctx.failure()));
  }

  /** A file of the jar, read once. */
  private static final class Resources {
    static io.vertx.core.Handler<RoutingContext> page(String name, String type) {
      Buffer content = read(name);
      return ctx ->
          ctx.response()
              .putHeader("content-type", type + "; charset=utf-8")
              .putHeader("cache-control", "no-cache")
              .putHeader("x-content-type-options", "nosniff")
              .putHeader("x-frame-options", "DENY")
              .putHeader(
                  "content-security-policy",
                  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
                      + " connect-src 'self'; base-uri 'none'; form-action 'none'")
              .end(content);
    }

    private static Buffer read(String name) {
      try (var in = AdminRoutes.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("not in the jar: " + name);
        }
        return Buffer.buffer(in.readAllBytes());
      } catch (java.io.IOException unreadable) {
        throw new java.io.UncheckedIOException(unreadable);
      }
    }
  }
}
