package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssetsTest {
  private final Map<String, Buffer> files =
      new HashMap<>(
          Map.of(
              "index.html", Buffer.buffer("<p>hi"),
              "js/app.js", Buffer.buffer("1"),
              "x.bin", Buffer.buffer("2"),
              "sub/index.html", Buffer.buffer("3")));

  private StubExchange ask(String method, String base, String path, Map<String, String> headers) {
    StubExchange exchange = new StubExchange(method, path, headers);
    Assets.answer(exchange, base, name -> Optional.ofNullable(files.get(name)));
    return exchange;
  }

  @ParameterizedTest
  @CsvSource({
    "/, /, text/html; charset=utf-8, <p>hi",
    "/, /js/app.js, text/javascript; charset=utf-8, 1",
    "/, /x.bin, application/octet-stream, 2",
    "/, /sub/, text/html; charset=utf-8, 3",
    "/deli, /deli, text/html; charset=utf-8, <p>hi",
    "/deli, /deli/, text/html; charset=utf-8, <p>hi",
    "/deli, /deli/js/app.js, text/javascript; charset=utf-8, 1"
  })
  void aPathBelowTheBaseIsAFile(String base, String path, String type, String content) {
    StubExchange answered = ask("GET", base, path, Map.of());

    assertEquals(200, answered.status);
    assertEquals(type, answered.answerHeaders.get("content-type"));
    assertEquals("no-cache", answered.answerHeaders.get("cache-control"));
    assertEquals(content, answered.answer.toString());
  }

  @Test
  void whoHasTheCurrentVersionIsNotSentItAgain() {
    String tag = ask("GET", "/", "/", Map.of()).answerHeaders.get("etag");

    for (String known : new String[] {tag, "\"old\", " + tag, "W/" + tag, "*"}) {
      assertEquals(304, ask("GET", "/", "/", Map.of("if-none-match", known)).status);
    }
    files.put("index.html", Buffer.buffer("<p>new"));
    StubExchange changed = ask("GET", "/", "/", Map.of("if-none-match", tag));
    assertEquals(200, changed.status);
    assertNotEquals(tag, changed.answerHeaders.get("etag"));
  }

  @Test
  void whatIsNoFileOrNoReadIsLeftToTheCaller() {
    assertEquals(0, ask("GET", "/", "/missing", Map.of()).status);
    assertEquals(0, ask("POST", "/", "/", Map.of()).status);
    StubExchange exchange = new StubExchange("HEAD", "/", Map.of());
    assertTrue(Assets.answer(exchange, "/", name -> Optional.of(Buffer.buffer("x"))));
    assertFalse(Assets.answer(exchange, "/", name -> Optional.empty()));
  }
}
