package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that no honest client sends. What is malformed never becomes an exchange. */
@Timeout(240)
class Http2AttackTest {
  @TempDir static Path directory;
  private static TestCertificate certificate;
  private static EdgeFixture edge;
  private static final AtomicInteger EXCHANGES = new AtomicInteger();
  private RawHttp2 client;

  @BeforeAll
  static void start() {
    certificate = TestCertificate.make(directory, "localhost", "EC", "localhost");
    edge =
        new EdgeFixture(
            EdgeFixture.with(
                EdgeFixture.config(), EdgeFixture.tls(Duration.ofSeconds(60), certificate)),
            Http2AttackTest::serve);
  }

  private static void serve(Exchange exchange) {
    EXCHANGES.incrementAndGet();
    if (exchange.path().equals("/body")) {
      exchange
          .body()
          .onSuccess(body -> exchange.respond(200, java.util.Map.of(), body))
          .onFailure(error -> exchange.fail((HttpError) error));
    } else if (!exchange.path().equals("/wait")) {
      EdgeFixture.ok(exchange, "ok");
    }
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @BeforeEach
  void open() throws IOException {
    client = RawHttp2.open(certificate, edge.tlsPort());
  }

  /** Whatever one client does, the next one is served. */
  @AfterEach
  void othersAreServed() throws IOException {
    client.close();
    try (RawHttp2 other = RawHttp2.open(certificate, edge.tlsPort())) {
      assertEquals("ok", other.get(1, "/").outcome(1).text());
    }
  }

  private static String[] with(String... more) {
    return RawHttp2.request("GET", "/", more);
  }

  private static String[] only(String... fields) {
    return fields;
  }

  static Stream<List<String>> malformed() {
    List<String[]> all = new ArrayList<>();
    for (String value :
        List.of(
            "a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", " a", "a ", "\ta", "a\u0001", "a\u007f")) {
      all.add(with("x-value", value));
    }
    for (String name :
        List.of("X-Upper", "x:y", "x y", "x\r\ny", "x\0", "", ":x", "x\u0080", "x: 1\r\nx-evil")) {
      all.add(with(name, "1"));
    }
    for (String name :
        List.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "transfer-encoding",
            "upgrade",
            "http2-settings")) {
      all.add(with(name, "chunked"));
    }
    all.add(with("te", "gzip"));
    all.add(with("te", "trailers, gzip"));
    all.add(with(":path", "/twice"));
    all.add(with(":method", "POST"));
    all.add(with(":authority", "localhost"));
    all.add(with("x-a", "1", ":path", "/"));
    all.add(with(":status", "200"));
    all.add(with(":protocol", "websocket"));
    all.add(with("host", "other.example"));
    all.add(with("host", "localhost", "host", "localhost"));
    all.add(with("content-length", "5"));
    all.add(with("content-length", "0", "content-length", "5"));
    all.add(with("content-length", "+0"));
    for (String path :
        List.of(
            "", "x", "https://localhost/", "*", "/a b", "/a\r\nX: 1", "/a#b", "/../x", "/%00")) {
      all.add(only(":method", "GET", ":scheme", "https", ":path", path, ":authority", "localhost"));
    }
    for (String host : List.of("", "a b", "a/b", "user@a", "a\r\nX: 1", "a,b", "a#b")) {
      all.add(only(":method", "GET", ":scheme", "https", ":path", "/", ":authority", host));
    }
    for (String method : List.of("", "GET /", "G\r\nET", "GET / HTTP/1.1\r\nX: 1")) {
      all.add(only(":method", method, ":scheme", "https", ":path", "/", ":authority", "localhost"));
    }
    all.add(only(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "localhost"));
    all.add(only(":method", "GET", ":scheme", "https", ":authority", "localhost"));
    all.add(only(":scheme", "https", ":path", "/", ":authority", "localhost"));
    all.add(only(":method", "GET", ":path", "/", ":authority", "localhost"));
    all.add(only(":method", "GET", ":scheme", "https", ":path", "/"));
    return all.stream().map(List::of);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedRequestsAreRefused(List<String> fields) throws Exception {
    int before = EXCHANGES.get();

    RawHttp2.Outcome outcome = client.headers(1, true, fields.toArray(String[]::new)).outcome(1);

    assertTrue(outcome.refused(), fields + " " + outcome);
    assertEquals(before, EXCHANGES.get());
  }

  @Test
  void theLengthThatIsSaidIsTheLengthOfTheData() throws Exception {
    String[] five = RawHttp2.request("POST", "/body", "content-length", "5");

    RawHttp2.Outcome shorter = client.headers(1, false, five).data(1, true, "1234").outcome(1);
    RawHttp2.Outcome longer = client.headers(3, false, five).data(3, true, "123456").outcome(3);
    RawHttp2.Outcome none = client.headers(5, false, five).data(5, true, "").outcome(5);
    RawHttp2.Outcome trailed =
        client.headers(7, false, five).data(7, false, "1234").headers(7, true, "x", "y").outcome(7);
    RawHttp2.Outcome exact = client.headers(9, false, five).data(9, true, "12345").outcome(9);

    assertTrue(shorter.refused() && longer.refused() && none.refused() && trailed.refused());
    assertEquals("12345", exact.text());
  }

  @Test
  void trailersAreDroppedAndMayHoldNoPseudoHeaders() throws Exception {
    String[] post = RawHttp2.request("POST", "/body");

    RawHttp2.Outcome good =
        client.headers(1, false, post).data(1, false, "body").headers(1, true, "x", "y").outcome(1);
    RawHttp2.Outcome pseudo =
        client
            .headers(3, false, post)
            .data(3, false, "b")
            .headers(3, true, ":path", "/")
            .outcome(3);
    RawHttp2.Outcome unended =
        client.headers(5, false, post).data(5, false, "b").headers(5, false, "x", "y").outcome(5);

    assertEquals("body", good.text());
    assertTrue(pseudo.refused(), pseudo.toString());
    assertTrue(unended.refused(), unended.toString());
  }

  @Test
  void headersBeyondTheLimitAreRefused() throws Exception {
    String half = "x".repeat(9 * 1024);

    RawHttp2.Outcome outcome = client.headers(1, true, with("x-a", half)).outcome(1);
    assertEquals(200, outcome.status());
    byte[] block = RawHttp2.block(with("x-a", half, "x-b", half));
    client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 3, Arrays.copyOf(block, 16_000));
    client.frame(
        RawHttp2.CONTINUATION,
        RawHttp2.END_HEADERS,
        3,
        Arrays.copyOfRange(block, 16_000, block.length));
    outcome = client.outcome(3);

    assertTrue(outcome.refused(), outcome.toString());
  }

