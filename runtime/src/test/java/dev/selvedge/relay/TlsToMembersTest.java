package dev.selvedge.relay;

import static dev.selvedge.relay.RelayFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.edge.TestCertificate;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.testing.Eventually;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that speak TLS: whom they are believed to be, and what clients and operators learn. */
@Timeout(240)
class TlsToMembersTest {
  private static final Logger LOG = Logger.getLogger(TlsComplaints.class.getName());

  @TempDir static Path directory;
  private static TestCertificate certificate;
  private static TestCertificate another;

  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Handler listening =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeAll
  static void certify() {
    certificate = TestCertificate.make(directory, "bank", "EC", "bank.internal", "ip:127.0.0.1");
    another = TestCertificate.make(directory, "other", "EC", "other.internal");
  }

  @BeforeEach
  void listen() {
    LOG.addHandler(listening);
  }

  @AfterEach
  void stop() {
    LOG.removeHandler(listening);
  }

  private RawMember member(TestCertificate shown, RawMember.Script script) throws Exception {
    return new RawMember(
        connection -> {
          SSLSocket socket = (SSLSocket) connection.socket;
          socket.startHandshake();
          ((ExtendedSSLSession) socket.getSession())
              .getRequestedServerNames().stream()
                  .map(name -> ((SNIHostName) name).getAsciiName())
                  .forEach(asked::add);
          script.run(connection);
        },
        shown
            .showing()
            .getServerSocketFactory()
            .createServerSocket(0, 100, InetAddress.getLoopbackAddress()));
  }

  private static PoolSpec.Tls trusting(TestCertificate authority, String serverName) {
    return new PoolSpec.Tls(true, serverName, authority.certificate().toString());
  }

  private static PoolSpec spec(PoolSpec.Tls tls, RawMember... members) {
    PoolSpec spec = RelayFixture.spec(members);
    PoolSpec.Relaying r = spec.relaying();
    return RelayFixture.with(
        spec,
        new PoolSpec.Relaying(
            Optional.of(tls),
            r.connect(),
            r.answer(),
            r.tunnelIdle(),
            r.fin(),
            r.keepAlive(),
            r.rewriteHost(),
            r.proxyProtocol()),
        spec.drain());
  }

  private void assertServed(PoolSpec.Tls tls, TestCertificate shown) throws Exception {
    try (RawMember member = member(shown, RawMember.ECHO);
        RelayFixture relay = new RelayFixture(spec(tls, member))) {
      assertEquals("GET /a HTTP/1.1|", relay.ask(get("/a")).text());
      relay.untilNothingIsLeft();
    }
    assertEquals(List.of(), logged);
  }

  private void assertNotTrusted(PoolSpec.Tls tls, TestCertificate shown, String why)
      throws Exception {
    try (RawMember member = member(shown, RawMember.ECHO);
        RelayFixture relay = new RelayFixture(spec(tls, member))) {
      RawClient.Answer answer = relay.ask(get("/a"));
      assertEquals(502, answer.status());
      assertTrue(answer.text().contains("bad-gateway"), answer.text());
      assertEquals(502, relay.ask(RawClient.handshake("/")).status());
      assertTrue(member.requests.isEmpty(), "nothing was said to it");
      assertTrue(logged.get(0).contains(member.address()), logged.get(0));
      assertTrue(logged.get(0).contains(why), logged.get(0));
      assertTrue(logged.size() <= 2, "once for each lane: " + logged);
      Eventually.until("both are logged", () -> relay.accesses.size() == 2);
      assertEquals("bad-gateway", relay.accesses.get(0).reason());
      assertEquals(2, relay.member().stats().connectFailures());
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void aMemberIsTheHostOfItsAddress() throws Exception {
    assertServed(trusting(certificate, ""), certificate);
  }

  @Test
  void aMemberIsTheServerNameIfThePoolGivesOneAndIsAskedForIt() throws Exception {
    assertServed(trusting(certificate, "bank.internal"), certificate);
    assertEquals(List.of("bank.internal"), asked);
  }

  @Test
  void aMemberWithAnotherNameIsA502AndTheLogSaysWhy() throws Exception {
    assertNotTrusted(trusting(certificate, "shop.internal"), certificate, "shop.internal");
    logged.clear();
    assertNotTrusted(trusting(another, ""), another, "127.0.0.1");
  }

  @Test
  void aMemberWhoseCertificateNobodyVouchesForIsA502AndTheLogSaysWhy() throws Exception {
    assertNotTrusted(new PoolSpec.Tls(true, "", ""), certificate, "certification path");
    logged.clear();
    assertNotTrusted(trusting(another, "bank.internal"), certificate, "certification path");
  }

  @Test
  void anAuthorityThatCannotBeReadIsA502AndTheLogNamesTheFile() throws Exception {
    String missing = directory.resolve("missing.pem").toString();
    assertNotTrusted(new PoolSpec.Tls(true, "", missing), certificate, missing);
  }

  @Test
  void withoutTheCheckAnyCertificateDoes() throws Exception {
    assertServed(new PoolSpec.Tls(false, "", ""), certificate);
    assertServed(new PoolSpec.Tls(false, "shop.internal", ""), another);
  }

  @Test
  void whoeverIsTrustedGetsTheClientsOfWhomIsNot() throws Exception {
    try (RawMember wrong = member(another, RawMember.ECHO);
        RawMember right = member(certificate, RawMember.ECHO);
        RelayFixture relay = new RelayFixture(spec(trusting(certificate, ""), wrong, right))) {
      for (int i = 0; i < 6; i++) {
        assertEquals(200, relay.ask(get("/")).status());
      }
      assertEquals(0, wrong.requests.size());
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void aMemberThatSpeaksNoTlsIsA502() throws Exception {
    try (RawMember plain =
            new RawMember(connection -> connection.send("HTTP/1.1 400 Bad\r\n\r\n").untilClosed());
        RelayFixture relay = new RelayFixture(spec(trusting(certificate, ""), plain))) {
      assertEquals(502, relay.ask(get("/")).status());
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void aWebSocketGoesThroughTls() throws Exception {
    try (RawMember member = member(certificate, RawMember.TUNNEL_ECHO);
        RelayFixture relay = new RelayFixture(spec(trusting(certificate, ""), member))) {
      try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
        byte[] frame = RawClient.text("x".repeat(200_000));
        client.send(frame);
        assertEquals(
            frame.length, client.socket().getInputStream().readNBytes(frame.length).length);
      }
      relay.untilNothingIsLeft();
    }
  }
}
