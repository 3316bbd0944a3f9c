package dev.selvedge.relay;

import static dev.selvedge.relay.RelayFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests and answers through the relay, with raw sockets at both ends. */
@Timeout(120)
class HttpRelayTest {
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

  @Test
  void aRequestAndItsAnswerPassWhole() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send(
              "HTTP/1.1 201 Made\r\nContent-Length: 5\r\nX-Own: a\r\nSet-Cookie: a=1\r\n"
                  + "Set-Cookie: b=2\r\nServer: Secret/1.0\r\n\r\nhello");
        },
        (member, relay) -> {
          String answer;
          try (RawClient client =
              relay
                  .client()
                  .send(
                      "POST /a/b?x=%20y HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n"
                          + "Content-Length: 4\r\nX-Two: 1\r\nX-Two: 2\r\n\r\nbody")) {
            answer = new String(client.untilClosed(), StandardCharsets.ISO_8859_1);
          }

          assertTrue(answer.startsWith("HTTP/1.1 201 Created\r\n"), answer);
          assertTrue(answer.contains("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"), answer);
          assertTrue(answer.endsWith("\r\n\r\nhello"), answer);
          assertFalse(answer.contains("Secret"), answer);
          assertFalse(answer.contains("nosniff"), answer);
          RawMember.Request seen = member.onlyRequest();
          assertEquals("POST /a/b?x=%20y HTTP/1.1", seen.line());
          assertEquals("shop.example", seen.header("host"));
          assertEquals(List.of("1", "2"), seen.all("x-two"));
          assertEquals("body", seen.text());
          assertNull(seen.header("connection"));
          assertEquals("127.0.0.1", seen.header("x-forwarded-for"));
        });
  }

  @Test
  void chunkedBodiesPassBothWaysWithoutALimit() throws Exception {
    int size = 5 * 1024 * 1024;
    with(
        connection -> {
          byte[] body = connection.request().body();
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (int at = 0; at < body.length; at += 100_000) {
            int length = Math.min(100_000, body.length - at);
            connection.send(Integer.toHexString(length) + ";x=y\r\n");
            connection.socket.getOutputStream().write(body, at, length);
            connection.send("\r\n");
          }
          connection.send("0\r\nX-Trailer: t\r\n\r\n");
        },
        (member, relay) -> {
          try (RawClient client =
              relay
                  .client()
                  .send("POST /big HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")) {
            byte[] chunk = new byte[64 * 1024];
            Thread sender =
                new Thread(
                    () -> {
                      try {
                        for (int sent = 0; sent < size; sent += chunk.length) {
                          client.send(Integer.toHexString(chunk.length) + "\r\n");
                          client.send(chunk).send("\r\n");
                        }
                        client.send("0\r\n\r\n");
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                    });
            sender.start();
            assertEquals(size, client.answer().body().length);
            sender.join();
          }
        });
  }

  @Test
  void answersOfEveryFramingReachTheClientWhole() throws Exception {
    with(
        connection -> {
          RawMember.Request request = connection.request();
          switch (request.line().split(" ")[1]) {
            case "/close" -> connection.send("HTTP/1.1 200 OK\r\n\r\nto the end");
            case "/old" -> connection.send("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold");
            case "/none" -> connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            case "/same" ->
                connection.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n");
            default -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"); // to a HEAD
          }
        },
        (member, relay) -> {
          try (RawClient client = relay.client()) {
            assertEquals("to the end", client.send(get("/close")).answer().text());
            assertEquals("old", client.send(get("/old")).answer().text());
            assertEquals(204, client.send(get("/none")).answerHead().status());
            RawClient.Answer same = client.send(get("/same")).answer();
            assertEquals("304 99", same.status() + " " + same.header("content-length"));
            client.send("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n");
            assertEquals("7", client.answerHead().header("content-length"));
            assertEquals("old", client.send(get("/old")).answer().text());
          }
        });
  }

  @Test
  void anOldClientGetsABodyThatEndsWithTheConnection() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          connection.send("3\r\nabc\r\n0\r\n\r\n");
        },
        (member, relay) -> {
          try (RawClient client = relay.client().send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")) {
            String all = new String(client.untilClosed(), StandardCharsets.ISO_8859_1);
            assertTrue(all.endsWith("\r\n\r\nabc"), all);
            assertFalse(all.toLowerCase(java.util.Locale.ROOT).contains("chunked"), all);
          }
        });
  }

  @Test
  void connectionsToTheMemberAreUsedAgain() throws Exception {
    with(
        RawMember.ECHO,
        (member, relay) -> {
          try (RawClient client = relay.client()) {
            for (int i = 0; i < 20; i++) {
              assertEquals("GET /" + i + " HTTP/1.1|", client.send(get("/" + i)).answer().text());
            }
          }
          assertEquals(1, member.accepted.get());
        });
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    with(
        RawMember.ECHO,
        (member, relay) -> {
          try (RawClient client = relay.client()) {
            client.send(
                get("/1")
                    + "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                    + get("/3"));
            assertEquals("GET /1 HTTP/1.1|", client.answer().text());
            assertEquals("POST /2 HTTP/1.1|abc", client.answer().text());
            assertEquals("GET /3 HTTP/1.1|", client.answer().text());
          }
        });
  }

  @Test
  void aConnectionThatTheMemberClosedUnseenCostsTheClientNothing() throws Exception {
    AtomicInteger number = new AtomicInteger();
    with(
        connection -> {
          connection.request();
          connection.ok("first");
          if (number.incrementAndGet() == 1) {
            connection.request(); // and then closes without a word
          }
        },
        (member, relay) -> {
          try (RawClient client = relay.client()) {
            assertEquals("first", client.send(get("/1")).answer().text());
            assertEquals("first", client.send(get("/2")).answer().text());
          }
          assertEquals(2, member.accepted.get());
        });
  }

  @Test
  void aPostIsNotSentTwice() throws Exception {
    AtomicInteger posts = new AtomicInteger();
    with(
        connection -> {
          connection.request();
          connection.ok("first");
          if (connection.request() != null) {
            posts.incrementAndGet();
          }
        },
        (member, relay) -> {
          try (RawClient client = relay.client()) {
            assertEquals("first", client.send(get("/1")).answer().text());
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            assertEquals(502, client.answer().status());
          }
          assertEquals(1, posts.get());
          assertEquals(1, member.accepted.get());
        });
  }

  @Test
  void aMemberThatTakesNoConnectionIsPassedOver() throws Exception {
    String dead;
    try (RawMember gone = new RawMember(RawMember.ECHO)) {
      dead = gone.address();
    }
    try (RawMember member = new RawMember(RawMember.ECHO)) {
      PoolSpec spec =
          PoolSpec.of("pool", List.of(MemberSpec.of(dead), MemberSpec.of(member.address())));
      try (RelayFixture relay = new RelayFixture(spec)) {
        for (int i = 0; i < 5; i++) {
          String post = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
          assertEquals("POST /p HTTP/1.1|abc", relay.ask(post).text());
        }
        relay.untilNothingIsLeft();
      }
    }
  }

  @Test
  void noMemberIsA503ThatSaysWhenToComeBack() throws Exception {
    String dead;
    try (RawMember gone = new RawMember(RawMember.ECHO)) {
      dead = gone.address();
    }
    try (RelayFixture relay = new RelayFixture(PoolSpec.of("pool", List.of(MemberSpec.of(dead))))) {
      RawClient.Answer answer = relay.ask(get("/"));

      assertEquals(503, answer.status());
      assertTrue(Integer.parseInt(answer.header("retry-after")) >= 1);
      assertFalse(answer.text().contains(dead), answer.text());
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void aMemberThatDoesNotAnswerIsA504() throws Exception {
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.request();
                  connection.untilClosed();
                });
        RelayFixture relay =
            new RelayFixture(
                RelayFixture.timed(
                    RelayFixture.spec(member),
                    Duration.ofMillis(300),
                    Duration.ofHours(1),
                    Duration.ofSeconds(30)))) {
      assertEquals(504, relay.ask(get("/")).status());
      relay.untilNothingIsLeft();
      Eventually.until("the member's connection is closed", () -> member.closed.get() == 1);
    }
  }

  @Test
  void aMemberThatBreaksOffIsA502OrAnAnswerThatIsVisiblyCut() throws Exception {
    with(
        connection -> {
          if (connection.request().line().contains("/half")) {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
          }
        },
        (member, relay) -> {
          RawClient.Answer answer = relay.ask(get("/"));
          assertEquals(502, answer.status());
          try (RawClient client = relay.client().send(get("/half"))) {
            String all = new String(client.untilClosed(), StandardCharsets.ISO_8859_1);
            assertTrue(all.contains("Content-Length: 100") && all.endsWith("half"), all);
          }
        });
  }

  @Test
  void aClientThatGoesAwayEndsTheMembersRequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    with(
        connection -> {
          connection.request();
          asked.countDown();
          connection.untilClosed();
        },
        (member, relay) -> {
          RawClient client = relay.client().send(get("/"));
          assertTrue(asked.await(60, TimeUnit.SECONDS));
          client.close();
          Eventually.until("the member's connection is closed", () -> member.closed.get() == 1);
        });
  }

  @Test
  void eventsArriveOneByOne() throws Exception {
    CountDownLatch next = new CountDownLatch(1);
    with(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
          connection.send("data: 1\n\n");
          next.await();
          connection.send("data: 2\n\n");
        },
        (member, relay) -> {
          try (RawClient client =
              relay.client().send(get("/events", "Accept: text/event-stream"))) {
            client.answerHead();
            assertEquals("data: 1\n\n", new String(client.chunk(), StandardCharsets.UTF_8));
            assertEquals(1, relay.member().tunnels());
            next.countDown();
            assertEquals("data: 2\n\n", new String(client.chunk(), StandardCharsets.UTF_8));
          }
        });
  }

  @Test
  void anInterimAnswerPassesAndA100IsTheEdges() throws Exception {
    with(
        connection -> {
          RawMember.Request request = connection.request();
          assertNull(request.header("expect"));
          connection.send("HTTP/1.1 100 Continue\r\n\r\n");
          connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
          connection.ok(request.text());
        },
        (member, relay) -> {
          try (RawClient client =
              relay
                  .client()
                  .send(
                      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                          + "Content-Length: 2\r\n\r\n")) {
            assertEquals(100, client.answer(false).status());
            client.send("ok");
            RawClient.Answer hints = client.answer(false);
            assertEquals(103, hints.status());
            assertEquals("</a>", hints.header("link"));
            assertEquals("ok", client.answer().text());
          }
        });
  }

  @Test
  void aClientThatDoesNotReadStopsTheMember() throws Exception {
    AtomicLong sent = new AtomicLong();
    with(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\n\r\n");
          byte[] part = new byte[64 * 1024];
          while (true) {
            connection.send(part);
            sent.addAndGet(part.length);
          }
        },
        (member, relay) -> {
          try (RawClient client = relay.client().send(get("/"))) {
            long before = -1;
            while (before != sent.get() || before <= 0) {
              before = sent.get();
              TimeUnit.MILLISECONDS.sleep(300);
            }
            // What is under way sits in four socket buffers of the kernel and in our queues.
            assertTrue(before < 32 * 1024 * 1024, "sent: " + before);
            assertNotEquals(0, client.answerHead().status());
          }
        });
  }

  @Test
  void aRouteMayReplaceItsPrefix() throws Exception {
    try (RawMember member = new RawMember(RawMember.ECHO);
        RelayFixture relay =
            new RelayFixture(
                RelayFixture.spec(member),
                RelayFixture.config(List.of()),
                List.of(RelayFixture.rewritten("/shop", "/app/"), RelayFixture.route("/")))) {
      assertEquals("GET /app/a%20b?x HTTP/1.1|", relay.ask(get("/shop/a%20b?x")).text());
      assertEquals("GET /app/ HTTP/1.1|", relay.ask(get("/shop")).text());
      assertEquals("GET /shopping HTTP/1.1|", relay.ask(get("/shopping")).text());
      assertEquals(400, relay.ask(get("/sh%6Fp/a")).status());
      assertEquals(400, relay.ask(get("/shop/a/../b")).status());
      assertEquals(400, relay.ask(get("/shop//b")).status());
      assertEquals(400, relay.ask(get("/shop;v=1/b")).status());
    }
  }
}
