package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.ResponseStream;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Two nodes of different numbers of lanes; the test is the client at one, the session at another.
 */
class ForwardingTest {
  private final FakeFabric.Net net = new FakeFabric.Net();
  private final ForwardingNode client = new ForwardingNode(net, "aaaaaaaa", 3);
  private final ForwardingNode owner = new ForwardingNode(net, "bbbbbbbb", 2);

  private FakeExchange ask(int lane, SessionId session) {
    return ask(lane, session, new FakeExchange("POST", "/deli/x"));
  }

  private FakeExchange ask(int lane, SessionId session, FakeExchange exchange) {
    exchange.asking("session", session.toString());
    client.fabric.on(lane, () -> client.dispatch.handle(exchange));
    return exchange;
  }

  @Test
  void ownSessionIsServedAsItIs() {
    FakeExchange exchange = ask(1, client.session(1));

    assertSame(exchange, client.last());
  }

  @Test
  void requestArrivesWholeOnTheSessionsLane() {
    FakeExchange exchange =
        new FakeExchange("POST", "/deli/x")
            .with("x-one", "1")
            .with("connection", "keep-alive")
            .sending("text/plain", Buffer.buffer("body"));

    ask(2, owner.session(1), exchange);

    Exchange there = owner.last();
    assertEquals(List.of(1), owner.lanes);
    assertEquals("POST", there.method());
    assertEquals("/deli/x", there.path());
    assertEquals(exchange.query(), there.query());
    assertEquals(exchange.rawQuery(), there.rawQuery());
    assertEquals(Map.of("x-one", "1", "content-type", "text/plain"), there.headers());
    assertEquals("192.0.2.7", there.remoteAddress());
    assertEquals("body", there.body().result().toString());
    assertFalse(there.isWebSocketHandshake());
    assertTrue(client.served.isEmpty());
  }

  @Test
  void wholeAnswerComesBackOnce() {
    FakeExchange exchange = ask(2, owner.session(1));

    owner.fabric.on(
        1,
        () -> {
          owner.last().respond(410, Map.of("x-a", "b"), Buffer.buffer("gone"));
          owner.last().respond(200, Map.of(), Buffer.buffer("late"));
        });

    assertEquals(410, exchange.status);
    assertEquals(Map.of("x-a", "b"), exchange.answerHeaders);
    assertEquals("gone", exchange.answer.toString());
  }

  @Test
  void sessionOfAnotherLaneOfThisNodeIsServedThere() {
    FakeExchange exchange = ask(0, client.session(2));
    assertEquals(List.of(2), client.lanes);

    client.fabric.on(2, () -> client.last().respond(202, Map.of(), Buffer.buffer()));

    assertEquals(202, exchange.status);
  }

  @Test
  void streamComesBackInOrder() {
    FakeExchange exchange = ask(1, owner.session(0));

    owner.fabric.on(
        0,
        () -> {
          ResponseStream stream = owner.last().stream(200, Map.of("x-a", "b"));
          stream.write(Buffer.buffer("one "));
          stream.write(Buffer.buffer("two"));
          stream.end();
        });

    assertEquals(200, exchange.status);
    assertEquals("one two", exchange.stream.takeText());
    assertTrue(exchange.stream.ended);
  }

  @Test
  void clientThatDoesNotReadFillsTheWindowAndNoMore() {
    FakeExchange exchange = ask(1, owner.session(0));
    ResponseStream[] stream = new ResponseStream[1];
    int[] drained = {0};
    owner.fabric.on(
        0,
        () -> {
          stream[0] = owner.last().stream(200, Map.of());
          stream[0].onDrained(() -> drained[0]++);
        });
    exchange.stream.full = true;
    Buffer chunk = Buffer.buffer("x".repeat(16 * 1024));

    int written = 0;
    while (stream[0].writable()) {
      owner.fabric.on(0, () -> stream[0].write(chunk));
      written++;
    }

    assertEquals(16, written);
    assertEquals(256 * 1024, stream[0].pendingBytes());
    assertEquals(0, drained[0]);

    client.fabric.on(1, exchange.stream::drain);

    assertTrue(stream[0].writable());
    assertEquals(0, stream[0].pendingBytes());
    assertEquals(1, drained[0]);
  }

  @Test
  void readingClientNeverStopsTheStream() {
    ask(1, owner.session(0));
    ResponseStream[] stream = new ResponseStream[1];
    owner.fabric.on(0, () -> stream[0] = owner.last().stream(200, Map.of()));
    Buffer chunk = Buffer.buffer("x".repeat(10_000));

    for (int i = 0; i < 1_000; i++) {
      assertTrue(stream[0].writable());
      owner.fabric.on(0, () -> stream[0].write(chunk));
    }
  }

  @Test
  void clientThatLeavesAbortsTheExchange() {
    FakeExchange waiting = ask(1, owner.session(0));
    List<String> events = new ArrayList<>();
    owner.last().onAborted(() -> events.add("aborted"));
    client.fabric.on(1, waiting::abort);

    FakeExchange streaming = ask(1, owner.session(0));
    owner.fabric.on(
        0, () -> owner.last().stream(200, Map.of()).onClosed(() -> events.add("closed")));
    client.fabric.on(1, streaming::abort);

    assertEquals(List.of("aborted", "closed"), events);
  }

  @Test
  void sessionOfANodeThatIsGoneIsServedHere() {
    SessionId session = owner.session(0);
    net.kill(owner.fabric);

    FakeExchange exchange = ask(1, session);

    assertSame(exchange, client.last());
  }

  @Test
  void clientOfANodeThatDoesNotAnswerIsToldToComeBack() {
    net.frozen.add(owner.fabric.self());

    FakeExchange refused = ask(1, owner.session(0));
    net.frozen.clear();
    FakeExchange passed = ask(1, owner.session(0));

    assertEquals(503, refused.status);
    assertEquals("node-unreachable", refused.errorCode());
    assertEquals("2", refused.answerHeaders.get("retry-after"));
    assertFalse(passed.isAnswered());
    assertEquals(1, owner.served.size());
  }

  @Test
  void exchangeWhoseNodeDiesIsServedHereIfItsAnswerHasNotBegun() {
    FakeExchange waiting = ask(1, owner.session(0));
    FakeExchange streaming = ask(1, owner.session(0));
    owner.fabric.on(0, () -> owner.last().stream(200, Map.of()));

    net.kill(owner.fabric);

    assertEquals(List.of(waiting), client.served);
    assertTrue(streaming.stream.ended);
  }

  @Test
  void nodeOfTheClientThatDiesAbortsTheExchange() {
    ask(1, owner.session(0));
    List<String> events = new ArrayList<>();
    owner.last().onAborted(() -> events.add("aborted"));

    net.kill(client.fabric);

    assertEquals(List.of("aborted"), events);
  }

  @Test
  void bodyThatDoesNotArriveIsNotPassedOn() {
    FakeExchange exchange =
        ask(
            0,
            owner.session(0),
            new FakeExchange("POST", "/deli")
                .sending(Future.failedFuture(new HttpError(408, "too-slow", "too slow"))));

    assertEquals(408, exchange.status);
    assertTrue(owner.served.isEmpty());
  }

  @Test
  void requestThatIsNoHandshakeBecomesNoWebSocket() {
    FakeExchange exchange = ask(1, owner.session(0));

    owner.fabric.on(
        0, () -> assertNotNull(owner.last().upgrade(null, WebSocketLimits.DEFAULT).cause()));

    assertEquals(400, exchange.status);
    assertNull(exchange.stream);
  }
}
