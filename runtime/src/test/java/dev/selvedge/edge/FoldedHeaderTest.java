package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header lines that go on in the next line (RFC 9112 §5.2), as raw bytes. */
@Timeout(240)
class FoldedHeaderTest {
  private static EdgeFixture edge;

  @BeforeAll
  static void start() {
    edge =
        new EdgeFixture(
            EdgeFixture.config(),
            exchange ->
                exchange
                    .body()
                    .onSuccess(body -> exchange.respond(200, Map.of(), body))
                    .onFailure(error -> exchange.fail((HttpError) error)));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void assertRefused(byte[] first, byte[] second) throws Exception {
    try (RawClient client = new RawClient(edge.port()).send(first)) {
      Thread.yield();
      client.send(second);
      RawClient.Answer answer = client.answer();
      assertEquals(400, answer.status());
      assertEquals(0, client.untilClosed().length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n \r\n\r\n",
        "GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n X: 1\r\n\r\nbody",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"
      })
  void aFoldedLineIsRefusedHoweverItComes(String request) throws Exception {
    byte[] all = bytes(request);
    int head = request.indexOf("\r\n\r\n") + 4;
    for (int cut = 1; cut < head; cut++) {
      assertRefused(Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length));
    }
    assertRefused(all, new byte[0]);
  }

  @Test
  void aFoldInTheSecondRequestOfAConnectionIsRefusedToo() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nX: a\r\n b\r\n\r\n");
      assertEquals("X: a\r\n b\r\n\r\n", client.answer().text());
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n");
      assertEquals(400, client.answer().status());
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void whitespaceInsideOfLinesIsNoFold() throws Exception {
    byte[] all =
        bytes(
            "POST /a HTTP/1.1\r\nHost: a\r\nX:  a \t b \r\nY:\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n4\r\n \r\n \r\n0\r\n\r\n");
    for (int cut = 1; cut < all.length; cut++) {
      try (RawClient client = new RawClient(edge.port()).send(Arrays.copyOf(all, cut))) {
        client.send(Arrays.copyOfRange(all, cut, all.length));
        RawClient.Answer answer = client.answer();
        assertEquals(200, answer.status(), "cut after " + cut);
        assertEquals(" \r\n ", answer.text());
      }
    }
  }
}
