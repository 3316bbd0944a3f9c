package dev.selvedge.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TargetTest {
  @Test
  void aUrlNamesHostPortAndResource() {
    assertEquals(
        new Target("127.0.0.1", 8080, false, "127.0.0.1:8080", "/a%20b?c=d"),
        Target.parse("ws://127.0.0.1:8080/a%20b?c=d"));
    assertEquals(
        new Target("example.org", 80, false, "example.org", "/"),
        Target.parse("http://example.org"));
    assertEquals(
        new Target("example.org", 443, true, "example.org", "/"),
        Target.parse("wss://example.org"));
    assertEquals(
        new Target("example.org", 8443, true, "example.org:8443", "/x"),
        Target.parse("https://example.org:8443/x"));
    assertEquals(new Target("::1", 81, false, "[::1]:81", "/"), Target.parse("ws://[::1]:81"));
  }

  @Test
  void whatItCannotSpeakIsRefused() {
    for (String url :
        new String[] {"ftp://localhost/", "localhost:8080", "ws:///x", "", "ws://a b"}) {
      assertThrows(IllegalArgumentException.class, () -> Target.parse(url), url);
    }
  }

  @Test
  void theAcceptHeaderIsThatOfTheStandard() {
    // RFC 6455 §1.3.
    assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.accept("dGhlIHNhbXBsZSBub25jZQ=="));
  }
}
