package dev.selvedge.relay;

import static dev.selvedge.relay.RelayFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.testing.Eventually;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What two servers in a row could understand differently ends at the first, in both directions. */
@Timeout(120)
class BadInputTest {
  private static final String HOST = "Host: a\r\n";
  private RawMember member;
  private RelayFixture relay;

  @BeforeEach
  void start() throws Exception {
    member = new RawMember(RawMember.ECHO);
    relay = new RelayFixture(RelayFixture.spec(member));
  }

  @AfterEach
  void stop() throws Exception {
    relay.untilNothingIsLeft();
    relay.close();
    member.close();
  }

  // ---- from the client

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3,3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0007b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET http://b@c/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/%2e%2e/%2E%2e/x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%5cb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a?b\u0001c HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 1\r\n\r\nx"
      })
  void whatCouldBeReadInTwoWaysNeverReachesTheMember(String request) throws Exception {
    try (RawClient client = relay.client().send(request + get("/smuggled"))) {
      int status = client.answer().status();
      assertTrue(status == 400 || status == 501 || status == 505, request + " " + status);
      assertEquals(0, client.untilClosed().length);
    }
    assertTrue(member.requests.isEmpty(), member.requests.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECT, /, 405",
    "TRACE, /, 405",
    "GET, /..;/x, 400",
    "GET, /a/;x/b, 400",
    "GET, /%2e%2e;x/b, 400"
  })
  void whatHasNoSafeMeaningNeverReachesTheMember(String method, String path, int status)
      throws Exception {
    assertEquals(status, relay.ask(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").status());
    assertTrue(member.requests.isEmpty(), member.requests.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
        "ffffffffff\r\nabc",
        "3;a\nb\r\nabc\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n"
      })
  void aBadlyChunkedBodyEndsTheMembersRequestUnfinished(String chunks) throws Exception {
    try (RawClient client =
        relay
            .client()
            .send("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunks)) {
      int status = client.answer().status();
      assertTrue(status == 400 || status == 413, chunks + " " + status);
      assertEquals(0, client.untilClosed().length);
    }
    relay.untilNothingIsLeft();
    assertTrue(member.requests.isEmpty(), "no whole request: " + member.requests);
  }

  @Test
  void aFoldedHeaderNeverReachesTheMember() throws Exception {
    int status = relay.ask("GET / HTTP/1.1\r\n" + HOST + "X-Own: a\r\n b\r\n\r\n").status();

    assertEquals(400, status);
    assertTrue(member.requests.isEmpty());
  }

  @Test
  void anAbsoluteTargetWinsOverHost() throws Exception {
    relay.ask("GET http://b.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n");

    RawMember.Request seen = member.onlyRequest();
    assertEquals("GET /x?y HTTP/1.1", seen.line());
    assertEquals("b.example", seen.header("host"));
    assertEquals("b.example", seen.header("x-forwarded-host"));
  }

  @ParameterizedTest
  @CsvSource({"/a//b", "/a/./b/../c", "/%61%2e", "/a;x=1/b", "/*", "/a%20b?c=%2f.."})
  void otherPathsPassAsTheyCame(String path) throws Exception {
    assertEquals(200, relay.ask(get(path)).status());
    assertEquals("GET " + path + " HTTP/1.1", member.onlyRequest().line());
  }

  @Test
  void headersHaveABound() throws Exception {
    assertEquals(431, relay.ask(get("/", "X: " + "x".repeat(20_000))).status());
    assertEquals(431, relay.ask(get("/", "X: y\r\n".repeat(5000) + "Z: z")).status());
    assertEquals(414, relay.ask(get("/" + "x".repeat(20_000))).status());
    assertTrue(member.requests.isEmpty());
  }

  @Test
  void aHugeCookieOrListOfHopsHarmsNobody() throws Exception {
    String cookie = "selvedge-pool=" + "x".repeat(8 * 1024);
    String hops = "6.6.6.6, ".repeat(200) + "7.7.7.7";

    assertEquals(200, relay.ask(get("/", "Cookie: a=1; " + cookie)).status());
    assertEquals("a=1", member.onlyRequest().header("cookie"));
    member.script(RawMember.ECHO);
    assertEquals(200, relay.ask(get("/", "X-Forwarded-For: " + hops)).status());
    assertEquals("127.0.0.1", member.requests.get(0).header("x-forwarded-for"));
  }

  @Test
  void slowHeadersAndBodiesEndAtTheEdge() throws Exception {
    try (RelayFixture impatient =
        new RelayFixture(
            RelayFixture.spec(member),
            RelayFixture.config(List.of(), java.time.Duration.ofMillis(300)),
            List.of(RelayFixture.route("/")))) {
      try (RawClient client =
          impatient
              .client()
              .send("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\nabc")) {
        assertEquals(408, client.answer().status());
      }
      impatient.untilNothingIsLeft();
    }
    assertTrue(member.requests.isEmpty());
  }

  // ---- from the member

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nX: a\u0000\r\nContent-Length: 0\r\n\r\n",
        "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"
      })
  void anAnswerThatSmugglesIsA502AndItsConnectionIsNotUsedAgain(String answer) throws Exception {
    int before = member.closed.get();
    member.script(
        connection -> {
          connection.request();
          connection.send(answer);
          connection.untilClosed();
        });

    RawClient.Answer got = relay.ask(get("/"));

    assertEquals(502, got.status());
    assertFalse(got.text().contains(member.address()), got.text());
    Eventually.until("the connection is closed", () -> member.closed.get() == before + 1);
  }

  @Test
  void aHeadWithoutEndIsA502() throws Exception {
    member.script(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000));
          connection.untilClosed();
        });

    assertEquals(502, relay.ask(get("/")).status());
  }

  @Test
  void anAnswerBehindAnAnswerIsNobodys() throws Exception {
    member.script(
        connection -> {
          RawMember.Request request = connection.request();
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal"
                  + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
          connection.untilClosed();
        });

    try (RawClient client = relay.client()) {
      assertEquals("real", client.send(get("/1")).answer().text());
      assertEquals("real", client.send(get("/2")).answer().text());
    }
  }

  @Test
  void whatAnIdleConnectionSaysIsNobodysAnswer() throws Exception {
    int before = member.closed.get();
    member.script(
        connection -> {
          connection.request();
          connection.ok("real");
          Thread.sleep(50);
          connection.ok("forged");
          connection.untilClosed();
        });

    try (RawClient client = relay.client()) {
      assertEquals("real", client.send(get("/1")).answer().text());
      Eventually.until("the connection is closed", () -> member.closed.get() == before + 1);
      member.script(RawMember.ECHO);
      assertEquals("GET /2 HTTP/1.1|", client.send(get("/2")).answer().text());
    }
  }

  @Test
  void aBadChunkCutsTheAnswerVisibly() throws Exception {
    member.script(
        connection -> {
          connection.request();
          connection.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
          connection.untilClosed();
        });

    try (RawClient client = relay.client().send(get("/"))) {
      String all = new String(client.untilClosed(), java.nio.charset.StandardCharsets.ISO_8859_1);
      assertTrue(all.contains("abc") && !all.endsWith("0\r\n\r\n"), all);
    }
  }
}
