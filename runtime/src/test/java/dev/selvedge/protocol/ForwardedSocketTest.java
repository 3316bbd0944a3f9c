package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A WebSocket at one node with its session at another; the test is the client and the session. */
class ForwardedSocketTest {
  private static final int CLIENT_LANE = 2;
  private static final int SESSION_LANE = 1;

  private final FakeFabric.Net net = new FakeFabric.Net();
  private final ForwardingNode client = new ForwardingNode(net, "aaaaaaaa", 3);
  private final ForwardingNode owner = new ForwardingNode(net, "bbbbbbbb", 2);
  private final FakeWebSocketConnection socket = new FakeWebSocketConnection();
  private final FakeExchange handshake =
      new FakeExchange("GET", "/deli").with("connection", "Upgrade").upgradingTo(socket);
  private final Session session = new Session();

  /** What the session's side has heard. */
  private static final class Session implements WebSocketConnection.Listener {
    WebSocketConnection connection;
    final List<String> heard = new ArrayList<>();
    Runnable onMessage = () -> {};

    @Override
    public void message(boolean text, ByteBuf payload) {
      heard.add(
          text
              ? payload.toString(StandardCharsets.UTF_8)
              : "0x" + HexFormat.of().formatHex(ByteBufUtil.getBytes(payload)));
      onMessage.run();
    }

    @Override
    public void drained() {
      heard.add("drained");
    }

    @Override
    public void closed(CloseReason reason) {
      heard.add("closed " + reason.code());
    }

    void send(String text) {
      connection.send(true, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @BeforeEach
  void handshake() {
    handshake.asking("session", owner.session(SESSION_LANE).toString());
    client.fabric.on(CLIENT_LANE, () -> client.dispatch.handle(handshake));
  }

  private void atClient(Runnable task) {
    client.fabric.on(CLIENT_LANE, task);
  }

  private void atSession(Runnable task) {
    owner.fabric.on(SESSION_LANE, task);
  }

  private void accept() {
    atSession(
        () ->
            owner
                .last()
                .upgrade("chat.v1", WebSocketLimits.DEFAULT)
                .onSuccess(
                    connection -> {
                      session.connection = connection;
                      connection.listen(session);
                    }));
  }

  @Test
  void handshakeIsAcceptedWhereTheSocketIs() {
    assertTrue(owner.last().isWebSocketHandshake());
    assertFalse(handshake.isAnswered());

    accept();

    assertEquals(101, handshake.status);
    assertEquals("chat.v1", handshake.subprotocol);
    assertTrue(client.served.isEmpty());
  }

  @Test
  void handshakeIsRefusedWhereTheSocketIs() {
    atSession(() -> owner.last().respond(400, Map.of(), Buffer.buffer("no")));

    assertEquals(400, handshake.status);
    assertEquals("no", handshake.answer.toString());
  }

  @Test
  void messagesGoBothWaysInOrder() {
    accept();

    atClient(
        () -> {
          socket.receiveText("one");
          socket.receiveBinary((byte) 1, (byte) 2);
        });
    atSession(
        () -> {
          session.send("three");
          session.connection.send(false, new byte[] {3});
        });

    assertEquals(List.of("one", "0x0102"), session.heard);
    assertEquals(List.of("three", "0x03"), socket.sent);
  }

  @Test
  void clientIsNotReadWhileTheSessionIsBehind() {
    accept();
    session.connection.pauseReading();
    String message = "x".repeat(1024);
    int sent = 0;
    while (socket.reading && sent < 10_000) {
      atClient(() -> socket.receiveText(message));
      sent++;
    }
    assertEquals(List.of(), session.heard);
    assertTrue(sent < 300, sent + " messages of 1 KiB are under way");

    atSession(session.connection::resumeReading);

    assertEquals(sent, session.heard.size());
    assertTrue(socket.reading);
  }

  @Test
  void sessionThatPausesInsideAMessageGetsNoMore() {
    accept();
    session.onMessage = () -> session.connection.pauseReading();

    atClient(
        () -> {
          socket.receiveText("one");
          socket.receiveText("two");
        });
    assertEquals(List.of("one"), session.heard);
    atSession(session.connection::resumeReading);

    assertEquals(List.of("one", "two"), session.heard);
  }

  @Test
  void sessionHearsThatTheClientDoesNotRead() {
    accept();
    socket.full = true;
    String message = "x".repeat(1024);
    int sent = 0;
    while (session.connection.writable() && sent < 10_000) {
      atSession(() -> session.send(message));
      sent++;
    }
    assertTrue(sent < 300, sent + " messages of 1 KiB are under way");
    assertTrue(session.connection.pendingBytes() >= 256 * 1024);

    socket.full = false;
    atClient(socket.listener::drained);

    assertEquals(List.of("drained"), session.heard);
    assertTrue(session.connection.writable());
  }

  @Test
  void clientThatNeverReadsIsClosedAtTheBound() {
    accept();
    socket.full = true;
    String message = "x".repeat(64 * 1024);

    for (int i = 0; i < 40; i++) {
      atSession(() -> session.send(message));
    }

    assertEquals(4008, socket.closed.code());
    assertTrue(socket.sent.size() < 40);
  }

  @Test
  void manyMessagesNeverStopAReadingClientNorAWillingSession() {
    accept();
    String message = "x".repeat(1000);

    for (int i = 0; i < 2_000; i++) {
      atClient(() -> socket.receiveText(message));
      atSession(() -> session.send(message));
      assertTrue(socket.reading && session.connection.writable());
    }

    assertEquals(2_000, session.heard.size());
    assertEquals(2_000, socket.sent.size());
  }

  @Test
  void closeOfTheSessionClosesTheSocket() {
    accept();

    atSession(
        () -> {
          session.connection.close(CloseReason.KICKED);
          session.send("late");
        });
    atClient(() -> socket.receiveText("late, too"));
    assertEquals(4005, socket.closed.code());
    atClient(() -> socket.listener.closed(CloseReason.KICKED));

    assertEquals(List.of(), socket.sent);
    assertEquals(List.of("closed 4005"), session.heard);
  }

  @Test
  void closeOfTheClientReachesTheSession() {
    accept();

    atClient(() -> socket.listener.closed(CloseReason.NORMAL));

    assertEquals(List.of("closed 1000"), session.heard);
  }

  @Test
  void deathOfTheClientsNodeClosesTheSession() {
    accept();

    net.kill(client.fabric);

    assertEquals(List.of("closed 1006"), session.heard);
  }

  @Test
  void deathOfTheSessionsNodeClosesTheSocketForRetry() {
    accept();

    net.kill(owner.fabric);

    assertEquals(CloseReason.SERVICE_RESTART, socket.closed);
  }

  @Test
  void clientThatIsGoneBeforeTheAnswerFailsTheUpgrade() {
    atClient(handshake::abort);

    Future<WebSocketConnection>[] upgrade = newArray();
    atSession(() -> upgrade[0] = owner.last().upgrade(null, WebSocketLimits.DEFAULT));

    assertTrue(upgrade[0].failed());
  }

  @SuppressWarnings("unchecked")
  private static Future<WebSocketConnection>[] newArray() {
    return new Future[1];
  }
}
