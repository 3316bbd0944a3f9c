package dev.selvedge.relay;

import static dev.selvedge.relay.RelayFixture.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets through the relay, with raw sockets at both ends. */
@Timeout(120)
class TunnelTest {
  private interface Body {
    void run(RawMember member, RelayFixture relay) throws Exception;
  }

  private static void with(RawMember.Script script, Body body) throws Exception {
    try (RawMember member = new RawMember(script);
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member))) {
      body.run(member, relay);
      relay.untilNothingIsLeft();
    }
  }

  private static byte[] echoOf(String text) {
    return RawClient.text(text);
  }

  /** What the echo sends back is masked, as no server's frame is: so it is compared as bytes. */
  private static void assertEchoed(RawClient client, String text) throws Exception {
    client.send(RawClient.text(text));
    byte[] expected = echoOf(text);
    assertArrayEquals(expected, client.socket().getInputStream().readNBytes(expected.length));
  }

  @Test
  void aWebSocketPassesBytesAsTheyAre() throws Exception {
    with(
        RawMember.TUNNEL_ECHO,
        (member, relay) -> {
          try (RawClient client =
              RawClient.webSocket(
                  relay.port(), "/ws?a=%20b", "Origin: http://x", "X-Forwarded-For: 6.6.6.6")) {
            assertEchoed(client, "hello");
            assertEchoed(client, "x".repeat(100_000));
            assertEquals(1, relay.member().tunnels());
            assertEquals(1, relay.member().stats().handshakes());
            assertTrue(
                relay.member().stats().handshakeNanos() > relay.member().stats().connectNanos());
          }
          RawMember.Request seen = member.onlyRequest();
          assertEquals("GET /ws?a=%20b HTTP/1.1", seen.line());
          assertEquals("websocket", seen.header("upgrade"));
          assertEquals("Upgrade", seen.header("connection"));
          assertEquals("http://x", seen.header("origin"));
          assertEquals("127.0.0.1", seen.header("x-forwarded-for"));
          assertEquals("localhost", seen.header("host"));
          assertEquals(RawClient.KEY, seen.header("sec-websocket-key"));
        });
  }

  @Test
  void theMembersWordsReachTheClientWithIts101() throws Exception {
    with(
        connection -> {
          RawMember.Request request = connection.request();
          byte[] frame = {(byte) 0x81, 2, 'h', 'i'};
          String head = RawMember.switching(request, "Sec-WebSocket-Protocol: chat", "X-Own: b=2");
          byte[] all = (head + "....").getBytes(StandardCharsets.ISO_8859_1);
          System.arraycopy(frame, 0, all, all.length - 4, 4);
          connection.send(all);
          connection.untilClosed();
        },
        (member, relay) -> {
          try (RawClient client = relay.client().send(RawClient.handshake("/"))) {
            RawClient.Answer answer = client.answer();
            assertEquals(101, answer.status());
            assertEquals("chat", answer.header("sec-websocket-protocol"));
            assertEquals("b=2", answer.header("x-own"));
            assertTrue(answer.header("set-cookie").startsWith("selvedge-pool=v1."));
            assertEquals("hi", client.frame().text());
          }
        });
  }

  @Test
  void whatTheClientSendsEarlyWaitsForThe101() throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    AtomicInteger early = new AtomicInteger(-1);
    with(
        connection -> {
          RawMember.Request request = connection.request();
          looked.await();
          early.set(connection.in.available());
          connection.accept(request);
          connection.in.transferTo(connection.socket.getOutputStream());
        },
        (member, relay) -> {
          try (RawClient client = relay.client().send(RawClient.handshake("/"))) {
            byte[] first = RawClient.text("early");
            client.send(first);
            Eventually.until("the member has the handshake", () -> member.requests.size() == 1);
            TimeUnit.MILLISECONDS.sleep(100); // bytes that may not come cannot be awaited
            looked.countDown();
            assertEquals(101, client.answer().status());
            assertArrayEquals(first, client.socket().getInputStream().readNBytes(first.length));
            assertEquals(0, early.get());
          }
        });
  }

  @Test
  void aRefusedHandshakeIsRelayedWholeAndTheConnectionStaysHttp() throws Exception {
    AtomicReference<String> bytesBehind = new AtomicReference<>();
    with(
        connection -> {
          RawMember.Request request = connection.request();
          if (request.header("upgrade") != null) {
            connection.send(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nX-Own: a=1\r\n"
                    + "Content-Length: 4\r\n\r\nwho?");
            bytesBehind.set(String.valueOf(connection.request()));
          } else {
            connection.ok("plain");
          }
        },
        (member, relay) -> {
          try (RawClient client = relay.client().send(RawClient.handshake("/ws"))) {
            RawClient.Answer answer = client.answer();
            assertEquals(401, answer.status());
            assertEquals("Basic", answer.header("www-authenticate"));
            assertEquals("a=1", answer.header("x-own"));
            assertEquals("who?", answer.text());
            RawClient.Answer plain = client.send(get("/plain")).answer();
            assertEquals(200, plain.status());
          }
        });
  }

  @Test
  void bytesBehindARefusedHandshakeGoNowhere() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n");
          connection.untilClosed();
        },
        (member, relay) -> {
          try (RawClient client =
              relay.client().send(RawClient.handshake("/ws") + get("/smuggled"))) {
            assertEquals(426, client.answer().status());
            assertEquals(0, client.untilClosed().length);
          }
          assertEquals(1, member.requests.size());
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: xupgradey\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
      })
  void aFake101IsA502AndTheMembersConnectionIsClosed(String fake) throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send(fake);
          connection.untilClosed();
        },
        (member, relay) -> {
          try (RawClient client = relay.client().send(RawClient.handshake("/"))) {
            assertEquals(502, client.answer().status());
          }
          Eventually.until("the member's connection is closed", () -> member.closed.get() == 1);
        });
  }

  @Test
  void a101ThatNobodyAskedForIsA502() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send(
              "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
          connection.untilClosed();
        },
        (member, relay) -> {
          assertEquals(502, relay.ask(get("/")).status());
          assertEquals(502, relay.ask(get("/", "Upgrade: websocket")).status());
          assertEquals(502, relay.ask(get("/", "Upgrade: h2c", "Connection: Upgrade")).status());
          for (RawMember.Request request : member.requests) {
            assertNull(request.header("upgrade"));
            assertNull(request.header("connection"));
          }
          Eventually.until("the member's connections are closed", () -> member.closed.get() == 3);
        });
  }

  @Test
  void manyTunnelsToOneMemberAllUpgrade() throws Exception {
    with(
        RawMember.TUNNEL_ECHO,
        (member, relay) -> {
          List<RawClient> clients = new ArrayList<>();
          try {
            for (int i = 0; i < 100; i++) {
              clients.add(RawClient.webSocket(relay.port(), "/"));
            }
            for (RawClient client : clients) {
              assertEchoed(client, "one");
            }
            assertEquals(100, relay.member().tunnels());
          } finally {
            for (RawClient client : clients) {
              client.close();
            }
          }
        });
  }

  @Test
  void theEndOfEitherSideReachesTheOtherAfterItsLastBytes() throws Exception {
    CountDownLatch finished = new CountDownLatch(1);
    AtomicInteger code = new AtomicInteger();
    with(
        connection -> {
          connection.accept(connection.request());
          byte[] close = RawClient.close(1000, "");
          byte[] seen = connection.in.readNBytes(close.length);
          code.set(seen[0] & 0xff);
          assertEquals(-1, connection.in.read()); // the client's FIN
          connection.send(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8});
          finished.countDown();
        },
        (member, relay) -> {
          try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
            client.send(RawClient.close(1000, ""));
            client.socket().shutdownOutput();
            assertTrue(finished.await(60, TimeUnit.SECONDS));
            assertEquals(0x88, code.get());
            assertEquals(1000, client.closeCode());
            assertNull(client.frame());
          }
        });
  }

  @Test
  void aTunnelWithoutBytesIsClosed() throws Exception {
    try (RawMember member = new RawMember(RawMember.TUNNEL_ECHO);
        RelayFixture relay =
            new RelayFixture(
                RelayFixture.timed(
                    RelayFixture.spec(member),
                    Duration.ofSeconds(60),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(30)))) {
      try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
        assertEquals(0, client.untilClosed().length);
      }
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void oneHalfOfATunnelMayNotOutliveTheOtherForLong() throws Exception {
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.accept(connection.request());
                  Thread.sleep(60_000); // neither reads nor closes
                });
        RelayFixture relay =
            new RelayFixture(
                RelayFixture.timed(
                    RelayFixture.spec(member),
                    Duration.ofSeconds(60),
                    Duration.ofHours(1),
                    Duration.ofMillis(300)))) {
      try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
        client.socket().shutdownOutput();
        assertEquals(0, client.untilClosed().length);
      }
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void handshakesThatAreNotExactlyRightNeverReachTheMember() throws Exception {
    with(
        RawMember.TUNNEL_ECHO,
        (member, relay) -> {
          String good = RawClient.handshake("/");
          for (String bad :
              List.of(
                  good.replace("GET ", "POST "),
                  good.replace("Version: 13", "Version: 12"),
                  good.replace("HTTP/1.1", "HTTP/1.0"),
                  good.replace(RawClient.KEY, "short"),
                  good.replace("\r\n\r\n", "\r\nContent-Length: 3\r\n\r\nabc"),
                  good.replace(
                      "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
                  good.replace(
                      "\r\n\r\n", "\r\nSec-WebSocket-Key: " + RawClient.KEY + "\r\n\r\n"))) {
            int status = relay.ask(bad).status();
            assertTrue(status == 400 || status == 426, bad + " " + status);
          }
          assertEquals(0, member.accepted.get());
        });
  }

  @Test
  void aConnectionThatOnlyLooksLikeAnUpgradeIsPlainHttp() throws Exception {
    with(
        RawMember.ECHO,
        (member, relay) -> {
          RawClient.Answer answer =
              relay.ask(
                  get("/", "Connection: xupgradey", "Upgrade: notwebsocketatall", "X-Own: 1"));

          assertEquals(200, answer.status());
          assertNull(member.onlyRequest().header("upgrade"));
          assertFalse(member.onlyRequest().head().contains("xupgradey"));
        });
  }

  @Test
  void bytesOfTunnelsAreCounted() throws Exception {
    with(
        RawMember.TUNNEL_ECHO,
        (member, relay) -> {
          try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
            assertEchoed(client, "hello");
            int bytes = RawClient.text("hello").length;
            Eventually.until(
                "the member knows of its bytes",
                () ->
                    relay.member().stats().bytesIn() == bytes
                        && relay.member().stats().bytesOut() == bytes);
          }
        });
  }
}
