package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.function.Call;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainHttpTest {
  private static final Map<String, String> FILES =
      Map.of("index.html", "<p>", "app.js", "js", "docs/index.html", "docs", "a b/index.html", "x");

  private final FakeFabric fabric = new FakeFabric(new FakeFabric.Net(), "aaaaaaaa", 1);
  private Future<Object> result = Future.succeededFuture();
  private String calledFunction;
  private Call called;

  private final Dispatch dispatch =
      new Dispatch(
          fabric,
          asked ->
              asked.path().equals("/deli") || asked.path().startsWith("/deli/")
                  ? Optional.of(route("/deli", List.of("https://shop.example")))
                  : asked.path().startsWith("/none/")
                      ? Optional.empty()
                      : Optional.of(route("/", List.of())),
          List.of(),
          (function, call) -> {
            calledFunction = function;
            called = call;
            return result;
          });

  private static FunctionRoute route(String path, List<String> origins) {
    return new FunctionRoute(
        path,
        "deli-counter",
        List.of("raw"),
        origins,
        WebSocketLimits.DEFAULT,
        Duration.ofSeconds(25),
        Duration.ofSeconds(30),
        name -> Optional.ofNullable(FILES.get(name)).map(Buffer::buffer));
  }

  private FakeExchange ask(FakeExchange exchange) {
    fabric.on(0, () -> dispatch.handle(exchange));
    return exchange;
  }

  private FakeExchange get(String path) {
    return ask(new FakeExchange("GET", path));
  }

  // Calls.

  @Test
  void postIsACallWithItsBodyByType() {
    ask(new FakeExchange("POST", "/deli").with("x-who", "me").sendingJson("{\"n\":1}"));
    assertEquals("deli-counter", calledFunction);
    assertEquals(new JsonObject().put("n", 1), called.body());
    assertEquals("http", called.source());
    assertEquals("me", called.headers().get("x-who"));

    ask(new FakeExchange("POST", "/deli").sendingJson("[1]"));
    assertEquals(new JsonArray().add(1), called.body());
    ask(new FakeExchange("POST", "/deli").sending("text/plain", Buffer.buffer("hé")));
    assertEquals("hé", called.body());
    ask(new FakeExchange("POST", "/deli").sending("image/png", Buffer.buffer("p")));
    assertEquals(Buffer.buffer("p"), called.body());
    ask(new FakeExchange("POST", "/deli"));
    assertNull(called.body());
  }

  @Test
  void bodyThatIsNotJsonIsRefused() {
    FakeExchange post = ask(new FakeExchange("POST", "/deli").sendingJson("{"));

    assertEquals(400, post.status);
    assertEquals("bad-json", post.errorCode());
    assertNull(called);
  }

  @Test
  void resultIsTheAnswerByItsType() {
    assertAnswer(null, 204, null, "");
    assertAnswer("hé", 200, "text/plain; charset=utf-8", "hé");
    assertAnswer(Buffer.buffer("b"), 200, "application/octet-stream", "b");
    assertAnswer(new JsonObject().put("n", 1), 200, "application/json", "{\"n\":1}");
    assertAnswer(new JsonArray().add("a"), 200, "application/json", "[\"a\"]");
    assertAnswer(17, 200, "application/json", "17");
    assertAnswer(true, 200, "application/json", "true");
  }

  private void assertAnswer(Object value, int status, String type, String body) {
    result = Future.succeededFuture(value);
    FakeExchange post = ask(new FakeExchange("POST", "/deli"));
    assertEquals(status, post.status);
    assertEquals(type, post.answerHeaders.get("content-type"));
    assertEquals(body, post.answer.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "bad-argument,400",
    "no-such-function,404",
    "not-callable,405",
    "sold-out,422",
    "internal,500",
    "unavailable,503",
    "timeout,504"
  })
  void failureIsToldByCodeAndStatus(String code, int status) {
    result = Future.failedFuture(new FunctionException(code, "why", new JsonObject().put("n", 1)));

    FakeExchange post = ask(new FakeExchange("POST", "/deli"));

    assertEquals(status, post.status);
    assertEquals(
        "{\"error\":{\"code\":\"" + code + "\",\"text\":\"why\",\"data\":{\"n\":1}}}",
        post.answer.toString());
    assertEquals(status == 405, post.answerHeaders.containsKey("allow"));
  }

  @Test
  void whatWasNotMeantForTheClientIsNotTold() {
    result = Future.failedFuture(new IllegalStateException("password is 1234"));

    FakeExchange post = ask(new FakeExchange("POST", "/deli"));

    assertEquals(500, post.status);
    assertEquals(
        "{\"error\":{\"code\":\"internal\",\"text\":\"the call failed\"}}", post.answer.toString());
  }

  @Test
  void bodyThatDoesNotArriveIsTheEdgesError() {
    FakeExchange post =
        ask(
            new FakeExchange("POST", "/deli")
                .sending(Future.failedFuture(new HttpError(413, "too-big", "too big"))));

    assertEquals(413, post.status);
  }

  // Pages.

  @Test
  void folderIsItsIndex() {
    FakeExchange page = get("/deli/");

    assertEquals(200, page.status);
    assertEquals("<p>", page.answer.toString());
    assertEquals("text/html; charset=utf-8", page.answerHeaders.get("content-type"));
    assertEquals("docs", get("/deli/docs/").answer.toString());
    assertEquals("js", get("/deli/app.js").answer.toString());
    assertEquals("<p>", get("/").answer.toString());
    assertEquals("js", get("/app.js").answer.toString());
  }

  @Test
  void folderWithoutItsSlashIsRedirectedSoThatRelativeLinksWork() {
    assertRedirect("/deli", "./deli/");
    assertRedirect("/deli/docs", "./docs/");
    assertRedirect("/deli/a b", "./a%20b/");
    FakeExchange withQuery = ask(new FakeExchange("GET", "/deli").asking("a", "1"));
    assertEquals("./deli/?a=1", withQuery.answerHeaders.get("location"));
  }

  private void assertRedirect(String path, String location) {
    FakeExchange redirect = get(path);
    assertEquals(307, redirect.status);
    assertEquals(location, redirect.answerHeaders.get("location"));
  }

  @Test
  void knownFileIsNotSentAgain() {
    String tag = get("/deli/app.js").answerHeaders.get("etag");

    FakeExchange known = ask(new FakeExchange("GET", "/deli/app.js").with("if-none-match", tag));
    FakeExchange other =
        ask(new FakeExchange("GET", "/deli/").with("if-none-match", "\"x\", " + tag));

    assertEquals(304, known.status);
    assertEquals(0, known.answer.length());
    assertEquals(200, other.status);
    assertNotEquals(tag, other.answerHeaders.get("etag"));
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertEquals("no-such-file", get("/deli/nothing").errorCode());
    assertEquals("no-such-file", get("/deli/nothing/").errorCode());
    assertEquals("no-such-path", get("/none/x").errorCode());
    assertEquals(404, get("/none/x").status);
  }

  @Test
  void otherMethodsAreRefusedWithWhatIsAllowed() {
    FakeExchange put = ask(new FakeExchange("PUT", "/deli"));

    assertEquals(405, put.status);
    assertEquals("bad-method", put.errorCode());
  }

  @Test
  void browserClientIsServedToAnyone() {
    FakeExchange script =
        ask(new FakeExchange("GET", "/selvedge.js").with("origin", "https://other.example"));

    assertEquals(200, script.status);
    assertEquals("text/javascript; charset=utf-8", script.answerHeaders.get("content-type"));
    assertEquals("*", script.answerHeaders.get("access-control-allow-origin"));
    assertTrue(script.answer.length() > 1_000);
    assertEquals(405, ask(new FakeExchange("POST", "/selvedge.js")).status);
  }

  // Origins.

  @Test
  void pagesOfOtherOriginsAreRefusedUnlessTheyAreListed() {
    FakeExchange other =
        ask(new FakeExchange("POST", "/deli").with("origin", "https://evil.example"));
    FakeExchange listed =
        ask(new FakeExchange("POST", "/deli").with("origin", "https://shop.example"));
    FakeExchange failed =
        ask(new FakeExchange("PUT", "/deli").with("origin", "https://shop.example"));

    assertEquals(403, other.status);
    assertEquals("origin-refused", other.errorCode());
    assertEquals(204, listed.status);
    assertEquals("https://shop.example", listed.answerHeaders.get("access-control-allow-origin"));
    assertEquals("https://shop.example", failed.answerHeaders.get("access-control-allow-origin"));
  }

  @Test
  void preflightIsAnsweredHere() {
    FakeExchange preflight =
        ask(
            new FakeExchange("OPTIONS", "/deli")
                .with("origin", "https://shop.example")
                .with("access-control-request-method", "POST")
                .with("access-control-request-headers", "x-selvedge-session"));

    assertEquals(204, preflight.status);
    assertEquals("x-selvedge-session", preflight.answerHeaders.get("access-control-allow-headers"));
    assertEquals(
        "GET, HEAD, POST, DELETE", preflight.answerHeaders.get("access-control-allow-methods"));
  }
}
