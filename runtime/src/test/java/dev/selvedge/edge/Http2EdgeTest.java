package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.EdgeConfig;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 as clients see it: real ones, and one that sends exact frames. */
@Timeout(240)
class Http2EdgeTest {
  @TempDir static Path directory;
  private static TestCertificate certificate;
  private static EdgeFixture edge;
  private static final BlockingQueue<ResponseStream> STREAMS = new LinkedBlockingQueue<>();
  private static final BlockingQueue<Exchange> EXCHANGES = new LinkedBlockingQueue<>();
  private static final AtomicInteger ABORTED = new AtomicInteger();

  @BeforeAll
  static void start() {
    certificate = TestCertificate.make(directory, "localhost", "EC", "localhost");
    edge = fixture(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(75));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @BeforeEach
  void forget() {
    STREAMS.clear();
    EXCHANGES.clear();
    ABORTED.set(0);
  }

  private static EdgeFixture fixture(Duration headers, Duration body, Duration keepAlive) {
    EdgeConfig config = EdgeFixture.config(headers, body, keepAlive, 0, List.of());
    return new EdgeFixture(
        EdgeFixture.with(config, EdgeFixture.tls(Duration.ofSeconds(60), certificate)),
        Http2EdgeTest::serve);
  }

  private static void serve(Exchange exchange) {
    exchange.onAborted(ABORTED::incrementAndGet);
    switch (exchange.path()) {
      case "/body" ->
          exchange
              .body()
              .onSuccess(body -> exchange.respond(200, Map.of(), body))
              .onFailure(error -> exchange.fail((HttpError) error));
      case "/stream" -> {
        ResponseStream stream = exchange.stream(200, Map.of("Content-Type", "text/event-stream"));
        stream.write(Buffer.buffer("first,"));
        EXCHANGES.add(exchange);
        STREAMS.add(stream);
      }
      case "/wait" -> EXCHANGES.add(exchange);
      case "/large" -> exchange.respond(200, Map.of(), Buffer.buffer(new byte[2_000_000]));
      case "/empty" -> exchange.respond(204, Map.of(), Buffer.buffer());
      case "/socket" -> exchange.upgrade(null, WebSocketLimits.DEFAULT);
      case "/early" -> exchange.respond(403, Map.of("connection", "close"), Buffer.buffer("no"));
      default -> {
        ClientExchange own = (ClientExchange) exchange;
        EdgeFixture.ok(
            exchange,
            String.join(
                " ",
                exchange.method(),
                own.rawTarget(),
                own.protocol(),
                "secure=" + own.secure(),
                "host=" + exchange.header("host"),
                "cookie=" + exchange.header("cookie")));
      }
    }
  }

  private static RawHttp2 client() throws Exception {
    return RawHttp2.open(certificate, edge.tlsPort());
  }

  private static HttpClient jdk() {
    return HttpClient.newBuilder()
        .sslContext(certificate.trusting())
        .version(HttpClient.Version.HTTP_2)
        .build();
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + edge.tlsPort() + path));
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T value = queue.poll(60, TimeUnit.SECONDS);
    assertNotNull(value);
    return value;
  }

  @Test
  void aRequestIsAnExchange() throws Exception {
    try (RawHttp2 client = client()) {
      RawHttp2.Outcome answer =
          client.get(1, "/a%20b?c", "cookie", "x=1", "cookie", "y=2", "te", "trailers").outcome(1);

      assertEquals(200, answer.status());
      assertEquals(
          "GET /a%20b?c HTTP/2.0 secure=true host=localhost cookie=x=1; y=2", answer.text());
      assertEquals("text/plain", answer.headers().get("content-type"));
      assertEquals("max-age=86400", answer.headers().get("strict-transport-security"));
      assertNull(answer.headers().get("connection"));
      assertEquals(204, client.get(3, "/empty").outcome(3).status());
      RawHttp2.Outcome head =
          client.headers(5, true, RawHttp2.request("HEAD", "/large")).outcome(5);
      assertEquals("2000000", head.headers().get("content-length"));
      assertEquals(0, head.body().length);
    }
  }

  @Test
  void theJdksClientIsServedOverOneConnection() throws Exception {
    edge.forgetEarlierClients();
    int before = edge.opened.get();
    HttpClient client = jdk();
    assertEquals(2_000_000, client.send(to("/large").build(), bytes()).body().length);
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] body = new byte[1_000 * i];
      answers.add(
          client.sendAsync(
              to("/body").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), bytes()));
    }

    for (int i = 0; i < 50; i++) {
      HttpResponse<byte[]> answer = answers.get(i).get(60, TimeUnit.SECONDS);
      assertEquals(HttpClient.Version.HTTP_2, answer.version());
      assertEquals(1_000 * i, answer.body().length);
    }
    assertEquals(1, edge.opened.get() - before);
  }

  private static HttpResponse.BodyHandler<byte[]> bytes() {
    return HttpResponse.BodyHandlers.ofByteArray();
  }

  @Test
  void curlIsServed() throws Exception {
    if (!new java.io.File("/usr/bin/curl").canExecute()) {
      return;
    }
    Process curl =
        new ProcessBuilder(
                "/usr/bin/curl",
                "--silent",
                "--http2",
                "--cacert",
                certificate.certificate().toString(),
                "--write-out",
                " %{http_version} %{http_code}",
                "--data",
                "hello",
                "https://localhost:" + edge.tlsPort() + "/body")
            .redirectErrorStream(true)
            .start();

    assertEquals("hello 2 200", new String(curl.getInputStream().readAllBytes()));
    assertEquals(0, curl.waitFor());
  }

  @Test
  void aBodyLargerThanItsWindowArrives() throws Exception {
    // The JDK's client waits for the window; 60,000 bytes are let through by edge.max-body.
    byte[] body = new byte[60_000];
    HttpResponse<byte[]> answer =
        jdk()
            .send(
                to("/body")
                    .POST(
                        HttpRequest.BodyPublishers.ofInputStream(
                            () -> new java.io.ByteArrayInputStream(body)))
                    .build(),
                bytes());

    assertEquals(60_000, answer.body().length);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    try (RawHttp2 client = client()) {
      client.headers(1, false, RawHttp2.request("POST", "/body", "content-length", "70000"));

      RawHttp2.Outcome answer = client.outcome(1);

      assertEquals(413, answer.status());
      assertEquals(200, client.get(3, "/").outcome(3).status());
    }
  }

  @Test
  void anAnswerBeforeTheBodysEndIsWholeAndTheRestIsNotWanted() throws Exception {
    try (RawHttp2 client = client()) {
      client.headers(1, false, RawHttp2.request("POST", "/early")).data(1, false, "part");

      assertEquals("no", client.outcome(1).text());
      RawHttp2.Frame reset = client.next(RawHttp2.RST_STREAM);
      assertEquals(0, reset.number(0));
      assertEquals(200, client.get(3, "/").outcome(3).status());
    }
  }

  @Test
  void anEventStreamGoesOnAndStopsWithItsClient() throws Exception {
    try (RawHttp2 client = client()) {
      client.get(1, "/stream");
      ResponseStream stream = next(STREAMS);
      Exchange exchange = next(EXCHANGES);
      CountDownLatch closed = new CountDownLatch(1);
      edge.onLoopOf(exchange, () -> stream.onClosed(closed::countDown));
      edge.onLoopOf(exchange, () -> stream.write(Buffer.buffer("second")));
      String text = "";
      while (!text.endsWith("second")) {
        text += new String(client.next(RawHttp2.DATA).payload());
      }
      assertEquals("first,second", text);

      client.number(RawHttp2.RST_STREAM, 1, 8);

      assertTrue(closed.await(60, TimeUnit.SECONDS));
      EdgeFixture.until(() -> ABORTED.get() == 1);
      assertEquals(200, client.get(3, "/").outcome(3).status());
    }
  }

  @Test
  void aClientThatDoesNotReadItsStreamHoldsBackTheWriter() throws Exception {
    try (RawHttp2 client = client()) {
      client.get(1, "/stream");
      ResponseStream stream = next(STREAMS);
      Exchange exchange = next(EXCHANGES);
      CompletableFuture<Long> full = new CompletableFuture<>();
      CompletableFuture<Void> drained = new CompletableFuture<>();
      edge.onLoopOf(
          exchange,
          () -> {
            stream.onDrained(() -> drained.complete(null));
            writeUntilFull(exchange, stream, 0, full);
          });
      long written = full.get(60, TimeUnit.SECONDS);

      assertTrue(written <= 64 * 1024 + 128 * 1024, written + " bytes");
      assertFalse(drained.isDone());
      // Other streams do not wait for this one, but its bytes use the connection's window.
      client.number(RawHttp2.WINDOW_UPDATE, 0, 10_000_000);
      assertEquals(2_000_000, readLarge(client));
      client.number(RawHttp2.WINDOW_UPDATE, 1, 10_000_000);
      drained.get(60, TimeUnit.SECONDS);
    }
  }

  private static int readLarge(RawHttp2 client) throws Exception {
    client.get(3, "/large");
    return client.outcome(3).body().length;
  }

  private static void writeUntilFull(
      Exchange exchange, ResponseStream stream, long written, CompletableFuture<Long> full) {
    if (!stream.writable()) {
      assertTrue(stream.pendingBytes() > 0);
      full.complete(written);
      return;
    }
    stream.write(Buffer.buffer(new byte[8 * 1024]));
    // After this tick's flush, what fits the window is gone.
    edge.onLoopOf(exchange, () -> writeUntilFull(exchange, stream, written + 8 * 1024, full));
  }

  @Test
  void aBodyThatIsNotReadStopsWithItsWindow() throws Exception {
    try (EdgeFixture paused =
            new EdgeFixture(
                EdgeFixture.with(
                    EdgeFixture.config(), EdgeFixture.tls(Duration.ofSeconds(60), certificate)),
                exchange -> {
                  ((ClientExchange) exchange).streamBody(new Ignored());
                  EXCHANGES.add(exchange);
                });
        RawHttp2 client = RawHttp2.open(certificate, paused.tlsPort())) {
      client.headers(1, false, RawHttp2.request("POST", "/"));
      ClientExchange exchange = (ClientExchange) next(EXCHANGES);
      byte[] part = new byte[16_000];
      for (int i = 0; i < 4; i++) {
        client.frame(RawHttp2.DATA, 0, 1, part);
      }
      client.frame(RawHttp2.PING, 0, 0, new byte[8]);
      RawHttp2.Frame frame = client.next();
      int window = 0;
      while (frame.type() != RawHttp2.PING) {
        boolean update = frame.type() == RawHttp2.WINDOW_UPDATE && frame.stream() == 1;
        window += update ? frame.number(0) : 0;
        frame = client.next();
      }
      assertEquals(0, window);

      paused.onLoopOf(exchange, exchange::resumeBody);

      do {
        frame = client.next(RawHttp2.WINDOW_UPDATE);
      } while (frame.stream() != 1);
      assertTrue(frame.number(0) > 0);
    }
  }

  private record Ignored() implements BodyReader {
    @Override
    public void chunk(io.netty.buffer.ByteBuf chunk) {
      chunk.release();
    }

    @Override
    public void end() {}

    @Override
    public void failed(HttpError error) {}
  }

  @Test
  void webSocketsAndTunnelsAreNotOffered() throws Exception {
    try (RawHttp2 client = client()) {
      RawHttp2.Frame settings = client.next(RawHttp2.SETTINGS);
      for (int at = 0; at < settings.payload().length; at += 6) {
        assertFalse(settings.payload()[at + 1] == 8, "ENABLE_CONNECT_PROTOCOL");
      }
      assertTrue(
          client.headers(1, true, ":method", "CONNECT", ":authority", "a:1").outcome(1).refused());
      RawHttp2.Outcome extended =
          client
              .headers(3, true, RawHttp2.request("CONNECT", "/socket", ":protocol", "websocket"))
              .outcome(3);
      assertTrue(extended.refused());
      assertEquals(400, client.get(5, "/socket").outcome(5).status());
    }
  }

  @Test
  void requestsForAnotherHostGo421() throws Exception {
    TestCertificate other = TestCertificate.make(directory, "other", "EC", "other.example");
    try (EdgeFixture two =
            new EdgeFixture(
                EdgeFixture.with(
                    EdgeFixture.config(),
                    EdgeFixture.tls(Duration.ofSeconds(60), certificate, other)),
                Http2EdgeTest::serve);
        RawHttp2 client = RawHttp2.open(certificate, two.tlsPort())) {
      assertEquals(200, client.get(1, "/").outcome(1).status());
      String[] wrong = {
        ":method", "GET", ":scheme", "https", ":path", "/", ":authority", "other.example"
      };
      assertEquals(421, client.headers(3, true, wrong).outcome(3).status());
    }
  }

  @Test
  void aDrainTellsTheClientAndStreamsInProgressFinish() throws Exception {
    EdgeFixture draining =
        fixture(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60));
    try (draining;
        RawHttp2 client = RawHttp2.open(certificate, draining.tlsPort());
        RawHttp2 idle = RawHttp2.open(certificate, draining.tlsPort())) {
      client.get(1, "/wait");
      Exchange waiting = next(EXCHANGES);
      assertEquals(200, idle.get(1, "/").outcome(1).status());

      EdgeFixture.await(draining.server().stopAccepting());

      assertNotNull(idle.next(RawHttp2.GOAWAY));
      assertNull(idle.next(RawHttp2.PING)); // reads to the end
      assertEquals(0, client.next(RawHttp2.GOAWAY).number(4));
      RawHttp2.Frame last = client.next(RawHttp2.GOAWAY);
      assertEquals(1, last.number(0));
      draining.onLoopOf(waiting, () -> EdgeFixture.ok(waiting, "done"));
      assertEquals("done", client.outcome(1).text());
      assertNull(client.next(RawHttp2.PING));
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    try (EdgeFixture hasty =
            fixture(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(4));
        RawHttp2 client = RawHttp2.open(certificate, hasty.tlsPort())) {
      client.get(1, "/wait");
      Exchange waiting = next(EXCHANGES);
      client.frame(RawHttp2.PING, 0, 0, new byte[8]);
      assertNotNull(client.next(RawHttp2.PING));
      hasty.onLoopOf(waiting, () -> EdgeFixture.ok(waiting, "late"));

      assertEquals("late", client.outcome(1).text());
      assertEquals(0, client.next(RawHttp2.GOAWAY).number(4));
      assertNull(client.next(RawHttp2.PING));
    }
  }

  @Test
  void aClientThatSaysNothingOrHalfOfItsHeadersIsCut() throws Exception {
    try (EdgeFixture hasty =
            fixture(Duration.ofSeconds(4), Duration.ofSeconds(60), Duration.ofSeconds(60));
        RawHttp2 silent = new RawHttp2(certificate, hasty.tlsPort());
        RawHttp2 half = RawHttp2.open(certificate, hasty.tlsPort())) {
      assertEquals(200, half.get(1, "/").outcome(1).status()); // SETTINGS are acknowledged
      half.get(3, "/wait");
      half.frame(RawHttp2.HEADERS, 0, 5, RawHttp2.block(RawHttp2.request("GET", "/")));

      assertNull(silent.next(RawHttp2.PING));
      assertEquals(11, half.next(RawHttp2.GOAWAY).number(4));
      assertNull(half.next(RawHttp2.PING));
    }
  }

  @Test
  void aBodyThatDoesNotComeIsGivenUp() throws Exception {
    try (EdgeFixture hasty =
            fixture(Duration.ofSeconds(60), Duration.ofMillis(300), Duration.ofSeconds(60));
        RawHttp2 client = RawHttp2.open(certificate, hasty.tlsPort())) {
      client.headers(1, false, RawHttp2.request("POST", "/body"));

      assertEquals(408, client.outcome(1).status());
      assertEquals(200, client.get(3, "/").outcome(3).status());
    }
  }

  @Test
  void thePrefaceOnThePlainPortIsRefused() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

      assertEquals(505, client.answer().status());
      client.untilClosed();
    }
  }

  @Test
  void anUpgradeToH2cIsIgnored() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(
          "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");

      assertEquals(200, client.answer().status());
    }
  }
}
