package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {
  private static StubExchange from(String origin, String host) {
    return new StubExchange("GET", "/", Map.of("origin", origin, "host", host));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example, a.example, true",
    "https://a.example, A.EXAMPLE:443, true",
    "http://a.example:80, a.example, true",
    "http://localhost:8080, localhost:8080, true",
    "http://localhost:8081, localhost:8080, false",
    "http://evil.example, a.example, false",
    "http://a.example.evil.example, a.example, false",
    "null, a.example, false",
    "a.example, a.example, false"
  })
  void withoutAListOnlyPagesOfTheSameHostAreAllowed(String origin, String host, boolean allowed) {
    assertEquals(allowed, Origins.allows(from(origin, host), List.of()));
  }

  @Test
  void aRequestWithoutOriginIsNotFromAPage() {
    assertTrue(Origins.allows(new StubExchange("GET", "/", Map.of("host", "a")), List.of()));
  }

  @Test
  void aListNamesExactOrigins() {
    List<String> list = List.of("https://b.example");

    assertTrue(Origins.allows(from("https://b.example", "a.example"), list));
    assertFalse(Origins.allows(from("http://b.example", "a.example"), list));
    assertFalse(Origins.allows(from("https://b.example.org", "a.example"), list));
    assertTrue(Origins.allows(from("https://c.example", "a.example"), List.of("*")));
  }

  @Test
  void answersNameTheOriginThatIsAllowedAndNoOther() {
    Map<String, String> allowed = Origins.headers(from("https://b.example", "a"), List.of("*"));
    assertEquals("https://b.example", allowed.get("access-control-allow-origin"));
    assertEquals("Origin", allowed.get("vary"));

    assertNull(allowed.get("access-control-allow-credentials"));

    Map<String, String> named =
        Origins.headers(from("https://b.example", "a"), List.of("*", "https://b.example"));
    assertEquals("true", named.get("access-control-allow-credentials"));

    Map<String, String> refused = Origins.headers(from("https://b.example", "a"), List.of());
    assertNull(refused.get("access-control-allow-credentials"));
    assertNull(refused.get("access-control-allow-origin"));
    assertEquals("Origin", refused.get("vary"));
  }

  @Test
  void aPreflightIsAnsweredByTheList() {
    Map<String, String> headers =
        Map.of(
            "host", "a",
            "origin", "https://b.example",
            "access-control-request-method", "POST",
            "access-control-request-headers", "content-type");
    StubExchange asked = new StubExchange("OPTIONS", "/", headers);
    assertTrue(Origins.isPreflight(asked));

    Origins.answerPreflight(asked, List.of("https://b.example"), "GET, POST");
    assertEquals(204, asked.status);
    assertEquals("GET, POST", asked.answerHeaders.get("access-control-allow-methods"));
    assertEquals("content-type", asked.answerHeaders.get("access-control-allow-headers"));

    Origins.answerPreflight(asked, List.of(), "GET, POST");
    assertEquals(403, asked.status);
    assertFalse(Origins.isPreflight(new StubExchange("OPTIONS", "/", Map.of("host", "a"))));
  }
}
