package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that begin with a PROXY header, on the ports of the edge. */
@Timeout(240)
class ProxyPrefaceTest {
  @TempDir static Path directory;
  private static TestCertificate certificate;
  private static EdgeFixture edge;

  private static final String V1 = "PROXY TCP4 192.0.2.7 203.0.113.9 4660 443\r\n";
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

  @BeforeAll
  static void start() {
    certificate = TestCertificate.make(directory, "localhost", "EC", "localhost");
    edge =
        new EdgeFixture(
            EdgeFixture.with(
                EdgeFixture.behindProxy(EdgeFixture.config(), 2, "127.0.0.0/8", "10.0.0.0/8"),
                EdgeFixture.tls(Duration.ofSeconds(60), certificate)),
            ProxyPrefaceTest::serve);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static void serve(Exchange exchange) {
    if (exchange.path().equals("/socket")) {
      exchange
          .upgrade(null, WebSocketLimits.DEFAULT)
          .onSuccess(socket -> socket.listen(new EdgeFixture.Echo(socket, edge.closed)));
    } else {
      EdgeFixture.ok(exchange, exchange.remoteAddress());
    }
  }

  private static byte[] v2(String rest) {
    return HexFormat.of().parseHex(SIGNATURE + rest);
  }

  private static byte[] v1(String line) {
    return line.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static String clientSeenBehind(byte[] header, String... lines) throws IOException {
    try (RawClient client = new RawClient(edge.port())) {
      String request = GET + String.join("", lines) + "\r\n";
      return client.send(join(header, v1(request))).answer().text();
    }
  }

  @Test
  void theClientIsTheOneOfTheHeader() throws Exception {
    assertEquals("192.0.2.7", clientSeenBehind(v1(V1)));
    assertEquals("2001:db8::1", clientSeenBehind(v1("PROXY TCP6 2001:db8::1 ::2 1 2\r\n")));
    assertEquals("192.0.2.7", clientSeenBehind(v2("2111000cc0000207cb007109123401bb")));
    assertEquals(
        "192.0.2.7", clientSeenBehind(v2("21110013c0000207cb007109123401bb" + "0400047a7a7a7a")));
  }

  @Test
  void theProxysOwnConnectionsAreItsOwn() throws Exception {
    assertEquals("127.0.0.1", clientSeenBehind(v2("20000000")));
    assertEquals("9.9.9.9", clientSeenBehind(v2("20000000"), "X-Forwarded-For: 9.9.9.9\r\n"));
  }

  @Test
  void aClientOfWhomTheProxyKnowsNothingIsNotBelieved() throws Exception {
    String forged = "X-Forwarded-For: 9.9.9.9\r\n";

    assertEquals("127.0.0.1", clientSeenBehind(v1("PROXY UNKNOWN\r\n"), forged));
    assertEquals("127.0.0.1", clientSeenBehind(v2("21000000"), forged));
    assertEquals("192.0.2.7", clientSeenBehind(v1(V1), forged));
  }

  @Test
  void aTrustedProxyBehindTheProxyIsBelieved() throws Exception {
    assertEquals(
        "9.9.9.9",
        clientSeenBehind(
            v1("PROXY TCP4 10.0.0.5 10.0.0.6 1 2\r\n"), "X-Forwarded-For: 9.9.9.9\r\n"));
  }

  static Stream<byte[]> headers() {
    return Stream.of(
        v1(V1),
        v1("PROXY UNKNOWN\r\n"),
        v2("20000000"),
        v2("2111000cc0000207cb007109123401bb"),
        v2("21210024" + "20010db8".repeat(8) + "123401bb"));
  }

  /** One segment for each byte, and one for each way to cut the whole in two. */
  @ParameterizedTest
  @MethodSource("headers")
  void aHeaderMayComeInAnyPieces(byte[] header) throws Exception {
    byte[] request = v1(GET + "\r\n");
    byte[] all = join(header, request);
    try (RawClient client = new RawClient(edge.port())) {
      for (byte one : all) {
        client.send(new byte[] {one});
      }
      assertEquals(200, client.answer().status());
    }
    for (int cut = 1; cut <= header.length + 3; cut++) {
      try (RawClient client = new RawClient(edge.port())) {
        client.send(java.util.Arrays.copyOf(all, cut));
        Thread.yield();
        client.send(java.util.Arrays.copyOfRange(all, cut, all.length));
        assertEquals(200, client.answer().status(), "cut after " + cut);
      }
    }
  }

  static Stream<byte[]> malformed() {
    return Stream.of(
        v1(GET + "\r\n"),
        v1("\r\n"),
        v1("PROXY TCP4 192.0.2.7 203.0.113.9 4660 443\n" + GET + "\r\n"),
        v1("PROXY TCP4 192.0.2.7 203.0.113.9 4660 70000\r\n" + GET + "\r\n"),
        v1("PROXY TCP9 192.0.2.7 203.0.113.9 4660 443\r\n" + GET + "\r\n"),
        v1("PROXY UNKNOWN " + "x".repeat(100) + "\r\n" + GET + "\r\n"),
        v2("1111000cc0000207cb007109123401bb"),
        v2("2211000cc0000207cb007109123401bb"),
        v2("2112000cc0000207cb007109123401bb"),
        v2("21110008c0000207cb007109"),
        v2("21110013c0000207cb007109123401bb" + "03000400000000"),
        v2("2111000fc0000207cb007109123401bb" + "040001"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsNoHeaderEndsTheConnectionWithoutAWord(byte[] bytes) throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(bytes);
      assertEquals(0, client.untilClosed().length);
    }
    try (RawClient client = new RawClient(edge.tlsPort())) {
      client.send(bytes);
      assertEquals(0, client.untilClosed().length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PROXY TCP4 192.0.2.7"})
  void aHeaderThatDoesNotComeIsNotWaitedForLong(String begin) throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(begin);
      assertEquals(0, client.untilClosed().length);
    }
    try (RawClient client = new RawClient(edge.port())) {
      client.send(begin);
      client.socket().shutdownOutput();
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void aPeerThatIsNoTrustedProxyIsNotHeard() throws Exception {
    try (EdgeFixture strict =
            new EdgeFixture(
                EdgeFixture.behindProxy(EdgeFixture.config(), 0, "10.0.0.0/8"),
                exchange -> EdgeFixture.ok(exchange, "served"));
        RawClient client = new RawClient(strict.port())) {
      try {
        client.send(join(v1(V1), v1(GET + "\r\n")));
      } catch (IOException closed) {
        // before everything was sent
      }
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void theHeaderGoesBeforeTls() throws Exception {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), edge.tlsPort());
    plain.getOutputStream().write(v1(V1));
    SSLSocket socket =
        (SSLSocket)
            certificate
                .trusting()
                .getSocketFactory()
                .createSocket(plain, "localhost", edge.tlsPort(), true);
    socket.startHandshake();
    try (RawClient client = new RawClient(socket)) {
      assertEquals("192.0.2.7", client.send(GET + "\r\n").answer().text());
    }
  }

  @Test
  void aWebSocketComesBehindAHeaderInTheSameBytes() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(join(v1(V1), v1(RawClient.handshake("/socket")), RawClient.text("hello")));
      assertEquals(101, client.answer().status());
      assertEquals("hello", client.frame().text());
    }
  }

  @Test
  void connectionsAreLimitedByTheClientOfTheHeader() throws Exception {
    String another = "PROXY TCP4 192.0.2.99 203.0.113.9 4660 443\r\n";
    String keptOpen = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    try (RawClient one = new RawClient(edge.port());
        RawClient two = new RawClient(edge.port());
        RawClient three = new RawClient(edge.port());
        RawClient other = new RawClient(edge.port())) {
      for (RawClient client : List.of(one, two)) {
        assertEquals(200, client.send(another + keptOpen).answer().status());
      }
      assertEquals(503, three.send(another + keptOpen).answer().status());
      assertEquals(
          200,
          other.send("PROXY TCP4 192.0.2.98 203.0.113.9 1 2\r\n" + keptOpen).answer().status());
    }
    EdgeFixture.until(() -> edge.server().connections() == 0);
    assertTrue(edge.opened.get() > 0);
  }
}
