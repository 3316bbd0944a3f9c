package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.function.FunctionException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the outcome of a call becomes an HTTP answer. */
final class CallAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(CallAnswers.class);
  private static final Map<String, String> JSON = headers("application/json");
  private static final Map<String, String> NO_POST =
      Map.of("content-type", "application/json", "cache-control", "no-store", "allow", "GET, HEAD");
  private static final Map<String, String> TEXT = headers("text/plain; charset=utf-8");
  private static final Map<String, String> BINARY = headers("application/octet-stream");

  private CallAnswers() {}

  private static Map<String, String> headers(String type) {
    return Map.of(
        "content-type", type, "cache-control", "no-store", "x-content-type-options", "nosniff");
  }

  static void result(Exchange exchange, @Nullable Object result) {
    if (result == null) {
      exchange.respond(204, Map.of("cache-control", "no-store"), Buffer.buffer());
    } else if (result instanceof Buffer bytes) {
      exchange.respond(200, BINARY, bytes);
    } else if (result instanceof String text) {
      exchange.respond(200, TEXT, Buffer.buffer(text));
    } else {
      exchange.respond(200, JSON, Json.encodeToBuffer(result));
    }
  }

  static void failure(Exchange exchange, String function, Throwable error) {
    if (error instanceof HttpError http) {
      exchange.fail(http);
    } else if (error instanceof FunctionException told) {
      int status = status(told.code());
      exchange.respond(status, status == 405 ? NO_POST : JSON, body(told).toBuffer());
    } else {
      LOG.error("call failed function={}", function, error);
      exchange.fail(new HttpError(500, "internal", "the call failed"));
    }
  }

  private static JsonObject body(FunctionException error) {
    JsonObject json = new JsonObject().put("code", error.code()).put("text", error.text());
    if (error.data() != null) {
      json.put("data", error.data());
    }
    return new JsonObject().put("error", json);
  }

  /** A function's own codes are answered 422: the request was fine, what it asked for was not. */
  static int status(String code) {
    return switch (code) {
      case "bad-argument", "bad-json" -> 400;
      case "unauthenticated" -> 401;
      case "forbidden" -> 403;
      case "no-such-function", "not-found" -> 404;
      case "not-callable" -> 405;
      case "conflict" -> 409;
      case "too-big" -> 413;
      case "too-many" -> 429;
      case "internal" -> 500;
      case "busy", "unavailable", "overloaded" -> 503;
      case "timeout" -> 504;
      default -> 422;
    };
  }
}
