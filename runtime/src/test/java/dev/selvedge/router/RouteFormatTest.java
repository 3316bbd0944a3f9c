package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteFormatTest {
  private static Route read(String json) {
    return RouteFormat.read("routes[0]", new JsonObject(json));
  }

  @Test
  void everyKeyIsRead() {
    Route route =
        read(
            """
            {"name": "shop", "hosts": ["Shop.example.org", "*.shop.example"], "path": "/a/b/",
             "methods": ["get", "POST"], "headers": {"X-Beta": 1, "X-Any": ""},
             "pool": "shop", "rewrite": "/", "origins": ["https://shop.example"]}
            """);

    assertEquals(
        new Route(
            "shop",
            List.of("shop.example.org", "*.shop.example"),
            "/a/b",
            List.of("GET", "POST"),
            Map.of("x-beta", "1", "x-any", ""),
            new RouteTarget.ToPool("shop"),
            Optional.of("/"),
            List.of("https://shop.example")),
        route);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"pool\": \"a\"} | root",
        "{\"path\": \"/a/b_c\", \"pool\": \"a\"} | a-b-c",
        "{\"host\": \"*.x.org\", \"path\": \"/\", \"pool\": \"a\"} | x-org",
        "{\"path\": \"/a\", \"methods\": [\"POST\"], \"pool\": \"a\"} | a-post",
        "{\"path\": \"/a\", \"headers\": {\"X-Beta\": \"1\"}, \"pool\": \"a\"} | a-x-beta"
      })
  void aRouteWithoutANameIsNamedAfterWhatItMatches(String json, String name) {
    assertEquals(name, read(json).name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"pool\": \"a\"}",
        "{\"host\": \"a.b\", \"path\": \"/x\", \"function\": \"deli\"}",
        "{\"path\": \"/x\", \"deny\": true}",
        "{\"path\": \"/x\", \"deny\": 410, \"headers\": {\"a\": \"b\"}}",
        "{\"redirect\": \"https://other.example{path}{query}\"}",
        "{\"redirect\": {\"to\": \"/new\", \"status\": 308}, \"methods\": \"GET\"}",
        "{\"pool\": \"a\", \"rewrite\": \"/new\", \"origins\": [\"*\"]}"
      })
  void whatIsWrittenReadsAsTheSameRoute(String json) {
    Route route = read(json);

    assertEquals(route, RouteFormat.read("x", RouteFormat.write(route)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"path\": \"/x\"} | routes[0]: (none of them) (expected: exactly one of pool, function, deny, redirect)",
        "{\"pool\": \"a\", \"deny\": 403} | routes[0]: pool and deny (expected: exactly one of",
        "{\"pool\": \"A\"} | routes[0].pool: A (expected: a name",
        "{\"path\": \"x\", \"pool\": \"a\"} | routes[0].path: x (expected: a decoded path",
        "{\"path\": \"/a//b\", \"pool\": \"a\"} | routes[0].path: /a//b (expected: a decoded path",
        "{\"path\": \"/a/../b\", \"pool\": \"a\"} | routes[0].path: /a/../b (expected: a decoded path",
        "{\"path\": \"/a%20b\", \"pool\": \"a\"} | routes[0].path: /a%20b (expected: a decoded path",
        "{\"host\": \"a.b:80\", \"pool\": \"a\"} | routes[0].host: a.b:80 (expected: a host name without a port",
        "{\"host\": \"a\", \"hosts\": [\"b\"], \"pool\": \"a\"} | routes[0].host: a (expected: host or hosts",
        "{\"methods\": [\"G T\"], \"pool\": \"a\"} | routes[0].methods[0]: G T (expected: methods such as GET)",
        "{\"deny\": 200} | routes[0].deny: 200 (expected: 400..599)",
        "{\"redirect\": {\"to\": \"/x\", \"status\": 305}} | routes[0].redirect.status: 305 (expected: 301, 302, 303, 307 or 308)",
        "{\"redirect\": {\"status\": 301}} | routes[0].redirect.to: (missing) (expected: a URL",
        "{\"function\": \"a\", \"rewrite\": \"/\"} | routes[0].rewrite: / (expected: nothing",
        "{\"pool\": \"a\", \"origins\": [\"shop\"]} | routes[0].origins[0]: shop (expected: * or scheme",
        "{\"pol\": \"a\"} | routes[0].pol: a (expected: a known key; did you mean pool?)"
      })
  void aMistakeIsNamedWithItsPathItsValueAndWhatWasExpected(String json, String complaint) {
    String message = assertThrows(ConfigException.class, () -> read(json)).getMessage();

    assertTrue(message.startsWith(complaint), message);
  }
}
