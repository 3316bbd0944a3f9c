package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.EdgeConfig;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines, caps, drain and shutdown of the listener. */
@Timeout(240)
class EdgeLimitsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** Short enough to wait for, long enough for a busy machine to do in it what must be in time. */
  private static final Duration SHORT = Duration.ofSeconds(3);

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static EdgeFixture ok(EdgeConfig config) {
    return new EdgeFixture(config, exchange -> EdgeFixture.ok(exchange, "ok"));
  }

  @Test
  void aClientThatSendsNothingIsClosedAfterTheHeaderDeadline() throws Exception {
    try (EdgeFixture edge = ok(EdgeFixture.config(SHORT, LONG, LONG, 0, List.of()));
        RawClient client = new RawClient(edge.port())) {
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void headersThatTrickleAreCutAtTheDeadlineHoweverBusy() throws Exception {
    try (EdgeFixture edge = ok(EdgeFixture.config(SHORT, LONG, LONG, 0, List.of()));
        RawClient client = new RawClient(edge.port())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n");
      Thread trickle = new Thread(() -> trickle(client));
      trickle.start();

      assertEquals(408, client.answer().status());
      assertEquals(0, client.untilClosed().length);
      trickle.join();
    }
  }

  private static void trickle(RawClient client) {
    try {
      while (true) {
        client.send("X: y\r\n");
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException closed) {
      // the server has closed
    }
  }

  @Test
  void theSecondRequestOfAConnectionHasADeadlineToo() throws Exception {
    try (EdgeFixture edge = ok(EdgeFixture.config(SHORT, LONG, LONG, 0, List.of()));
        RawClient client = new RawClient(edge.port())) {
      assertEquals(200, client.send(GET).answer().status());
      assertEquals(408, client.send("GET / HT").answer().status());
    }
  }

  @Test
  void aSlowBodyIsCutAtItsDeadlineEvenIfNobodyReadsIt() throws Exception {
    try (EdgeFixture edge =
            new EdgeFixture(
                EdgeFixture.config(LONG, SHORT, LONG, 0, List.of()),
                exchange -> {
                  if (exchange.path().equals("/read")) {
                    exchange.body().onFailure(error -> exchange.fail((HttpError) error));
                  }
                });
        RawClient reading = new RawClient(edge.port());
        RawClient ignoring = new RawClient(edge.port())) {
      reading.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
      ignoring.send("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");

      assertEquals(408, reading.answer().status());
      assertEquals(408, ignoring.answer().status());
      assertEquals(0, reading.untilClosed().length);
    }
  }

  @Test
  void anIdleConnectionIsClosedAndOneThatWaitsForItsAnswerIsNot() throws Exception {
    LinkedBlockingQueue<Exchange> waiting = new LinkedBlockingQueue<>();
    EdgeConfig config = EdgeFixture.config(SHORT, SHORT, SHORT, 0, List.of());
    try (EdgeFixture edge =
            new EdgeFixture(
                config,
                exchange -> {
                  if (exchange.path().equals("/wait")) {
                    waiting.add(exchange);
                  } else {
                    EdgeFixture.ok(exchange, "ok");
                  }
                });
        RawClient idle = new RawClient(edge.port());
        RawClient waits = new RawClient(edge.port())) {
      waits.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(200, idle.send(GET).answer().status());
      assertEquals(0, idle.untilClosed().length);

      Exchange exchange = waiting.poll(60, TimeUnit.SECONDS);
      edge.onLoopOf(exchange, () -> EdgeFixture.ok(exchange, "late"));
      assertEquals(200, waits.answer().status());
    }
  }

  @Test
  void connectionsPerAddressAreCountedExactly() throws Exception {
    try (EdgeFixture edge = ok(EdgeFixture.config(LONG, LONG, LONG, 3, List.of()))) {
      for (int round = 0; round < 3; round++) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          RawClient client = new RawClient(edge.port());
          clients.add(client);
          assertEquals(200, client.send(GET).answer().status());
        }
        try (RawClient fourth = new RawClient(edge.port())) {
          RawClient.Answer refused = fourth.send(GET).answer();
          assertEquals(503, refused.status());
          assertEquals("close", refused.header("connection"));
        }
        assertEquals(3, edge.server().connections());
        for (RawClient client : clients) {
          client.close();
        }
        EdgeFixture.until(() -> edge.server().connections() == 0);
      }
    }
  }

  @Test
  void trustedProxiesAreNotLimited() throws Exception {
    try (EdgeFixture edge = ok(EdgeFixture.config(LONG, LONG, LONG, 1, List.of("127.0.0.1")));
        RawClient one = new RawClient(edge.port());
        RawClient two = new RawClient(edge.port())) {
      assertEquals(200, one.send(GET).answer().status());
      assertEquals(200, two.send(GET).answer().status());
    }
  }

  @Test
  void connectionsAreSpreadOverTheLoops() throws Exception {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    try (EdgeFixture edge =
        new EdgeFixture(
            EdgeFixture.config(),
            exchange -> {
              threads.add(Thread.currentThread().getName());
              EdgeFixture.ok(exchange, "ok");
            })) {
      for (int i = 0; i < 4; i++) {
        try (RawClient client = new RawClient(edge.port())) {
          client.send(GET).answer();
        }
      }
      assertEquals(2, new HashSet<>(threads).size());
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      EdgeConfig d = EdgeFixture.config();
      EdgeConfig config =
          new EdgeConfig(
              d.host(),
              taken.getLocalPort(),
              d.maxHeaderBytes(),
              d.maxBodyBytes(),
              d.headerDeadline(),
              d.bodyDeadline(),
              d.keepAlive(),
              0,
              List.of(),
              false,
              List.of(),
              d.transports(),
              d.webSocket(),
              d.longPollWait(),
              d.linger(),
              d.tls());
      ConfigException error =
          assertThrows(
              ConfigException.class,
              () ->
                  EdgeFixture.await(
                      EdgeServer.start(
                          vertx, EdgeFixture.lanes(vertx), config, x -> {}, EdgeMetrics.NONE)));
      assertTrue(error.getMessage().startsWith("edge.port: " + taken.getLocalPort()));
    } finally {
      EdgeFixture.await(vertx.close());
    }
  }

  @Test
  void drainingStopsAcceptingAndLetsWhatIsThereGoOn() throws Exception {
    LinkedBlockingQueue<ResponseStream> streams = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    EdgeFixture edge =
        new EdgeFixture(
            EdgeFixture.config(),
            exchange -> {
              if (exchange.isWebSocketHandshake()) {
                exchange
                    .upgrade(null, WebSocketLimits.DEFAULT)
                    .onSuccess(s -> s.listen(new EdgeFixture.Echo(s, new LinkedBlockingQueue<>())));
              } else if (exchange.path().equals("/stream")) {
                exchanges.add(exchange);
                streams.add(exchange.stream(200, Map.of()));
              } else {
                EdgeFixture.ok(exchange, "ok");
              }
            });
    try (edge;
        RawClient socket = RawClient.webSocket(edge.port(), "/");
        RawClient stream = new RawClient(edge.port());
        RawClient idle = new RawClient(edge.port());
        RawClient fresh = new RawClient(edge.port())) {
      stream.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").answerHead();
      idle.send(GET).answer();
      EdgeFixture.until(() -> edge.open.get() == 4);

      EdgeFixture.await(edge.server().stopAccepting());

      assertEquals(0, idle.untilClosed().length);
      EdgeFixture.until(() -> refuses(edge.port()));
      assertEquals("ok", fresh.send(GET).answer().text());
      assertEquals(0, fresh.untilClosed().length);
      assertEquals("still", socket.send(RawClient.text("still")).frame().text());
      ResponseStream open = streams.take();
      edge.onLoopOf(
          exchanges.take(),
          () -> {
            open.write(Buffer.buffer("more"));
            open.end();
          });
      assertEquals("more", new String(stream.chunk()));
      assertEquals("0\r\n\r\n", new String(stream.untilClosed()));

      EdgeFixture.await(edge.server().close());
      assertEquals(1001, socket.closeCode());
    }
    assertEquals(0, edge.open.get());
  }

  private static boolean refuses(int port) {
    try (RawClient client = new RawClient(port)) {
      return client.send(GET).untilClosed().length == 0;
    } catch (IOException refused) {
      return true;
    }
  }

  @Test
  void twoThousandConnectionsLeaveNothingBehind() throws Exception {
    try (EdgeFixture edge = EdgeFixture.echo(WebSocketLimits.DEFAULT)) {
      for (int round = 0; round < 4; round++) {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          clients.add(RawClient.webSocket(edge.port(), "/"));
        }
        EdgeFixture.until(() -> edge.webSockets.get() == 500);
        for (int i = 0; i < clients.size(); i++) {
          if (i % 2 == 0) {
            clients.get(i).send(RawClient.close(1000, ""));
          }
          clients.get(i).close();
        }
        EdgeFixture.until(() -> edge.open.get() == 0);
      }
      assertEquals(2_000, edge.opened.get());
      EdgeFixture.until(() -> edge.webSockets.get() == 0 && edge.closed.size() == 2_000);
      assertEquals(0, edge.server().connections());
    }
  }
}
