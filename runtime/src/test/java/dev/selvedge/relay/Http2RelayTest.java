package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.TlsConfig;
import dev.selvedge.edge.RawClient;
import dev.selvedge.edge.RawHttp2;
import dev.selvedge.edge.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From clients with TLS and HTTP/2 through the relay to a member that records raw bytes. */
@Timeout(240)
class Http2RelayTest {
  @TempDir static Path directory;
  private static TestCertificate certificate;

  @BeforeAll
  static void certify() {
    certificate = TestCertificate.make(directory, "localhost", "EC", "localhost");
  }

  private interface Body {
    void run(RawMember member, RelayFixture relay, RawHttp2 client) throws Exception;
  }

  private static EdgeConfig tls() {
    EdgeConfig d = RelayFixture.config(List.of());
    return new EdgeConfig(
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
        d.transports(),
        d.webSocket(),
        d.longPollWait(),
        d.linger(),
        Optional.of(
            new TlsConfig(
                0,
                List.of(certificate.certificate()),
                List.of(certificate.key()),
                "TLSv1.2",
                Duration.ofSeconds(60),
                Duration.ZERO,
                0)));
  }

  private static void with(RawMember.Script script, Body body) throws Exception {
    try (RawMember member = new RawMember(script);
        RelayFixture relay =
            new RelayFixture(RelayFixture.spec(member), tls(), List.of(RelayFixture.route("/")))) {
      try (RawHttp2 client = RawHttp2.open(certificate, relay.tlsPort())) {
        body.run(member, relay, client);
      }
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void aMemberSeesAnOrdinaryRequestOfHttp11() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send(
              "HTTP/1.1 201 Made\r\nContent-Length: 5\r\nX-Own: a\r\nSet-Cookie: a=1\r\n"
                  + "Connection: close\r\n\r\nhello");
        },
        (member, relay, client) -> {
          client.headers(
              1,
              false,
              RawHttp2.request(
                  "POST",
                  "/a%20b?x",
                  "cookie",
                  "a=1",
                  "cookie",
                  "b=2",
                  "te",
                  "trailers",
                  "x-y",
                  "z"));
          client.data(1, false, "bo").data(1, true, "dy");
          RawHttp2.Outcome answer = client.outcome(1);

          assertEquals(201, answer.status());
          assertEquals("hello", answer.text());
          assertEquals("a", answer.headers().get("x-own"));
          assertNull(answer.headers().get("connection"));
          RawMember.Request seen = member.onlyRequest();
          assertEquals("POST /a%20b?x HTTP/1.1", seen.line());
          assertEquals("localhost", seen.header("host"));
          assertEquals(List.of("a=1; b=2"), seen.all("cookie"));
          assertEquals("body", seen.text());
          assertEquals("https", seen.header("x-forwarded-proto"));
          assertEquals("z", seen.header("x-y"));
          assertFalse(seen.head().contains("\n:"), seen.head());
          assertFalse(
              seen.head().toLowerCase(java.util.Locale.ROOT).contains("http2"), seen.head());
        });
  }

  @Test
  void malformedRequestsDoNotReachAMember() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.ok("fine");
        },
        (member, relay, client) -> {
          String[][] malformed = {
            {"x-a", "b\r\nx-evil: 1"},
            {"x-a\r\nx-evil", "1"},
            {"x-a: 1\r\nx-evil", "1"},
            {"transfer-encoding", "chunked"},
            {"connection", "x-forwarded-for"},
            {"upgrade", "websocket"},
            {"content-length", "7"},
            {"host", "evil.example"}
          };
          int stream = 1;
          for (String[] more : malformed) {
            RawHttp2.Outcome refused = client.get(stream, "/", more).outcome(stream);
            assertTrue(refused.refused(), more[0] + " " + refused);
            stream += 2;
          }

          assertEquals("fine", client.get(stream, "/good").outcome(stream).text());
          assertEquals("GET /good HTTP/1.1", member.onlyRequest().line());
        });
  }

  @Test
  void aLargeAnswerPassesAtTheClientsPace() throws Exception {
    byte[] body = new byte[3_000_000];
    with(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
          connection.send(body);
        },
        (member, relay, client) ->
            assertEquals(body.length, client.get(1, "/").outcome(1).body().length));
  }

  @Test
  void anAnswerThatBreaksOffIsReset() throws Exception {
    with(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
          connection.socket.close();
        },
        (member, relay, client) -> {
          RawHttp2.Outcome broken = client.get(1, "/").outcome(1);

          assertEquals(200, broken.status());
          assertTrue(broken.reset() > 0, broken.toString());
        });
  }

  @Test
  void aClientThatResetsItsStreamEndsTheMembersRequest() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    with(
        connection -> {
          connection.request();
          asked.countDown();
          connection.untilClosed();
          ended.countDown();
        },
        (member, relay, client) -> {
          client.get(1, "/");
          assertTrue(asked.await(60, TimeUnit.SECONDS));
          client.reset(1);

          assertTrue(ended.await(60, TimeUnit.SECONDS));
        });
  }

  @Test
  void aWebSocketPassesOverTls() throws Exception {
    with(
        connection -> {
          RawMember.Request handshake = connection.request();
          connection.accept(handshake);
          connection.send(new byte[] {(byte) 0x81, 2, 'h', 'i'});
          connection.untilClosed();
        },
        (member, relay, unused) -> {
          try (RawClient client =
              new RawClient(certificate.connect(relay.tlsPort(), "localhost", "http/1.1"))) {
            client.send(RawClient.handshake("/socket"));

            assertEquals(101, client.answerHead().status());
            assertEquals("hi", new String(client.frame().payload(), StandardCharsets.US_ASCII));
          }
        });
  }
}
