package dev.selvedge.admin;

import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes back: JSON, and errors as {@code {"error":{"code":…,"text":…}}}. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final Set<String> NOT_FOUND = Set.of("no-such-function", "no-such-session");

  private Answers() {}

  /** Answers with one thing. */
  static <T> Handler<RoutingContext> object(
      Function<RoutingContext, Future<T>> operation, Function<T, JsonObject> form) {
    return run(operation, (ctx, result) -> json(ctx, 200, form.apply(result)));
  }

  /** Answers with {@code {"items":[…]}}. */
  static <T> Handler<RoutingContext> list(
      Function<RoutingContext, Future<List<T>>> operation, Function<T, JsonObject> form) {
    return run(
        operation,
        (ctx, items) ->
            json(
                ctx,
                200,
                new JsonObject().put("items", new JsonArray(items.stream().map(form).toList()))));
  }

  /** Answers 204. */
  static Handler<RoutingContext> nothing(Function<RoutingContext, Future<Void>> operation) {
    return run(operation, (ctx, done) -> ctx.response().setStatusCode(204).end());
  }

  /** Answers with a JSON value of any kind, or with bytes. */
  static Handler<RoutingContext> value(
      Function<RoutingContext, Future<@Nullable Object>> operation) {
    return run(
        operation,
        (ctx, result) -> {
          boolean bytes = result instanceof Buffer;
          ctx.response()
              .putHeader("content-type", bytes ? "application/octet-stream" : "application/json")
              .end(result instanceof Buffer buffer ? buffer : Json.encodeToBuffer(result));
        });
  }

  private interface Answer<T> {
    void give(RoutingContext ctx, T result);
  }

  private static <T> Handler<RoutingContext> run(
      Function<RoutingContext, Future<T>> operation, Answer<T> answer) {
    return ctx -> {
      Consumer<Throwable> failed = error -> fail(ctx, error);
      try {
        operation
            .apply(ctx)
            .onSuccess(result -> answer.give(ctx, result))
            .onFailure(failed::accept);
      } catch (OperationException wrong) {
        failed.accept(wrong);
      }
    };
  }

  static void json(RoutingContext ctx, int status, JsonObject body) {
    ctx.response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("cache-control", "no-store")
        .end(body.toBuffer());
  }

  static void fail(RoutingContext ctx, Throwable error) {
    if (error instanceof OperationException wrong) {
      error(ctx, wrong.kind().status(), wrong.code(), wrong.text());
    } else if (error instanceof FunctionException thrown) {
      int status = NOT_FOUND.contains(thrown.code()) ? 404 : 422;
      json(ctx, status, errorBody(thrown.code(), thrown.text(), thrown.data()));
    } else {
      LOG.error("admin request failed {} {}", ctx.request().method(), ctx.request().path(), error);
      error(ctx, 500, "internal", "the node failed to do this; its log says why");
    }
  }

  static void error(RoutingContext ctx, int status, String code, String text) {
    json(ctx, status, errorBody(code, text, null));
  }

  private static JsonObject errorBody(String code, String text, @Nullable Object data) {
    JsonObject error = new JsonObject().put("code", code).put("text", text);
    return new JsonObject().put("error", data == null ? error : error.put("data", data));
  }
}