  @Test
  void moreStreamsThanWereOfferedAreRefused() throws Exception {
    for (int i = 0; i <= Http2ClientConnection.MOST_STREAMS; i++) {
      client.get(2 * i + 1, "/wait");
    }

    RawHttp2.Outcome tooMany = client.outcome(2 * Http2ClientConnection.MOST_STREAMS + 1);

    assertTrue(tooMany.refused(), tooMany.toString());
  }

  /** Writes the bytes over and over until the edge says that it had enough. */
  private void flood(byte[] once) throws Exception {
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      many.writeBytes(once);
    }
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 1_000; i++) {
                  client.send(many.toByteArray());
                }
              } catch (IOException closed) {
                // as it should
              }
            });
    sender.start();
    RawHttp2.Frame goAway = null;
    try {
      goAway = client.next(RawHttp2.GOAWAY);
      assertTrue(goAway == null || goAway.number(4) != 0);
    } finally {
      client.close();
      sender.join();
    }
    EdgeFixture.until(() -> edge.open.get() == 0);
  }

  @Test
  void pingsWithoutEnd() throws Exception {
    flood(RawHttp2.bytesOf(RawHttp2.PING, 0, 0, new byte[8]));
  }

  @Test
  void settingsWithoutEnd() throws Exception {
    flood(RawHttp2.bytesOf(RawHttp2.SETTINGS, 0, 0, new byte[0]));
  }

  @Test
  void prioritiesWithoutEnd() throws Exception {
    flood(RawHttp2.bytesOf(RawHttp2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1}));
  }

  @Test
  void unknownFramesWithoutEnd() throws Exception {
    flood(RawHttp2.bytesOf(0xbe, 0, 0, new byte[0]));
  }

  @Test
  void emptyDataWithoutEnd() throws Exception {
    client.headers(1, false, RawHttp2.request("POST", "/body"));
    flood(RawHttp2.bytesOf(RawHttp2.DATA, 0, 1, new byte[0]));
  }

  @Test
  void continuationsWithoutEnd() throws Exception {
    client.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.block(with()));
    flood(RawHttp2.bytesOf(RawHttp2.CONTINUATION, 0, 1, new byte[0]));
  }

  @Test
  void streamsThatAreResetAtOnce() throws Exception {
    byte[] block = RawHttp2.block(RawHttp2.request("GET", "/wait"));
    int flags = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
    for (int i = 0; i < 500; i++) {
      try {
        client.frame(RawHttp2.HEADERS, flags, 2 * i + 1, block);
        client.number(RawHttp2.RST_STREAM, 2 * i + 1, 8);
      } catch (IOException closed) {
        return; // the edge has had enough
      }
    }

    RawHttp2.Frame goAway = client.next(RawHttp2.GOAWAY);
    assertTrue(goAway == null || goAway.number(4) == 11, String.valueOf(goAway));
  }

  @Test
  void whatIsNoHttp2IsClosed() throws Exception {
    try (RawHttp2 other = new RawHttp2(certificate, edge.tlsPort())) {
      other.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
      RawHttp2.Frame goAway = other.next(RawHttp2.GOAWAY);
      assertTrue(goAway == null || goAway.number(4) != 0);
    }
    assertNotNull(client.get(1, "/").outcome(1));
  }
}
