package dev.selvedge.protocol.signalr;

import static dev.selvedge.protocol.signalr.HubFixture.HELLO;
import static dev.selvedge.protocol.signalr.HubFixture.RS;
import static dev.selvedge.protocol.signalr.HubFixture.WELCOME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeWebSocketConnection;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransportsTest {
  private static final String SAY = "{\"type\":1,\"target\":\"say\",\"arguments\":[\"hi\"]}" + RS;

  private final HubFixture hub = new HubFixture();

  private static FakeExchange stream(String token) {
    return HubFixture.of(token, "GET").with("accept", "text/event-stream");
  }

  // ---- errors

  @Test
  void requestsWithoutAnIdAreRefused() {
    FakeExchange poll =
        hub.ask(
            new FakeExchange("GET", "/chat").with("user-agent", "Microsoft SignalR/9.0 (Java)"));

    assertEquals(400, poll.status);
    assertEquals("Connection ID required", poll.answer.toString());
    assertEquals("text/plain", poll.answerHeaders.get("content-type"));
  }

  @Test
  void requestsOfUnknownConnectionsAreRefused() {
    String token = hub.token();
    String unknown = token.substring(0, token.length() - 3) + "abc";

    for (String method : List.of("GET", "POST", "DELETE")) {
      FakeExchange refused = hub.ask(HubFixture.of(unknown, method));
      assertEquals(404, refused.status);
      assertEquals("No Connection with that ID", refused.answer.toString());
    }
    FakeExchange upgrade = HubFixture.of(unknown, "GET").upgradingTo(new FakeWebSocketConnection());
    assertEquals(404, hub.ask(upgrade).status);
    assertEquals(405, hub.ask(HubFixture.of(unknown, "PUT")).status);
  }

  @Test
  void theFirstRequestFixesTheTransport() {
    String token = hub.token();
    hub.webSocket(token);

    FakeExchange poll = hub.ask(HubFixture.of(token, "GET"));
    assertEquals(400, poll.status);
    assertEquals("Cannot change transports mid-connection", poll.answer.toString());
    FakeExchange second = HubFixture.of(token, "GET").upgradingTo(new FakeWebSocketConnection());
    assertEquals(409, hub.ask(second).status);
    FakeExchange post = hub.post(token, SAY);
    assertEquals(405, post.status);
    assertEquals(
        "POST requests are not allowed for WebSocket connections.", post.answer.toString());
    FakeExchange delete = hub.ask(HubFixture.of(token, "DELETE"));
    assertEquals(400, delete.status);
    assertEquals(
        "Cannot terminate this connection using the DELETE endpoint.", delete.answer.toString());
  }

  @Test
  void aSecondEventStreamIsRefused() {
    String token = hub.token();
    hub.ask(stream(token));

    assertEquals(409, hub.ask(stream(token)).status);
  }

  // ---- WebSockets

  @Test
  void aWebSocketNeedsNoNegotiation() {
    FakeWebSocketConnection socket = new FakeWebSocketConnection();
    FakeExchange exchange = hub.ask(new FakeExchange("GET", "/chat").upgradingTo(socket));

    assertEquals(101, exchange.status);
    assertNull(exchange.subprotocol);
    hub.receive(socket, HELLO + SAY);
    assertEquals(List.of(WELCOME), socket.sent);
    assertEquals(List.of("say[hi]"), hub.session().received);
    assertEquals(Transport.WEBSOCKET, hub.session().transport());
  }

  @Test
  void theHandshakeOfTheFunctionIsTheFirstRequestWithoutTheToken() {
    String token = hub.token();
    FakeWebSocketConnection socket = new FakeWebSocketConnection();
    hub.ask(
        HubFixture.of(token, "GET")
            .asking("access_token", "secret")
            .with("authorization", "Bearer secret")
            .upgradingTo(socket));
    hub.receive(socket, HELLO);

    assertEquals("secret", hub.session().handshake().parameter("access_token"));
    assertEquals("Bearer secret", hub.session().handshake().header("authorization"));
    assertNull(hub.session().handshake().parameter("id"));
  }

  @Test
  void theSessionHasThePublicIdOfTheConnection() {
    var negotiated = hub.negotiate("negotiateVersion", "1");
    FakeWebSocketConnection socket = hub.webSocket(negotiated.getString("connectionToken"));
    hub.receive(socket, HELLO);

    assertEquals(negotiated.getString("connectionId"), hub.session().id());
  }

  @Test
  void messagePackGoesInBinaryMessages() {
    FakeWebSocketConnection socket = hub.webSocket(hub.token());
    hub.receiveBytes(socket, HELLO.replace("json", "messagepack").getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of("0x7b7d1e"), socket.sent);
    hub.receiveBytes(
        socket,
        HubFormat.MESSAGEPACK.encode(
            new HubMessage.Invocation("1", "say", List.of(Buffer.buffer("x")), List.of())));

    assertEquals(List.of("say[x]?1"), hub.session().received);
    assertTrue(hub.session().messages.get(0).args().get(0) instanceof Buffer);
    hub.session().send("hey", 5);
    assertEquals("0x0b960180c0a368657991" + "0590", socket.sent.get(1));
  }

  @Test
  void aClientThatClosesEndsTheSession() {
    FakeWebSocketConnection socket = hub.open();
    hub.on(() -> socket.listener.closed(CloseReason.NORMAL));

    assertEquals(CloseReason.NORMAL, hub.session().ended);
    assertEquals(0, hub.connections());
  }

  @Test
  void aCloseWithoutACodeIsAnOrdinaryEnd() {
    FakeWebSocketConnection socket = hub.open();
    hub.on(() -> socket.listener.closed(CloseReason.NO_STATUS));

    assertEquals(CloseReason.NORMAL, hub.session().ended);
  }

  @Test
  void aLostWebSocketEndsTheSession() {
    FakeWebSocketConnection socket = hub.open();
    hub.on(() -> socket.listener.closed(CloseReason.LOST));

    assertEquals(CloseReason.LOST, hub.session().ended);
    assertEquals(0, hub.connections());
  }

  @Test
  void backPressureReachesTheSocket() {
    FakeWebSocketConnection socket = hub.open();
    hub.session().credit = 2;
    hub.receive(socket, SAY + SAY + SAY);

    assertFalse(socket.reading);
    assertEquals(2, hub.session().received.size(), "the third message waits");
    hub.on(() -> hub.session().port.resumeReading());
    assertTrue(socket.reading);
    assertEquals(3, hub.session().received.size());
  }

  @Test
  void aFullSocketMakesTheSessionWait() {
    FakeWebSocketConnection socket = hub.open();
    socket.full = true;
    hub.session().send("late");
    assertEquals(List.of(), socket.sent);

    socket.full = false;
    hub.on(() -> socket.listener.drained());

    assertEquals(1, socket.sent.size());
  }

  // ---- event streams

  @Test
  void anEventStreamBeginsAtOnceAndHasAnEventForEachMessage() {
    String token = hub.token();
    FakeExchange exchange = hub.ask(stream(token));

    assertEquals(200, exchange.status);
    assertEquals("text/event-stream", exchange.answerHeaders.get("content-type"));
    assertEquals("no-cache,no-store", exchange.answerHeaders.get("cache-control"));
    assertEquals("no-cache", exchange.answerHeaders.get("pragma"));
    assertEquals("identity", exchange.answerHeaders.get("content-encoding"));
    assertEquals(":\r\n", exchange.stream.takeText());

    FakeExchange post = hub.post(token, HELLO + SAY);
    assertEquals(200, post.status);
    assertEquals("text/plain", post.answerHeaders.get("content-type"));
    assertEquals(0, post.answer.length());
    assertEquals("data: {}" + RS + "\r\n\r\n", exchange.stream.takeText());
    assertEquals(List.of("say[hi]"), hub.session().received);
    assertEquals(Transport.SSE, hub.session().transport());
  }

  @Test
  void linesOfAPayloadAreLinesOfTheEvent() {
    byte[] payload = "a\nb\r\n\nc\n".getBytes(StandardCharsets.UTF_8);

    assertEquals(
        "data: a\r\ndata: b\r\ndata: \r\ndata: c\r\ndata: \r\n\r\n",
        SsePipe.event(payload).toString());
  }

  @Test
  void messagePackIsRefusedOnAnEventStream() {
    String token = hub.token();
    FakeExchange exchange = hub.ask(stream(token));
    exchange.stream.takeText();
    hub.post(token, HELLO.replace("json", "messagepack"));

    assertEquals(
        "data: {\"error\":\"Cannot use the 'messagepack' protocol on the current transport. The"
            + " transport does not support 'Binary' transfer format.\"}"
            + RS
            + "\r\n\r\n",
        exchange.stream.takeText());
    assertTrue(exchange.stream.ended);
    assertEquals(0, hub.connections());
  }

  @Test
  void aClientThatLeavesItsStreamEndsTheSession() {
    String token = hub.token();
    FakeExchange exchange = hub.ask(stream(token));
    hub.post(token, HELLO);
    hub.on(exchange::abort);

    assertEquals(CloseReason.LOST, hub.session().ended);
    assertEquals(0, hub.connections());
  }

  // ---- long polling

  private FakeExchange poll(String token) {
    return hub.ask(HubFixture.of(token, "GET"));
  }

  /** A connection that polls, behind the handshake and its answer. */
  private String polling() {
    String token = hub.token();
    FakeExchange first = poll(token);
    assertEquals(200, first.status);
    assertEquals(0, first.answer.length());
    assertEquals("no-cache, no-store", first.answerHeaders.get("cache-control"));
    assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", first.answerHeaders.get("expires"));
    hub.post(token, HELLO);
    FakeExchange second = poll(token);
    assertEquals(WELCOME, second.answer.toString());
    assertEquals("application/octet-stream", second.answerHeaders.get("content-type"));
    return token;
  }

  @Test
  void aHeldPollIsAnsweredWithWhatIsSentInOneGo() {
    String token = polling();
    FakeExchange held = poll(token);
    assertFalse(held.isAnswered());

    hub.on(
        () -> {
          hub.session().send("a");
          hub.session().send("b");
        });
    hub.settle();

    assertEquals(
        "{\"type\":1,\"target\":\"a\",\"arguments\":[]}"
            + RS
            + "{\"type\":1,\"target\":\"b\",\"arguments\":[]}"
            + RS,
        held.answer.toString());
    assertEquals(Transport.LONGPOLL, hub.session().transport());
  }

  @Test
  void aPollWithoutDataIsAnsweredEmptyAfterNinetySeconds() {
    String token = polling();
    FakeExchange held = poll(token);
    hub.pass(89_000);
    assertFalse(held.isAnswered());

    hub.pass(2_000);

    assertEquals(200, held.status);
    assertEquals(0, held.answer.length());
    assertNull(hub.session().ended);
  }

  @Test
  void aNewPollTakesThePlaceOfTheOneBefore() {
    String token = polling();
    FakeExchange old = poll(token);
    FakeExchange next = poll(token);
    assertEquals(204, old.status);

    hub.on(() -> hub.session().send("a"));
    hub.settle();

    assertEquals(200, next.status);
  }

  @Test
  void aPollThatBreaksOffEndsNothingButNoPollDoes() {
    String token = polling();
    FakeExchange held = poll(token);
    hub.on(held::abort);
    hub.pass(14_000);
    assertNull(hub.session().ended);

    hub.pass(2_000);

    assertEquals(CloseReason.LOST, hub.session().ended);
    hub.pass(16_000);
    assertEquals(0, hub.connections());
  }

  @Test
  void deletingEndsTheSessionAndTheHeldPoll() {
    String token = polling();
    FakeExchange held = poll(token);
    FakeExchange delete = hub.ask(HubFixture.of(token, "DELETE"));

    assertEquals(202, delete.status);
    assertEquals(204, held.status);
    assertEquals(CloseReason.NORMAL, hub.session().ended);
    assertEquals(404, poll(token).status);
  }

  @Test
  void aPollThatADeletionOvertakesIsToldTheEnd() {
    String token = polling();
    assertEquals(202, hub.ask(HubFixture.of(token, "DELETE")).status);

    assertEquals(204, poll(token).status);
    assertEquals(404, poll(token).status);
    assertEquals(0, hub.connections());
  }

  @Test
  void whatIsLeftAtTheEndIsFetchedBeforeThe204() {
    String token = polling();
    hub.on(() -> hub.session().close(CloseReason.NORMAL));
    hub.settle();

    assertEquals("{\"type\":7}" + RS, poll(token).answer.toString());
    assertEquals(204, poll(token).status);
    assertEquals(404, poll(token).status);
  }

  @Test
  void aPostIsAnsweredWhenTheFunctionHasTakenIt() {
    String token = polling();
    hub.session().credit = 1;
    FakeExchange first = hub.post(token, SAY);
    FakeExchange second = hub.post(token, SAY);
    assertFalse(first.isAnswered());
    assertFalse(second.isAnswered());
    assertEquals(1, hub.session().received.size());

    hub.on(() -> hub.session().port.resumeReading());

    assertTrue(first.isAnswered());
    assertFalse(second.isAnswered());
    hub.on(() -> hub.session().port.resumeReading());
    assertTrue(second.isAnswered());
  }

  @Test
  void onlySoManyPostsAreHeld() {
    String token = polling();
    hub.session().credit = 1;
    for (int i = 0; i < Posts.MAX_HELD; i++) {
      assertFalse(hub.post(token, SAY).isAnswered());
    }

    assertEquals(503, hub.post(token, SAY).status);
  }

  @Test
  void aClientMayPollAndCloseInOnePost() {
    String token = polling();
    FakeExchange post = hub.post(token, "{\"type\":7}" + RS);

    assertEquals(200, post.status);
    assertEquals(CloseReason.NORMAL, hub.session().ended);
    assertEquals(204, poll(token).status);
  }

  @Test
  void pollsSendMessagePackToo() {
    String token = hub.token();
    poll(token);
    hub.post(token, HELLO.replace("json", "messagepack"));
    assertEquals(WELCOME, poll(token).answer.toString());

    hub.on(() -> hub.session().send("hey", 5));

    assertEquals(
        Buffer.buffer(
            HubFormat.MESSAGEPACK.encode(
                new HubMessage.Invocation(null, "hey", List.of(5), List.of()))),
        poll(token).answer);
  }
}
