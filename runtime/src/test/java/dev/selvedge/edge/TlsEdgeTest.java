package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.TlsConfig;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS for clients, as JDK sockets see it. */
@Timeout(240)
class TlsEdgeTest {
  @TempDir static Path directory;
  private static TestCertificate certificate;
  private static EdgeFixture edge;

  @BeforeAll
  static void start() {
    certificate = TestCertificate.make(directory, "localhost", "EC", "localhost", "ip:127.0.0.1");
    edge = fixture(EdgeFixture.tls(Duration.ofSeconds(60), certificate));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static EdgeFixture fixture(TlsConfig tls) {
    return new EdgeFixture(EdgeFixture.with(EdgeFixture.config(), tls), TlsEdgeTest::serve);
  }

  private static void serve(Exchange exchange) {
    switch (exchange.path()) {
      case "/socket" ->
          exchange
              .upgrade(null, WebSocketLimits.DEFAULT)
              .onSuccess(socket -> socket.listen(new EdgeFixture.Echo(socket, edge.closed)));
      case "/large" -> exchange.respond(200, Map.of(), Buffer.buffer(new byte[3_000_000]));
      case "/body" -> exchange.body().onSuccess(body -> exchange.respond(200, Map.of(), body));
      default -> EdgeFixture.ok(exchange, "secure=" + ((ClientExchange) exchange).secure());
    }
  }

  private static String get(String target, String... lines) {
    String more = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
  }

  private static RawClient client() throws IOException {
    return new RawClient(certificate.connect(edge.tlsPort(), "localhost", "http/1.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void requestsAreAnsweredOverEachVersion(String version) throws Exception {
    try (SSLSocket socket =
            TestCertificate.connect(
                certificate.trusting(), edge.tlsPort(), "localhost", List.of(version));
        RawClient client = new RawClient(socket)) {
      RawClient.Answer first = client.send(get("/")).answer();
      RawClient.Answer second = client.send(get("/")).answer();

      assertEquals(version, socket.getSession().getProtocol());
      assertEquals("secure=true", first.text());
      assertEquals("secure=true", second.text());
      assertEquals("max-age=86400", first.header("strict-transport-security"));
    }
  }

  @Test
  void unencryptedAnswersDoNotAskForTls() throws Exception {
    try (RawClient client = new RawClient(edge.port()).send(get("/"))) {
      RawClient.Answer answer = client.answer();

      assertEquals("secure=false", answer.text());
      assertNull(answer.header("strict-transport-security"));
    }
  }

  @Test
  void oldVersionsAndUnknownProtocolsAreRefused() {
    assertThrows(
        SSLException.class,
        () ->
            TestCertificate.connect(
                    certificate.trusting(),
                    edge.tlsPort(),
                    "localhost",
                    List.of("TLSv1.3", "TLSv1.2"),
                    "smtp")
                .close());
    EdgeFixture strict =
        fixture(
            new TlsConfig(
                0,
                List.of(certificate.certificate()),
                List.of(certificate.key()),
                "TLSv1.3",
                Duration.ofSeconds(60),
                Duration.ZERO,
                0));
    try (strict) {
      assertThrows(
          SSLException.class,
          () ->
              TestCertificate.connect(
                      certificate.trusting(), strict.tlsPort(), "localhost", List.of("TLSv1.2"))
                  .close());
    }
  }

  @Test
  void aLastAnswerArrivesWholeAndEndsAsTlsWants() throws Exception {
    try (RawClient client = client().send(get("/large", "Connection: close"))) {
      assertEquals(3_000_000, client.answer().body().length);
      // Without a close_notify the JDK's socket would throw here.
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void aBodyThatIsReadSlowlyArrivesWhole() throws Exception {
    byte[] body = new byte[60_000];
    java.util.Arrays.fill(body, (byte) 'x');
    try (RawClient client = client()) {
      client.send("POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
      for (int at = 0; at < body.length; at += 6_000) {
        client.send(java.util.Arrays.copyOfRange(body, at, at + 6_000));
      }

      assertArrayEquals(body, client.answer().body());
    }
  }

  @Test
  void framesOfAWebSocketBehindItsHandshakeAreEchoed() throws Exception {
    try (RawClient client = client()) {
      client.send(RawClient.handshake("/socket")).send(RawClient.text("early"));

      assertEquals(101, client.answerHead().status());
      assertEquals("early", client.frame().text());
      client.send(RawClient.text("later"));
      assertEquals("later", client.frame().text());
      client.send(RawClient.close(1000, ""));
      assertEquals(1000, client.closeCode());
    }
  }

  @Test
  void aClientOfWssIsServed() throws Exception {
    CompletableFuture<String> echoed = new CompletableFuture<>();
    var client =
        edge.vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setSsl(true)
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(certificate.certificate().toString())));
    var socket =
        EdgeFixture.await(
            client.connect(
                new WebSocketConnectOptions()
                    .setHost("localhost")
                    .setPort(edge.tlsPort())
                    .setURI("/socket")));
    socket.textMessageHandler(echoed::complete);
    EdgeFixture.await(socket.writeTextMessage("hello"));

    assertEquals("hello", echoed.get(60, TimeUnit.SECONDS));
    EdgeFixture.await(socket.close());
    EdgeFixture.await(client.close());
  }

  @Test
  void aClientThatDoesNotFinishItsHandshakeIsCut() throws Exception {
    try (EdgeFixture hasty = fixture(EdgeFixture.tls(Duration.ofMillis(200), certificate));
        RawClient silent = new RawClient(hasty.tlsPort());
        RawClient slow = new RawClient(hasty.tlsPort())) {
      slow.send(new byte[] {22, 3, 1, 2, 0});

      silent.untilClosed();
      slow.untilClosed();
      EdgeFixture.until(() -> hasty.open.get() == 0);
    }
  }

  @Test
  void whatIsNotTlsIsClosed() throws Exception {
    try (RawClient client = new RawClient(edge.tlsPort()).send(get("/"))) {
      String said = new String(client.untilClosed(), java.nio.charset.StandardCharsets.ISO_8859_1);

      assertTrue(!said.contains("HTTP"), said);
    }
  }

  @Test
  void aSecondHandshakeOnAConnectionEndsIt() throws Exception {
    try (SSLSocket socket =
        TestCertificate.connect(
            certificate.trusting(), edge.tlsPort(), "localhost", List.of("TLSv1.2"))) {
      RawClient client = new RawClient(socket);
      assertEquals(200, client.send(get("/")).answer().status());

      socket.startHandshake(); // begins; it is made with the next read

      assertThrows(IOException.class, () -> client.send(get("/")).answer());
    }
  }

  @Test
  void theLimitOfAnAddressIsKeptBeforeTheHandshake() throws Exception {
    EdgeConfig one =
        EdgeFixture.config(
            Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60), 1, List.of());
    try (EdgeFixture limited =
            new EdgeFixture(
                EdgeFixture.with(one, EdgeFixture.tls(Duration.ofSeconds(60), certificate)),
                TlsEdgeTest::serve);
        RawClient first =
            new RawClient(certificate.connect(limited.tlsPort(), "localhost", "http/1.1"))) {
      assertEquals(200, first.send(get("/")).answer().status());

      try (RawClient second = new RawClient(limited.tlsPort())) {
        assertEquals(0, second.untilClosed().length);
      }
      assertEquals(200, first.send(get("/")).answer().status());
    }
  }

  @Test
  void idleConnectionsEndWhenTheEdgeDrains() throws Exception {
    try (EdgeFixture draining = fixture(EdgeFixture.tls(Duration.ofSeconds(60), certificate));
        RawClient fresh =
            new RawClient(certificate.connect(draining.tlsPort(), "localhost", "http/1.1"));
        RawClient idle =
            new RawClient(certificate.connect(draining.tlsPort(), "localhost", "http/1.1"));
        RawClient handshaking = new RawClient(draining.tlsPort())) {
      assertEquals(200, idle.send(get("/")).answer().status());
      EdgeFixture.until(() -> draining.open.get() == 3);

      EdgeFixture.await(draining.server().stopAccepting());

      fresh.untilClosed();
      idle.untilClosed();
      handshaking.untilClosed();
    }
  }

  @Test
  void aClientSeesTheCertificateOfTheNameItAsksForAndMayAskForNoOther() throws Exception {
    TestCertificate a = TestCertificate.make(directory, "a", "EC", "a.example");
    TestCertificate b = TestCertificate.make(directory, "b", "RSA", "b.example", "*.b.example");
    try (EdgeFixture two = fixture(EdgeFixture.tls(Duration.ofSeconds(60), a, b))) {
      assertEquals(a.parsed(), shown(a, two, "a.example"));
      assertEquals(b.parsed(), shown(b, two, "b.example"));
      assertEquals(b.parsed(), shown(b, two, "x.b.example"));
      assertEquals(a.parsed(), shown(a, two, "unknown.example"));

      var context = b.trusting();
      for (int i = 0; i < 3; i++) { // the later ones resume the session of the first
        try (RawClient client =
            new RawClient(
                TestCertificate.connect(
                    context, two.tlsPort(), "b.example", List.of("TLSv1.3", "TLSv1.2")))) {
          client.send("GET / HTTP/1.1\r\nHost: WWW.b.example:8443\r\n\r\n");
          assertEquals(200, client.answer().status());
          client.send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
          assertEquals(421, client.answer().status());
        }
      }
    }
  }

  private static Certificate shown(TestCertificate trusted, EdgeFixture edge, String name)
      throws IOException {
    try (SSLSocket socket = trusted.connect(edge.tlsPort(), name)) {
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void changedFilesAreShownToNewClientsAndOldOnesStay() throws Exception {
    Path live = Files.createDirectory(directory.resolve("live"));
    TestCertificate first = TestCertificate.make(live, "edge", "EC", "localhost");
    try (EdgeFixture changing = fixture(EdgeFixture.tls(Duration.ofSeconds(60), first));
        RawClient old = new RawClient(first.connect(changing.tlsPort(), "localhost", "http/1.1"))) {
      assertEquals(200, old.send(get("/")).answer().status());

      TestCertificate second = TestCertificate.make(live, "edge", "RSA", "localhost");
      EdgeFixture.until(() -> isShown(second, changing));

      TestCertificate third = TestCertificate.make(live, "edge", "EC", "localhost");
      EdgeFixture.until(() -> isShown(third, changing));
      assertEquals(200, old.send(get("/")).answer().status());
    }
  }

  private static boolean isShown(TestCertificate expected, EdgeFixture edge) {
    try {
      return shown(expected, edge, "localhost").equals(expected.parsed());
    } catch (IOException untrusted) {
      return false;
    }
  }

  @Test
  void aCertificateWithTheKeyOfAnotherStopsTheStart() {
    TestCertificate other = TestCertificate.make(directory, "other", "EC", "localhost");
    TlsConfig mixed =
        EdgeFixture.tls(
            Duration.ofSeconds(1),
            new TestCertificate(certificate.certificate(), other.key(), other.parsed()));

    ConfigException refused = assertThrows(ConfigException.class, () -> fixture(mixed).close());

    assertEquals("edge.tls.key", refused.key());
  }

  @Test
  void plainRequestsAreSentToTls() throws Exception {
    TlsConfig d = EdgeFixture.tls(Duration.ofSeconds(60), certificate);
    TlsConfig redirecting =
        new TlsConfig(
            0, d.certificates(), d.keys(), d.minVersion(), d.handshakeDeadline(), d.hsts(), 443);
    try (EdgeFixture both = fixture(redirecting);
        RawClient plain = new RawClient(both.port());
        RawClient encrypted =
            new RawClient(certificate.connect(both.tlsPort(), "localhost", "http/1.1"))) {
      RawClient.Answer sent = plain.send(get("/a%20b?c=d")).answer();

      assertEquals(308, sent.status());
      assertEquals("https://localhost/a%20b?c=d", sent.header("location"));
      assertEquals(308, plain.send(RawClient.handshake("/socket")).answer().status());
      assertEquals(200, encrypted.send(get("/")).answer().status());
    }
  }

  @Test
  void aPortThatIsTakenStopsTheStart() throws Exception {
    TlsConfig d = EdgeFixture.tls(Duration.ofSeconds(60), certificate);
    try (Socket connected = new Socket("127.0.0.1", edge.tlsPort())) {
      TlsConfig taken =
          new TlsConfig(
              connected.getPort(),
              d.certificates(),
              d.keys(),
              d.minVersion(),
              d.handshakeDeadline(),
              d.hsts(),
              0);

      ConfigException refused = assertThrows(ConfigException.class, () -> fixture(taken).close());

      assertEquals("edge.tls.port", refused.key());
    }
  }
}
