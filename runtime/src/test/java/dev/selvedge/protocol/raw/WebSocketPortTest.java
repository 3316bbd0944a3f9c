package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeSessions;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.session.Outbound;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebSocketPortTest {
  private final RawFixture raw = new RawFixture();
  private final FakeWebSocketConnection socket = new FakeWebSocketConnection();

  private FakeSessions.Opened open(String subprotocols) {
    FakeExchange handshake = new FakeExchange("GET", "/deli/here").upgradingTo(socket);
    if (subprotocols != null) {
      handshake.with("sec-websocket-protocol", subprotocols);
    }
    raw.ask(handshake);
    assertEquals(101, handshake.status);
    assertEquals(subprotocols == null ? null : "selvedge.json.v1", handshake.subprotocol);
    return raw.session();
  }

  @Test
  void sessionKnowsWhereItComesFrom() {
    FakeSessions.Opened session = open(null);

    assertEquals("deli-counter", session.function);
    assertEquals("raw", session.protocol);
    assertEquals("/deli/here", session.handshake.path());
    assertEquals(Transport.WEBSOCKET, session.port.transport());
  }

  @Test
  void bareFramesAreDefaultMessages() {
    FakeSessions.Opened session = open(null);

    socket.receiveText("{\"event\":\"x\"}");
    socket.receiveBinary((byte) 7);

    assertEquals(
        List.of("message[{\"event\":\"x\"}]", "message[" + Buffer.buffer(new byte[] {7}) + "]"),
        session.received);
  }

  @Test
  void bareClientGetsNoHello() {
    FakeSessions.Opened session = open(null);

    session.send("message", "a");
    session.send("message", Buffer.buffer(new byte[] {7}));
    session.send("ticket", 12);

    assertEquals(List.of("a", "0x07", "{\"event\":\"ticket\",\"args\":[12]}"), socket.sent);
  }

  @Test
  void jsonClientLearnsItsSessionBeforeAnythingElse() {
    raw.sessions.onOpen = session -> session.send("welcome");

    FakeSessions.Opened session = open("chat, selvedge.json.v1");

    assertEquals(
        List.of("{\"session\":\"" + session.id + "\"}", "{\"event\":\"welcome\",\"args\":[]}"),
        socket.sent);
  }

  @Test
  void jsonMessagesAskForReplies() {
    FakeSessions.Opened session = open("selvedge.json.v1");
    socket.receiveText("{\"event\":\"take\",\"args\":[2],\"id\":7}");

    session.send(Outbound.reply(7, List.of(12)));

    assertEquals(List.of("take[2]?7"), session.received);
    assertEquals("{\"reply\":7,\"args\":[12]}", socket.sent.get(1));
  }

  @Test
  void malformedMessageEndsSessionAndSocketWithTheReason() {
    FakeSessions.Opened session = open("selvedge.json.v1");

    socket.receiveText("{\"event\":");
    socket.receiveText("{\"event\":\"late\"}");

    assertEquals(1007, socket.closed.code());
    assertEquals(socket.closed, session.ended);
    assertTrue(session.received.isEmpty());
  }

  @Test
  void binaryFrameIsNoJsonMessage() {
    FakeSessions.Opened session = open("selvedge.json.v1");

    socket.receiveBinary((byte) 1);

    assertEquals(1003, session.ended.code());
  }

  @Test
  void lostSocketEndsTheSession() {
    FakeSessions.Opened session = open(null);

    raw.on(() -> socket.listener.closed(CloseReason.LOST));

    assertEquals(CloseReason.LOST, session.ended);
    assertNull(socket.closed);
    assertFalse(session.port.writable());
  }

  @Test
  void closedSessionClosesTheSocketAndIsNotEndedAgain() {
    FakeSessions.Opened session = open(null);

    raw.on(() -> session.close(CloseReason.KICKED));
    raw.on(() -> socket.listener.closed(CloseReason.KICKED));

    assertEquals(CloseReason.KICKED, socket.closed);
  }

  @Test
  void sessionRefusedWhileItOpensClosesTheSocket() {
    raw.sessions.onOpen = session -> session.close(CloseReason.FUNCTION_GONE);

    open("selvedge.json.v1");

    assertEquals(CloseReason.FUNCTION_GONE, socket.closed);
    assertTrue(socket.sent.isEmpty());
  }

  @Test
  void fullSocketHoldsMessagesUntilItDrains() {
    FakeSessions.Opened session = open(null);
    socket.full = true;
    session.send("message", "a");
    assertTrue(socket.sent.isEmpty());

    socket.full = false;
    raw.on(() -> socket.listener.drained());

    assertEquals(List.of("a"), socket.sent);
  }

  @Test
  void slowFunctionStopsReadingFromTheSocket() {
    FakeSessions.Opened session = open(null);
    session.credit = 2;

    socket.receiveText("1");
    assertTrue(socket.reading);
    socket.receiveText("2");
    assertFalse(socket.reading);

    session.port.resumeReading();
    assertTrue(socket.reading);
  }

  @Test
  void disabledTransportIsNamed() {
    EdgeConfig d = EdgeConfig.DEFAULT;
    RawFixture noWebSockets =
        new RawFixture(
            new EdgeConfig(
                d.host(),
                d.port(),
                d.maxHeaderBytes(),
                d.maxBodyBytes(),
                d.headerDeadline(),
                d.bodyDeadline(),
                d.keepAlive(),
                d.maxConnectionsPerIp(),
                d.trustedProxies(),
                d.proxyProtocol(),
                d.origins(),
                List.of(Transport.SSE, Transport.LONGPOLL),
                d.webSocket(),
                d.longPollWait(),
                d.linger(),
                d.tls()));

    FakeExchange handshake = noWebSockets.ask(new FakeExchange("GET", "/deli").upgradingTo(socket));

    assertEquals(400, handshake.status);
    assertEquals("transport-disabled", handshake.errorCode());
    assertEquals(
        "transport: websocket (expected: sse, longpoll)",
        handshake.json().getJsonObject("error").getString("text"));
  }
}
