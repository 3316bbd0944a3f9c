package dev.selvedge.protocol.socketio;

import static dev.selvedge.protocol.socketio.SocketIoFixture.handshake;
import static dev.selvedge.protocol.socketio.SocketIoFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeWebSocketConnection;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Engine.IO 4: polls, posts, WebSockets, the upgrade, the heartbeat, the end. */
class EngineTest {
  private static final String SEPARATOR = "\u001e";

  private final SocketIoFixture node = new SocketIoFixture();

  private static void assertRefused(FakeExchange exchange, int code, String message) {
    assertEquals(400, exchange.status);
    assertEquals("application/json", exchange.answerHeaders.get("content-type"));
    assertEquals(
        new JsonObject().put("code", code).put("message", message).encode(),
        exchange.answer.toString());
  }

  private static String text(FakeExchange exchange) {
    assertEquals(200, exchange.status);
    return exchange.answer.toString();
  }

  // Handshakes.

  @Test
  void pollingHandshakeHasExactlyTheFiveKeys() {
    FakeExchange opened = node.ask(request("GET", "EIO=4&transport=polling"));

    assertEquals("text/plain; charset=UTF-8", opened.answerHeaders.get("content-type"));
    assertEquals("no-store", opened.answerHeaders.get("cache-control"));
    assertNull(opened.answerHeaders.get("set-cookie"));
    JsonObject handshake = handshake(text(opened));
    assertEquals(
        Set.of("sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"),
        handshake.fieldNames());
    assertEquals(20, handshake.getString("sid").length());
    assertEquals("[\"websocket\"]", handshake.getJsonArray("upgrades").encode());
    assertEquals(300, handshake.getInteger("pingInterval"));
    assertEquals(200, handshake.getInteger("pingTimeout"));
    assertEquals(1_000_000, handshake.getInteger("maxPayload"));
  }

  @Test
  void webSocketHandshakeIsTheFirstMessage() {
    FakeWebSocketConnection client = node.openWebSocket();

    JsonObject handshake = handshake(client.sent.get(0));
    assertEquals("[]", handshake.getJsonArray("upgrades").encode());
    assertEquals(5, handshake.size());
  }

  @ParameterizedTest
  @CsvSource({
    "/socket.io/, 200",
    "/socket.io/anything, 200",
    "/deli/socket.io/, 200",
    "/deli/, 200",
    "/deli, 200",
    "/, 200",
    "/plain/socket.io/, 404",
    "/plain/, 404",
    "/socket.io, 404",
    "/socket.iox/, 404"
  })
  void endpointIsBelowTheRouteOrTheRouteItself(String path, int status) {
    FakeExchange opened = node.ask(request("GET", path, "EIO=4&transport=polling"));

    assertEquals(status, opened.status);
  }

  @Test
  void rootEndpointExistsWithoutAFunctionAtTheRoot() {
    node.rooted = false;

    assertEquals(200, node.ask(request("GET", "EIO=4&transport=polling")).status);
    assertEquals(404, node.ask(request("GET", "/", "EIO=4&transport=polling")).status);
  }

