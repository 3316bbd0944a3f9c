package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeSessions;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients and functions that do anything at any time, by seeds: nothing throws, every session ends
 * once, and the node serves the next client.
 */
class SocketIoFuzzTest {
  private static final List<String> PACKETS =
      List.of(
          "40",
          "40/admin,",
          "40/deli,{\"a\":1}",
          "40/nowhere,",
          "41",
          "41/admin,",
          "42[\"a\",1]",
          "42/admin,7[\"a\"]",
          "42/deli,[\"a\",{\"b\":[]}]",
          "451-[\"a\",{\"_placeholder\":true,\"num\":0}]",
          "452-[\"a\",{\"_placeholder\":true,\"num\":1}]",
          "bAQID",
          "431[\"yes\"]",
          "3",
          "3",
          "0",
          "1",
          "2",
          "2probe",
          "5",
          "6",
          "44\"no\"",
          "4",
          "9",
          "");

  /** What keeps a session alive. */
  private static final List<String> SOUND = List.of("40", "42[\"a\",1]", "3", "421[\"b\"]");

  private static final List<CloseReason> REASONS =
      List.of(CloseReason.NORMAL, CloseReason.KICKED, CloseReason.SERVICE_RESTART);

  private final SocketIoFixture node = new SocketIoFixture();
  private final List<String> sids = new ArrayList<>();
  private final List<FakeExchange> polls = new ArrayList<>();
  private final List<FakeWebSocketConnection> sockets = new ArrayList<>();
  private final Set<FakeWebSocketConnection> gone = new HashSet<>();
  private final Set<FakeSessions.Opened> accepted = new HashSet<>();
  private Random random = new Random(0);

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String packet() {
    return any(random.nextInt(3) == 0 ? PACKETS : SOUND);
  }

  private String sid() {
    return sids.isEmpty()
        ? "none"
        : sids.get(sids.size() - 1 - random.nextInt(Math.min(5, sids.size())));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anythingAtAnyTime(long seed) {
    random = new Random(seed);
    for (int step = 0; step < 5_000; step++) {
      client();
      function();
      if (random.nextInt(4) == 0) {
        node.pass(random.nextInt(80));
      }
    }
    int opened = node.sessions.opened.size();
    assertTrue(opened > 50, "only " + opened + " sessions");
    sockets.forEach(this::close);
    node.sessions.opened.stream()
        .filter(FakeSessions.Opened::isOpen)
        .forEach(session -> node.on(session.port::resumeReading));
    for (int i = 0; i < 20; i++) {
      node.pass(5_000);
    }
    node.sessions.opened.forEach(session -> assertTrue(session.ended != null, session.id));
    sids.forEach(sid -> assertEquals(400, node.poll(sid).status));
    assertEquals("42[\"still here\"]", echo());
  }

  private String echo() {
    FakeWebSocketConnection client = node.connected();
    node.on(() -> node.session().send("still here"));
    return client.sent.get(0);
  }

  // The clients.

  private void client() {
    switch (random.nextInt(12)) {
      case 0 -> sids.add(node.openPolling());
      case 1 -> sockets.add(node.openWebSocket());
      case 2 -> candidate();
      case 3, 4 -> polls.add(node.poll(sid()));
      case 5 -> {
        if (!polls.isEmpty() && random.nextInt(5) == 0) {
          FakeExchange poll = polls.get(polls.size() - 1);
          node.on(poll::abort);
        }
      }
      case 6, 7 -> node.post(sid(), payload());
      default -> {
        if (!sockets.isEmpty()) {
          say(sockets.get(sockets.size() - 1 - random.nextInt(Math.min(4, sockets.size()))));
        }
      }
    }
  }

  private void candidate() {
    FakeWebSocketConnection connection = new FakeWebSocketConnection();
    FakeExchange handshake =
        SocketIoFixture.request("GET", "EIO=4&transport=websocket&sid=" + sid())
            .upgradingTo(connection);
    node.ask(handshake);
    if (handshake.status == 101) {
      sockets.add(connection);
      if (random.nextBoolean()) {
        say(connection, "2probe");
        say(connection, "5");
      }
    }
  }

  private String payload() {
    StringBuilder payload = new StringBuilder(packet());
    for (int i = random.nextInt(3); i > 0; i--) {
      payload.append(EngineCodec.SEPARATOR).append(packet());
    }
    return payload.toString();
  }

  private void say(FakeWebSocketConnection client) {
    if (client.closed != null || random.nextInt(20) == 0) {
      close(client);
    } else if (random.nextInt(5) == 0) {
      if (!gone.contains(client)) {
        node.on(() -> client.receiveBinary((byte) 1));
      }
    } else {
      say(client, packet());
    }
  }

  private void say(FakeWebSocketConnection client, String text) {
    if (client.closed == null && !gone.contains(client)) {
      node.say(client, text);
    }
  }

  private void close(FakeWebSocketConnection client) {
    if (gone.add(client)) {
      node.on(
          () -> client.listener.closed(client.closed == null ? CloseReason.LOST : client.closed));
    }
  }

  // The functions.

  private void function() {
    List<FakeSessions.Opened> open =
        node.sessions.opened.stream()
            .skip(Math.max(0, node.sessions.opened.size() - 10))
            .filter(FakeSessions.Opened::isOpen)
            .toList();
    if (open.isEmpty()) {
      return;
    }
    FakeSessions.Opened session = any(open);
    if (accepted.add(session)) {
      session.credit = 1 + random.nextInt(4);
      if (random.nextInt(8) == 0) {
        session.ended = CloseReason.REFUSED;
        node.on(
            () ->
                session.port.refused(
                    CloseReason.REFUSED, new ReplyError("not-you", "not you", null)));
      } else {
        node.on(session.port::accepted);
      }
      return;
    }
    switch (random.nextInt(8)) {
      case 0 -> node.on(() -> session.send("e", Buffer.buffer("b")));
      case 1 -> node.on(() -> session.send(Outbound.reply(1, List.of())));
      case 2 -> node.on(() -> session.send(Outbound.request(2, "ask", List.of())));
      case 3 -> {
        if (random.nextInt(6) == 0) {
          node.on(() -> session.close(any(REASONS)));
        }
      }
      default -> node.on(session.port::resumeReading);
    }
  }
}
