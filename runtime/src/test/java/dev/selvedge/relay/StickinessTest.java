package dev.selvedge.relay;

import static dev.selvedge.relay.RelayFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ties between clients and members over real sockets, and the ends of tunnels that are to go. */
@Timeout(120)
class StickinessTest {
  private static RawMember.Script named(String name) {
    return connection -> {
      for (RawMember.Request r = connection.request(); r != null; r = connection.request()) {
        if (r.header("upgrade") != null) {
          connection.accept(r);
          connection.in.transferTo(connection.socket.getOutputStream());
        } else if (r.line().contains("EIO=4") && !r.line().contains("sid=")) {
          connection.ok("0{\"sid\":\"sid_of_" + name + "_0123456789\",\"upgrades\":[]}");
        } else if (r.line().contains("/negotiate")) {
          connection.ok(
              "{\"negotiateVersion\":1,\"connectionId\":\"id-of-"
                  + name
                  + "-0123456789\","
                  + "\"connectionToken\":\"token-of-"
                  + name
                  + "-0123456789\"}");
        } else {
          connection.ok(name);
        }
      }
    };
  }

  private interface Body {
    void run(RawMember one, RawMember two, RelayFixture relay) throws Exception;
  }

  private static void withTwo(Body body) throws Exception {
    try (RawMember one = new RawMember(named("one"));
        RawMember two = new RawMember(named("two"));
        RelayFixture relay = new RelayFixture(RelayFixture.spec(one, two))) {
      body.run(one, two, relay);
      relay.untilNothingIsLeft();
    }
  }

  private static String cookieOf(RawClient.Answer answer) {
    return answer.header("set-cookie").split(";")[0];
  }

  @Test
  void theCookieLeadsBackAndIsNotSetAgain() throws Exception {
    withTwo(
        (one, two, relay) -> {
          RawClient.Answer first = relay.ask(get("/"));
          assertEquals("private", first.header("cache-control"));
          for (int i = 0; i < 10; i++) {
            RawClient.Answer again = relay.ask(get("/", "Cookie: " + cookieOf(first)));
            assertEquals(first.text(), again.text());
            assertNull(again.header("set-cookie"));
            assertNull(again.header("cache-control"));
          }
          one.requests.forEach(request -> assertNull(request.header("cookie")));
          two.requests.forEach(request -> assertNull(request.header("cookie")));
        });
  }

  @Test
  void a101SetsTheCookieToo() throws Exception {
    withTwo(
        (one, two, relay) -> {
          String cookie;
          try (RawClient client = relay.client().send(RawClient.handshake("/"))) {
            cookie = cookieOf(client.answer());
          }
          String member = one.requests.isEmpty() ? "two" : "one";
          for (int i = 0; i < 5; i++) {
            assertEquals(member, relay.ask(get("/", "Cookie: " + cookie)).text());
          }
        });
  }

  @Test
  void aClientWithoutCookiesIsLedBackByItsSessionId() throws Exception {
    withTwo(
        (one, two, relay) -> {
          String engineIo = relay.ask(get("/socket.io/?EIO=4&transport=polling")).text();
          String sid = engineIo.substring(9, engineIo.indexOf("\",\"up"));
          String signalR =
              relay
                  .ask("POST /hub/negotiate HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                  .text();
          String token = signalR.substring(signalR.indexOf("token-of"), signalR.length() - 2);
          for (int i = 0; i < 8; i++) {
            String name = sid.contains("one") ? "one" : "two";
            assertEquals(name, relay.ask(get("/socket.io/?EIO=4&sid=" + sid)).text());
            String other = token.contains("one") ? "one" : "two";
            assertEquals(other, relay.ask(get("/hub?id=" + token)).text());
          }
        });
  }

  private static void closeTunnels(RelayFixture relay) {
    assertEquals(1, relay.pool().closeTunnels(relay.member(), Duration.ZERO));
  }

  @Test
  void aDrainedWebSocketGetsAClose1012BetweenItsFramesAtBothEnds() throws Exception {
    CountDownLatch half = new CountDownLatch(1);
    byte[] seen = new byte[8];
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.accept(connection.request());
                  connection.send(new byte[] {(byte) 0x81, 4, 'h', 'a'});
                  half.countDown();
                  connection.in.readNBytes(seen, 0, 8);
                  connection.send(new byte[] {'l', 'f', (byte) 0x81, 2, 'n', 'o'});
                  connection.untilClosed();
                });
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member))) {
      try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
        half.await();
        assertEquals(0x81, client.socket().getInputStream().read());
        closeTunnels(relay);
        assertEquals(
            "\4half",
            new String(client.socket().getInputStream().readNBytes(5), StandardCharsets.UTF_8));
        RawClient.Frame close = client.frame();
        assertEquals(8, close.opcode());
        assertEquals(1012, close.code());
        assertNull(client.frame());
        client.send(RawClient.close(1012, ""));
      }
      relay.untilNothingIsLeft();
      assertEquals((byte) 0x88, seen[0]);
      assertTrue(seen[1] < 0, "masked towards the member");
    }
  }

  @Test
  void aDrainedEventStreamEndsBehindAnEvent() throws Exception {
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
                  connection.send("data: ha");
                  while (true) {
                    connection.send("lf\n\ndata: ha");
                    Thread.sleep(5);
                  }
                });
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member))) {
      try (RawClient client = relay.client().send(get("/", "Accept: text/event-stream"))) {
        client.answerHead();
        StringBuilder all = new StringBuilder();
        all.append(new String(client.chunk(), StandardCharsets.UTF_8));
        closeTunnels(relay);
        for (byte[] chunk = client.chunk(); chunk.length > 0; chunk = client.chunk()) {
          all.append(new String(chunk, StandardCharsets.UTF_8));
        }
        assertTrue(all.toString().endsWith("data: half\n\n"), all.toString());
      }
      relay.untilNothingIsLeft();
    }
  }
}