  @Test
  void requestsWithoutAVersionAreThePagesOfTheFunction() {
    assertEquals(404, node.ask(request("GET", "/deli/", "transport=polling")).status);
    assertEquals("no-such-file", node.ask(request("GET", "/deli/", "x=1")).errorCode());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, EIO=4, 0, Transport unknown",
    "GET, EIO=4&transport=abc, 0, Transport unknown",
    "GET, EIO=4&transport=__proto__, 0, Transport unknown",
    "GET, EIO=4&transport=polling&sid=unknown, 1, Session ID unknown",
    "POST, EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAA, 1, Session ID unknown",
    "POST, EIO=4&transport=polling, 2, Bad handshake method",
    "PUT, EIO=3&transport=polling, 2, Bad handshake method",
    "GET, EIO=4&transport=websocket, 3, Bad request",
    "GET, transport=polling, 5, Unsupported protocol version",
    "GET, EIO=3&transport=polling, 5, Unsupported protocol version",
    "GET, EIO=abc&transport=polling, 5, Unsupported protocol version"
  })
  void requestsAreRefusedInTheOrderOfTheProtocol(
      String method, String query, int code, String message) {
    assertRefused(node.ask(request(method, query)), code, message);
  }

  @ParameterizedTest
  @CsvSource({
    "EIO=4&transport=abc, Transport unknown",
    "EIO=4&transport=polling, Bad request",
    "EIO=4&transport=websocket&sid=abc, Session ID unknown",
    "EIO=3&transport=websocket, Unsupported protocol version",
    "transport=websocket, Unsupported protocol version"
  })
  void handshakesOfWebSocketsAreRefusedWithTheText(String query, String message) {
    FakeExchange refused =
        node.ask(request("GET", query).upgradingTo(new FakeWebSocketConnection()));

    assertEquals(400, refused.status);
    assertEquals("text/html", refused.answerHeaders.get("content-type"));
    assertEquals(message, refused.answer.toString());
  }

  @Test
  void originWithInvalidCharactersIsABadRequest() {
    FakeExchange refused =
        node.ask(request("GET", "EIO=4&transport=polling").with("origin", "http://a\u0001b"));

    assertRefused(refused, 3, "Bad request");
  }

  @Test
  void pagesOfOtherOriginsMayReadAnswersAndErrors() {
    FakeExchange opened =
        node.ask(request("GET", "EIO=4&transport=polling").with("origin", "https://b.example"));
    FakeExchange refused =
        node.ask(request("GET", "EIO=4&transport=x").with("origin", "https://b.example"));
    FakeExchange preflight =
        node.ask(
            request("OPTIONS", "EIO=4&transport=polling")
                .with("origin", "https://b.example")
                .with("access-control-request-method", "POST"));
    FakeExchange stranger =
        node.ask(
            request("GET", "/deli/", "EIO=4&transport=polling")
                .with("origin", "https://b.example"));

    assertEquals("https://b.example", opened.answerHeaders.get("access-control-allow-origin"));
    assertEquals("https://b.example", refused.answerHeaders.get("access-control-allow-origin"));
    assertEquals(400, refused.status);
    assertEquals(204, preflight.status);
    assertEquals(403, stranger.status);
  }

  @Test
  void transportsMayBeSwitchedOff() {
    SocketIoConfig r = SocketIoFixture.RULES;
    SocketIoFixture pollingOnly =
        new SocketIoFixture(
            new SocketIoConfig(
                r.pingInterval(),
                r.pingTimeout(),
                r.upgradeTimeout(),
                r.connectTimeout(),
                r.maxPayloadBytes(),
                List.of(SocketIoConfig.Transport.POLLING),
                Optional.of("io")));

    FakeExchange opened = pollingOnly.ask(request("GET", "EIO=4&transport=polling"));
    FakeExchange refused =
        pollingOnly.ask(
            request("GET", "EIO=4&transport=websocket").upgradingTo(new FakeWebSocketConnection()));

    JsonObject handshake = handshake(text(opened));
    assertEquals("[]", handshake.getJsonArray("upgrades").encode());
    assertEquals(
        "io=" + handshake.getString("sid") + "; Path=/; HttpOnly; SameSite=Lax",
        opened.answerHeaders.get("set-cookie"));
    assertEquals("Transport unknown", refused.answer.toString());
  }

  // Polls and posts.

  @Test
  void pollIsHeldUntilThereIsAPacketAndTakesAllThatWait() {
    String sid = node.openPolling();
    FakeExchange held = node.poll(sid);
    assertFalse(held.isAnswered());

    FakeExchange posted = node.post(sid, "40" + SEPARATOR + "40/nowhere,");
    node.accept();
    node.pass(0);

    assertEquals("ok", text(posted));
    assertEquals("text/html", posted.answerHeaders.get("content-type"));
    assertEquals("44/nowhere,{\"message\":\"Invalid namespace\"}", text(held));
    assertEquals("40{\"sid\":\"" + node.session().id + "\"}", text(node.poll(sid)));
  }

  @Test
  void secondPollClosesTheSession() {
    String sid = node.openPolling();
    FakeExchange first = node.poll(sid);
    FakeExchange second = node.poll(sid);

    assertEquals("1", text(first));
    assertEquals(400, second.status);
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void abortedPollClosesTheSession() {
    String sid = node.openPolling();
    node.post(sid, "40");
    FakeExchange held = node.poll(sid);

    node.on(held::abort);

    assertEquals(CloseReason.LOST.code(), node.session().ended.code());
    assertEquals("transport error", node.session().ended.text());
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void answeredPollMayBeAborted() {
    String sid = node.openPolling();
    node.post(sid, "40/nowhere,");
    FakeExchange answered = node.poll(sid);

    node.on(answered::abort);

    assertFalse(node.poll(sid).isAnswered());
  }

  @Test
  void secondPostClosesTheSession() {
    String sid = node.openPolling();
    Promise<Buffer> never = Promise.promise();
    FakeExchange first =
        node.ask(request("POST", "EIO=4&transport=polling&sid=" + sid).sending(never.future()));
    FakeExchange second = node.post(sid, "40");

    assertEquals(400, first.status);
    assertEquals(400, second.status);
    assertRefused(node.poll(sid), 1, "Session ID unknown");
    node.on(() -> never.complete(Buffer.buffer("40")));
    assertTrue(node.sessions.opened.isEmpty());
  }

  @Test
  void octetsAreNoPayload() {
    String sid = node.openPolling();

    FakeExchange post =
        node.ask(
            request("POST", "EIO=4&transport=polling&sid=" + sid)
                .sending("application/octet-stream", Buffer.buffer("4")));

    assertEquals(400, post.status);
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void oversizedPostIsRefusedAndTheSessionSurvives() {
    String sid = node.openPolling();

    assertEquals(413, node.post(sid, "4" + "a".repeat(1_000_000)).status);

    assertFalse(node.poll(sid).isAnswered());
    assertEquals("ok", text(node.post(sid, "40")));
  }

  @ParameterizedTest
  @CsvSource({"abc", "7", "bA", "''"})
  void undecodablePacketClosesTheSessionAfterThePacketsBeforeIt(String bad) {
    String sid = node.openPolling();
    FakeExchange held = node.poll(sid);

    FakeExchange post = node.post(sid, "40" + SEPARATOR + bad + SEPARATOR + "41");

    assertEquals(400, post.status);
    assertEquals(1, node.sessions.opened.size());
    assertEquals(CloseReason.PROTOCOL_ERROR.code(), node.session().ended.code());
    assertEquals("parse error", node.session().ended.text());
    assertEquals("1", text(held));
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void bodyThatIsNotUtf8ClosesTheSession() {
    String sid = node.openPolling();

    FakeExchange post =
        node.ask(
            request("POST", "EIO=4&transport=polling&sid=" + sid)
                .sending("text/plain", Buffer.buffer(new byte[] {'4', (byte) 0xff})));

    assertEquals(400, post.status);
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void otherMethodsOfASessionAreRefused() {
    String sid = node.openPolling();

    assertEquals(405, node.ask(request("PUT", "EIO=4&transport=polling&sid=" + sid)).status);
    assertFalse(node.poll(sid).isAnswered());
  }

  @Test
  void packetsThatOnlyServersSendAreIgnored() {
    String sid = node.openPolling();

    assertEquals("ok", text(node.post(sid, "0{}" + SEPARATOR + "5" + SEPARATOR + "6")));

    assertFalse(node.poll(sid).isAnswered());
  }

  @Test
  void closePacketEndsTheSession() {
    String sid = node.openPolling();
    node.post(sid, "40");
    FakeExchange held = node.poll(sid);

    assertEquals("ok", text(node.post(sid, "1")));

    assertEquals("6", text(held));
    assertEquals(CloseReason.NORMAL.code(), node.session().ended.code());
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void bytesGoInAndOutAsBase64() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);
    node.post(sid, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]" + SEPARATOR + "bAQIDBA==");
    assertEquals(
        Buffer.buffer(new byte[] {1, 2, 3, 4}), node.session().messages.get(0).args().get(0));

    node.on(() -> node.session().send("b", Buffer.buffer(new byte[] {1, 2, 3, 4})));

    assertEquals(
        "451-[\"b\",{\"_placeholder\":true,\"num\":0}]" + SEPARATOR + "bAQIDBA==",
        text(node.poll(sid)));
  }

  // Back-pressure.

  @Test
  void postIsAnsweredWhenTheFunctionKeepsUp() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.session().credit = 2;

    FakeExchange post =
        node.post(sid, "42[\"a\"]" + SEPARATOR + "42[\"b\"]" + SEPARATOR + "42[\"c\"]");
    assertEquals(List.of("a[]", "b[]"), node.session().received);
    assertFalse(post.isAnswered());
    node.on(() -> node.session().port.resumeReading());

    assertEquals(List.of("a[]", "b[]", "c[]"), node.session().received);
    assertEquals("ok", text(post));
  }

  @Test
  void clientThatDoesNotPollStopsTheSender() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    String kibibyte = "x".repeat(1024);

    node.on(
        () -> {
          for (int i = 0; i < 200; i++) {
            node.session().send("n", i, kibibyte);
          }
        });
    int waiting = node.session().waiting.size();
    assertTrue(waiting > 100, waiting + " messages wait in the session");
    while (!node.session().waiting.isEmpty()) {
      node.poll(sid);
    }

    assertFalse(text(node.poll(sid)).isEmpty());
    assertFalse(node.poll(sid).isAnswered());
  }

  @Test
  void oneMessageMayBeLargerThanAllThatMayWait() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);

    node.on(() -> node.session().send("large", "x".repeat(3 << 20)));

    assertTrue(text(node.poll(sid)).length() > 3 << 20);
  }

  @Test
  void clientThatAsksForMoreThanItReadsIsClosed() {
    String sid = node.openPolling();
    String payload = ("40/nowhere," + SEPARATOR).repeat(50_000) + "40/nowhere,";

    node.post(sid, payload);

    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void webSocketIsNotReadWhileTheFunctionIsBehind() {
    FakeWebSocketConnection client = node.connected();
    node.session().credit = 1;

    node.say(client, "42[\"a\"]");
    assertFalse(client.reading);
    node.pass(10_000);
    assertNull(client.closed);
    node.on(() -> node.session().port.resumeReading());

    assertTrue(client.reading);
  }

  @Test
  void webSocketThatIsFullStopsTheSender() {
    FakeWebSocketConnection client = node.connected();
    client.full = true;

    node.on(() -> node.session().send("a"));
    assertEquals(List.of(), client.sent);
    client.full = false;
    node.on(client.listener::drained);

    assertEquals(List.of("42[\"a\"]"), client.sent);
  }

  // WebSocket.

  @Test
  void webSocketCarriesTextAndBytes() {
    FakeWebSocketConnection client = node.connected();

    node.say(client, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    node.on(() -> client.receiveBinary((byte) 1, (byte) 2));
    node.on(() -> node.session().send("b", Buffer.buffer(new byte[] {3})));

    assertEquals(Buffer.buffer(new byte[] {1, 2}), node.session().messages.get(0).args().get(0));
    assertEquals(List.of("451-[\"b\",{\"_placeholder\":true,\"num\":0}]", "0x03"), client.sent);
  }

  @Test
  void clientWithoutBinaryGetsBase64OverWebSocketToo() {
    FakeWebSocketConnection client = node.webSocket("EIO=4&transport=websocket&b64=1");
    node.say(client, "40");
    node.accept();

    node.on(() -> node.session().send("b", Buffer.buffer(new byte[] {1, 2, 3, 4})));
    node.say(client, "451-[\"a\",{\"_placeholder\":true,\"num\":0}]");
    node.say(client, "bAQIDBA==");

    assertEquals("bAQIDBA==", client.sent.get(client.sent.size() - 1));
    assertEquals("a", node.session().messages.get(0).event());
  }

  @ParameterizedTest
  @CsvSource({"abc, 1002", "'', 1002", "2, 1006", "2probe, 1006", "1, 1000"})
  void webSocketThatBreaksTheRulesOrClosesIsClosed(String text, int code) {
    FakeWebSocketConnection client = node.connected();

    node.say(client, text);

    assertEquals(code, client.closed.code());
    assertEquals(code, node.session().ended.code());
  }

  @Test
  void webSocketThatIsGoneEndsTheSession() {
    FakeWebSocketConnection client = node.connected();

    node.on(() -> client.listener.closed(CloseReason.NO_STATUS));

    assertEquals(CloseReason.NO_STATUS, node.session().ended);
  }

  // The heartbeat.

  @Test
  void pingIsSentAndItsAnswerKeepsTheSession() {
    FakeWebSocketConnection client = node.connected();
    for (int i = 0; i < 5; i++) {
      node.pass(299);
      assertEquals(List.of(), client.sent);
      node.pass(1);
      assertEquals(List.of("2"), client.sent);
      client.sent.clear();
      node.pass(100);
      node.say(client, "3");
    }
    assertNull(client.closed);
  }

  @Test
  void heldPollGetsThePing() {
    String sid = node.openPolling();
    FakeExchange held = node.poll(sid);

    node.pass(300);

    assertEquals("2", text(held));
    assertEquals("ok", text(node.post(sid, "3")));
  }

  @Test
  void silentClientIsClosedOnTheMillisecond() {
    FakeWebSocketConnection client = node.connected();

    node.pass(499);
    assertNull(client.closed);
    node.pass(1);

    assertEquals(CloseReason.HEARTBEAT.code(), client.closed.code());
    assertEquals("ping timeout", node.session().ended.text());
  }

  @Test
  void silentPollingClientIsUnknownAfterTheTimeout() {
    String sid = node.openPolling();

    node.pass(500);

    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void answerThatNobodyAskedForChangesNothing() {
    FakeWebSocketConnection client = node.connected();
    node.pass(299);
    node.say(client, "3");

    node.pass(201);

    assertEquals(CloseReason.HEARTBEAT.code(), client.closed.code());
  }

  // The upgrade.

  private FakeWebSocketConnection candidate(String sid) {
    return node.webSocket("EIO=4&transport=websocket&sid=" + sid);
  }

  @Test
  void webSocketTakesOverFromThePolls() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);
    FakeWebSocketConnection client = candidate(sid);

    node.say(client, "2probe");
    assertEquals(List.of("3probe"), client.sent);
    FakeExchange held = node.poll(sid);
    assertFalse(held.isAnswered());
    node.pass(100);
    assertEquals("6", text(held));
    node.on(() -> node.session().send("between"));
    node.say(client, "5");
    node.on(() -> node.session().send("after"));
    node.say(client, "42[\"up\"]");

    assertEquals(List.of("3probe", "42[\"between\"]", "42[\"after\"]"), client.sent);
    assertEquals(List.of("up[]"), node.session().received);
    assertRefused(node.poll(sid), 3, "Bad request");
    assertRefused(node.post(sid, "4"), 3, "Bad request");
    assertEquals("websocket", node.session().transport().word());
  }

  @Test
  void pollThatIsHeldWhenTheWebSocketTakesOverSeesIt() {
    String sid = node.openPolling();
    FakeWebSocketConnection client = candidate(sid);
    FakeExchange held = node.poll(sid);

    node.say(client, "2probe");
    node.say(client, "5");

    assertRefused(held, 3, "Bad request");
    node.pass(1_000);
  }

  @Test
  void heartbeatGoesOnAfterTheUpgrade() {
    String sid = node.openPolling();
    FakeWebSocketConnection client = candidate(sid);
    node.say(client, "2probe");
    node.say(client, "5");

    node.pass(300);
    assertEquals(List.of("3probe", "2"), client.sent);
    node.pass(200);

    assertEquals(CloseReason.HEARTBEAT.code(), client.closed.code());
  }

  @ParameterizedTest
  @CsvSource({"4hello", "2", "1", "abc", "''"})
  void anythingElseThanTheProbeLeavesTheSessionWithItsPolls(String text) {
    String sid = node.openPolling();
    FakeWebSocketConnection client = candidate(sid);

    node.say(client, text);

    assertEquals(1000, client.closed.code());
    assertEquals("ok", text(node.post(sid, "40")));
  }

  @Test
  void webSocketThatTakesTooLongIsClosed() {
    SocketIoConfig r = SocketIoFixture.RULES;
    SocketIoFixture slow =
        new SocketIoFixture(
            new SocketIoConfig(
                Duration.ofSeconds(25),
                r.pingTimeout(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(45),
                r.maxPayloadBytes(),
                r.transports(),
                Optional.empty()));
    String sid = slow.openPolling();
    FakeWebSocketConnection client = slow.webSocket("EIO=4&transport=websocket&sid=" + sid);
    slow.say(client, "2probe");

    slow.pass(1_000);

    assertEquals(1000, client.closed.code());
    assertEquals("ok", text(slow.post(sid, "40")));
    FakeWebSocketConnection again = slow.webSocket("EIO=4&transport=websocket&sid=" + sid);
    slow.say(again, "2probe");
    assertEquals(List.of("3probe"), again.sent);
  }

  @Test
  void secondWebSocketIsClosedAndTheFirstOneStays() {
    String sid = node.openPolling();
    FakeWebSocketConnection first = candidate(sid);
    FakeWebSocketConnection second = candidate(sid);
    assertEquals(1000, second.closed.code());
    node.say(first, "2probe");
    node.say(first, "5");

    FakeWebSocketConnection third = candidate(sid);

    assertEquals(1000, third.closed.code());
    node.say(first, "40");
    assertEquals(1, node.sessions.opened.size());
    assertNull(first.closed);
  }

  @Test
  void endOfTheSessionEndsItsUpgrade() {
    String sid = node.openPolling();
    FakeWebSocketConnection client = candidate(sid);

    node.post(sid, "1");

    assertEquals(1000, client.closed.code());
    assertNotEquals(0, client.closed.code());
  }

  // The end.

  @Test
  void messagesBeforeACloseFromTheServerComeWithAHeldPollAndTheCloseWithTheNext() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);
    FakeExchange held = node.poll(sid);

    node.on(
        () -> {
          node.session().send("bye");
          node.session().close(CloseReason.SERVICE_RESTART);
        });

    // Apart: the official client handles a message a moment after a close of the same payload.
    assertEquals("42[\"bye\"]", text(held));
    assertEquals("6" + SEPARATOR + "1", text(node.poll(sid)));
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void closeFromTheServerIsToldToAHeldPoll() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);
    FakeExchange held = node.poll(sid);

    node.on(() -> node.session().close(CloseReason.SERVICE_RESTART));

    assertEquals("1", text(held));
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void closeFromTheServerIsToldToTheNextPoll() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);

    node.on(() -> node.session().close(CloseReason.SERVICE_RESTART));
    node.pass(29_000);

    assertEquals("6" + SEPARATOR + "1", text(node.poll(sid)));
    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void closedSessionIsForgottenIfNobodyPolls() {
    String sid = node.openPolling();
    node.post(sid, "40");
    node.accept();
    node.poll(sid);
    node.on(() -> node.session().close(CloseReason.SERVICE_RESTART));

    node.pass(30_000);

    assertRefused(node.poll(sid), 1, "Session ID unknown");
  }

  @Test
  void closeFromTheServerClosesTheWebSocketWithItsReason() {
    FakeWebSocketConnection client = node.connected();

    node.on(() -> node.session().close(CloseReason.SERVICE_RESTART));

    assertEquals(CloseReason.SERVICE_RESTART, client.closed);
  }
}
