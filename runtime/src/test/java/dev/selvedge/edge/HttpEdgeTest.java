package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.EdgeConfig;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 as a client sees it, to the byte. */
@Timeout(240)
class HttpEdgeTest {
  private static final String HOST = "Host: localhost\r\n";
  private static EdgeFixture edge;
  private static final CountDownLatch ABORTED = new CountDownLatch(2);

  @BeforeAll
  static void start() {
    edge = new EdgeFixture(EdgeFixture.config(), HttpEdgeTest::serve);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static void serve(Exchange exchange) {
    switch (exchange.path()) {
      case "/body" ->
          exchange
              .body()
              .onSuccess(body -> exchange.respond(200, Map.of(), body))
              .onFailure(error -> exchange.fail((HttpError) error));
      case "/stream" -> {
        ResponseStream stream = exchange.stream(200, Map.of("content-type", "text/plain"));
        stream.write(Buffer.buffer("one,"));
        edge.vertx.runOnContext(
            later -> {
              stream.write(Buffer.buffer("two"));
              stream.end();
            });
      }
      case "/wait" -> exchange.onAborted(ABORTED::countDown);
      case "/endless" -> exchange.stream(200, Map.of()).onClosed(ABORTED::countDown);
      case "/throw" -> throw new IllegalStateException("on purpose");
      case "/teapot" -> throw new HttpError(418, "teapot", "short and stout");
      case "/split" -> exchange.respond(200, Map.of("x", "a\r\nb: c"), Buffer.buffer());
      case "/socket" ->
          exchange
              .upgrade(null, WebSocketLimits.DEFAULT)
              .onSuccess(socket -> socket.listen(new EdgeFixture.Echo(socket, edge.closed)));
      default ->
          EdgeFixture.ok(
              exchange,
              exchange.method()
                  + " "
                  + exchange.path()
                  + " "
                  + exchange.query()
                  + " "
                  + exchange.remoteAddress());
    }
  }

  private static RawClient.Answer ask(String request) throws Exception {
    try (RawClient client = new RawClient(edge.port()).send(request)) {
      return client.answer();
    }
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
  }

  @Test
  void aRequestIsSeenInItsNormalForm() throws Exception {
    RawClient.Answer answer = ask(get("/a//b/./c/../d%C3%A9?x=1%202&y=a+b&x=3"));

    assertEquals(200, answer.status());
    assertEquals("GET /a/b/dé {x=1 2, y=a b} 127.0.0.1", answer.text());
    assertEquals("nosniff", answer.header("x-content-type-options"));
    assertNull(answer.header("connection"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../x",
        "/a/%2e%2e/%2e%2e/x",
        "/%00",
        "/a%2fb",
        "/a%5Cb",
        "/a\\b",
        "/%",
        "/%4",
        "/%zz",
        "/%ff",
        "/%c0%af",
        "/#fragment",
        "x",
        "/a%0ab"
      })
  void targetsWithoutASafeNormalFormAreRefused(String target) throws Exception {
    RawClient.Answer answer = ask(get(target));

    assertEquals(400, answer.status());
    assertEquals("close", answer.header("connection"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n", // no Host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", // space before the colon
        "GET / HTTP/1.1\nHost: a\n\n", // bare line feeds
        "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n(X): y\r\n\r\n",
        "GET /a\u0001b HTTP/1.1\r\nHost: a\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\u0000GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nabc",
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nabc",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 1\r\n\r\nx"
      })
  void requestsThatServersUnderstandDifferentlyAreRefused(String request) throws Exception {
    try (RawClient client = new RawClient(edge.port()).send(request)) {
      RawClient.Answer answer = client.answer();

      assertEquals(400, answer.status());
      assertEquals("close", answer.header("connection"));
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void otherRefusalsHaveTheirOwnStatus() throws Exception {
    assertEquals(505, ask("GET / HTTP/1.7\r\n" + HOST + "\r\n").status());
    assertEquals(
        501,
        ask("POST /body HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n")
            .status());
    assertEquals(
        417,
        ask("POST /body HTTP/1.1\r\n" + HOST + "Expect: tea\r\nContent-Length: 1\r\n\r\nx")
            .status());
  }

  @Test
  void aHeaderOf100KiBIsTooLarge() throws Exception {
    RawClient.Answer header =
        ask("GET / HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(100 * 1024) + "\r\n\r\n");
    assertEquals(431, header.status());
    assertEquals("close", header.header("connection"));

    assertEquals(414, ask(get("/" + "x".repeat(100 * 1024))).status());
    assertEquals(200, ask(get("/" + "x".repeat(15 * 1024))).status());
  }

  @Test
  void requestsOnOneConnectionAreAnsweredInOrder() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(get("/stream") + get("/2") + get("/stream") + get("/4"));

      assertEquals("one,two", client.answer().text());
      assertTrue(client.answer().text().startsWith("GET /2"));
      assertEquals("one,two", client.answer().text());
      assertTrue(client.answer().text().startsWith("GET /4"));
      assertTrue(client.send(get("/5")).answer().text().startsWith("GET /5"));
    }
  }

  @Test
  void bodiesComeByLengthOrInChunks() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      String byLength = "POST /body HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\n";
      assertEquals("hello", client.send(byLength + "hello").answer().text());

      String chunked = "POST /body HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
      client.send(chunked + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n" + byLength + "again");
      assertEquals("abcde", client.answer().text());
      assertEquals("again", client.answer().text());
    }
  }

  @Test
  void whoExpects100IsToldToContinue() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send(
          "POST /body HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertEquals("HTTP/1.1 100 Continue", client.line());
      assertEquals("", client.line());
      assertEquals("ok", client.send("ok").answer().text());
    }
  }

  @Test
  void aBodyOverTheLimitIsRefusedBeforeItIsSentOrAsSoonAsItIsSeen() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("POST /body HTTP/1.1\r\n" + HOST + "Content-Length: 65537\r\n\r\n");
      assertEquals(413, client.answer().status());
    }
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    try (RawClient client = new RawClient(edge.port())) {
      client.send(
          "POST /body HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
      assertEquals(413, client.answer().status());
    }
  }

  @Test
  void aBodyThatNobodyReadsDoesNotBecomeARequest() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      String inner = get("/smuggled");
      client.send(
          "POST /x HTTP/1.1\r\n" + HOST + "Content-Length: " + inner.length() + "\r\n\r\n" + inner);
      RawClient.Answer answer = client.answer();

      assertTrue(answer.text().startsWith("POST /x"));
      assertFalse(new String(client.untilClosed()).contains("smuggled"));
    }
  }

  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      client.send("HEAD /x HTTP/1.1\r\n" + HOST + "\r\n");
      RawClient.Answer head = client.answer(false);
      assertEquals(200, head.status());
      assertEquals("GET /x {} 127.0.0.1".length() + 1 + "", head.header("content-length"));

      client.send("HEAD /stream HTTP/1.1\r\n" + HOST + "\r\n");
      assertEquals(200, client.answer(false).status());
      assertTrue(client.send(get("/y")).answer().text().startsWith("GET /y"));
    }
  }

  @Test
  void http10ClosesUnlessAskedAndKnowsNoChunks() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      RawClient.Answer stream = client.send("GET /stream HTTP/1.0\r\n\r\n").answer();
      assertEquals("one,two", stream.text());
      assertNull(stream.header("transfer-encoding"));
    }
    try (RawClient client = new RawClient(edge.port())) {
      client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertEquals("keep-alive", client.answer().header("connection"));
      client.send("GET /b HTTP/1.0\r\n\r\n");
      assertEquals("close", client.answer().header("connection"));
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void whatAHandlerThrowsIsAnAnswer() throws Exception {
    RawClient.Answer broken = ask(get("/throw"));
    assertEquals(500, broken.status());
    assertFalse(broken.text().contains("on purpose"));
    assertEquals(418, ask(get("/teapot")).status());
    assertEquals(500, ask(get("/split")).status());
  }

  @Test
  void aClientThatGoesAwayAbortsItsExchange() throws Exception {
    try (RawClient waiting = new RawClient(edge.port()).send(get("/wait"));
        RawClient streaming = new RawClient(edge.port()).send(get("/endless"))) {
      streaming.answerHead();
    }
    assertTrue(ABORTED.await(60, TimeUnit.SECONDS));
  }

  @Test
  void aHandshakeThatIsNotRightIsRefusedAndTheConnectionEnds() throws Exception {
    String good = RawClient.handshake("/socket");
    for (String[] change :
        new String[][] {
          {"GET ", "POST "},
          {"HTTP/1.1", "HTTP/1.0"},
          {RawClient.KEY, "c2hvcnQ="},
          {RawClient.KEY, "not base64 at all !!!!!!"},
          {"Sec-WebSocket-Key: " + RawClient.KEY + "\r\n", ""},
        }) {
      try (RawClient client = new RawClient(edge.port())) {
        client.send(good.replace(change[0], change[1]) + get("/smuggled"));
        assertEquals(400, client.answer().status());
        assertEquals(0, client.untilClosed().length);
      }
    }
    try (RawClient client = new RawClient(edge.port())) {
      client.send(good.replace("Version: 13", "Version: 8") + get("/smuggled"));
      RawClient.Answer answer = client.answer();
      assertEquals(426, answer.status());
      assertEquals("13", answer.header("sec-websocket-version"));
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void upgradeIsMatchedByTokenNotBySubstring() throws Exception {
    String good = RawClient.handshake("/plain");
    for (String[] change :
        new String[][] {
          {"Upgrade: websocket", "Upgrade: notwebsocketatall"},
          {"Connection: Upgrade", "Connection: xupgradey"},
          {"Upgrade: websocket\r\n", "Upgrade: h2c\r\n"},
        }) {
      try (RawClient client = new RawClient(edge.port())) {
        client.send(good.replace(change[0], change[1]) + get("/next"));
        assertTrue(client.answer().text().startsWith("GET /plain"));
        assertTrue(client.answer().text().startsWith("GET /next"));
      }
    }
    String listed =
        RawClient.handshake("/socket")
            .replace("Upgrade: websocket", "Upgrade: h2c, WebSocket")
            .replace("Connection: Upgrade", "Connection: keep-alive, UPGRADE");
    assertEquals(101, ask(listed).status());
  }

  @Test
  void forwardedAddressesCountOnlyFromTrustedProxies() throws Exception {
    String request = "GET / HTTP/1.1\r\n" + HOST + "X-Forwarded-For: 1.1.1.1\r\n";
    assertTrue(ask(request + "\r\n").text().endsWith("127.0.0.1"));

    EdgeConfig trusting =
        EdgeFixture.config(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            0,
            List.of("127.0.0.0/8", "10.0.0.0/8"));
    try (EdgeFixture behind =
            new EdgeFixture(
                trusting, exchange -> EdgeFixture.ok(exchange, exchange.remoteAddress()));
        RawClient client = new RawClient(behind.port())) {
      client.send(request + "X-Forwarded-For: 2.2.2.2, 10.0.0.9\r\n\r\n");
      assertEquals("2.2.2.2", client.answer().text());
    }
  }
}
