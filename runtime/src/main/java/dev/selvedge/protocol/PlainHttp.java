package dev.selvedge.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selvedge.edge.Assets;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.function.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.net.URLEncoder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests without a session: a POST is a call of the function, a GET asks for its pages. */
final class PlainHttp {
  private static final Map<String, String> METHODS = Map.of("allow", "GET, HEAD, POST, OPTIONS");

  private final Calls calls;

  PlainHttp(Calls calls) {
    this.calls = calls;
  }

  void serve(Exchange exchange, FunctionRoute route) {
    switch (exchange.method()) {
      case "GET", "HEAD" -> page(exchange, route);
      case "POST" -> call(exchange, route);
      default ->
          throw new HttpError(
              405,
              "bad-method",
              "method: " + exchange.method() + " (expected: GET, HEAD, POST)",
              METHODS);
    }
  }

  // Calls.

  private void call(Exchange exchange, FunctionRoute route) {
    exchange
        .body()
        .map(body -> new Call(argument(exchange, body), "http", exchange.headers()))
        .compose(call -> calls.call(route.function(), call))
        .onSuccess(result -> CallAnswers.result(exchange, result))
        .onFailure(error -> CallAnswers.failure(exchange, route.function(), error));
  }

  private static @Nullable Object argument(Exchange exchange, Buffer body) {
    if (body.length() == 0) {
      return null;
    }
    return switch (MediaType.of(exchange.header("content-type"))) {
      case JSON -> json(MediaType.utf8(body));
      case TEXT -> MediaType.utf8(body);
      case BINARY -> body;
    };
  }

  private static @Nullable Object json(String text) {
    try {
      return Json.decodeValue(text);
    } catch (DecodeException e) {
      throw new HttpError(400, "bad-json", "the body is not JSON");
    }
  }

  // Pages.

  /**
   * A file of the function. A folder is its {@code index.html}, at a path that ends with a slash;
   * without the slash it is redirected there, so that the page's relative links work.
   */
  private static void page(Exchange exchange, FunctionRoute route) {
    if (isFolderWithoutSlash(exchange.path(), route)) {
      redirect(exchange);
    } else if (!Assets.answer(exchange, route.path(), route.asset())) {
      throw new HttpError(404, "no-such-file", "path: " + exchange.path());
    }
  }

  private static boolean isFolderWithoutSlash(String path, FunctionRoute route) {
    if (path.endsWith("/")) {
      return false;
    }
    String below = path.substring(route.path().length());
    String folder = below.startsWith("/") ? below.substring(1) : below;
    return folder.isEmpty()
        ? route.asset().apply("index.html").isPresent()
        : route.asset().apply(folder).isEmpty()
            && route.asset().apply(folder + "/index.html").isPresent();
  }

  // Relative to the last segment of the path, so that it also holds behind a proxy that cuts a
  // prefix off.
  private static void redirect(Exchange exchange) {
    String path = exchange.path();
    String query = exchange.rawQuery().isEmpty() ? "" : "?" + exchange.rawQuery();
    String folder = URLEncoder.encode(path.substring(path.lastIndexOf('/') + 1), UTF_8);
    String location = "./" + folder.replace("+", "%20") + "/" + query;
    exchange.respond(307, Map.of("location", location), Buffer.buffer());
  }
}
