package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.Route;
import dev.selvedge.router.RouteTarget;
import dev.selvedge.testing.Eventually;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class AccessLogTest {
  private static AccessLog.Entry only(RelayFixture relay) throws Exception {
    Eventually.until("an entry", () -> !relay.accesses.isEmpty());
    assertEquals(1, relay.accesses.size());
    return relay.accesses.get(0);
  }

  @Test
  void aRequestIsLoggedWithoutItsQueryWhenItsAnswerIsComplete() throws Exception {
    RawMember.Script script =
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 201 Made\r\nContent-Length: 5\r\n\r\nhello");
        };
    try (RawMember member = new RawMember(script);
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member));
        RawClient client = relay.client()) {
      client.send(
          "POST /a?secret=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
              + "Content-Length: 4\r\n\r\nbody");
      client.untilClosed();

      AccessLog.Entry entry = only(relay);
      assertEquals("route/", entry.route());
      assertEquals("pool", entry.pool());
      assertEquals("127.0.0.1", entry.client());
      assertEquals("POST", entry.method());
      assertEquals("/a", entry.path());
      assertEquals(member.address(), entry.member());
      assertEquals("none", entry.sticky());
      assertEquals(201, entry.status());
      assertEquals(4, entry.bytesIn());
      assertEquals(5, entry.bytesOut());
      assertEquals("complete", entry.reason());
      assertTrue(entry.nanos() > 0);
    }
  }

  @Test
  void aRequestThatNobodyTakesIsLoggedWithOurAnswer() throws Exception {
    MemberSpec down =
        new MemberSpec("127.0.0.1:9", 1, 0, MemberSpec.AdminState.FORCED_OFFLINE, 0, 0, 0);
    try (RelayFixture relay = new RelayFixture(PoolSpec.of("pool", List.of(down)));
        RawClient client = relay.client()) {
      client.send("GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      client.untilClosed();

      AccessLog.Entry entry = only(relay);
      assertEquals("", entry.member());
      assertEquals(503, entry.status());
      assertEquals("no-server", entry.reason());
    }
  }

  private static Route route(String path, RouteTarget target) {
    Route r = RelayFixture.route(path);
    return new Route(
        r.name(),
        r.hosts(),
        r.path(),
        r.methods(),
        r.headers(),
        target,
        r.rewrite(),
        List.of("https://own.example"));
  }

  private static RelayFixture withoutMembers() {
    return new RelayFixture(
        PoolSpec.of("pool", List.of()),
        RelayFixture.config(List.of()),
        List.of(
            route("/denied", new RouteTarget.Deny(410)),
            route("/moved", new RouteTarget.Redirect(308, "/elsewhere")),
            route("/function", new RouteTarget.ToFunction("chat")),
            route("/pool", new RouteTarget.ToPool("pool")),
            route("/loose", new RouteTarget.ToPool("gone"))));
  }

  @ParameterizedTest
  @CsvSource({
    "/denied?a=1, route/denied, '', 410, denied",
    "/moved, route/moved, '', 308, complete",
    "/function/x, route/function, '', 404, complete",
    "/nowhere, '', '', 404, complete",
    "/loose, route/loose, gone, 503, no-such-pool",
    "/pool, route/pool, pool, 403, origin-refused"
  })
  void whatGoesToNoMemberIsLoggedToo(
      String target, String route, String pool, int status, String reason) throws Exception {
    try (RelayFixture relay = withoutMembers()) {
      RawClient.Answer answer =
          relay.ask(
              "POST "
                  + target
                  + " HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n"
                  + "Content-Length: 0\r\n\r\n");
      assertEquals(status, answer.status());

      AccessLog.Entry entry = only(relay);
      assertEquals(route, entry.route());
      assertEquals(pool, entry.pool());
      assertEquals(status, entry.status());
      assertEquals(reason, entry.reason());
      assertEquals(target.split("\\?")[0], entry.path());
      assertEquals("", entry.member());
      assertEquals(answer.body().length, entry.bytesOut());
    }
  }

  @Test
  void aConnectionOfLayerFourIsLoggedAtItsEnd() throws Exception {
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.send("abc" + new String(connection.in.readNBytes(2)));
                });
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member))) {
      TcpListener listener = relay.listen("mqtt", List.of());
      try (RawClient client = new RawClient(listener.port()).send("de")) {
        assertEquals(5, client.untilClosed().length);
      }

      AccessLog.Entry entry = only(relay);
      assertEquals("mqtt", entry.route());
      assertEquals("pool", entry.pool());
      assertEquals("TCP", entry.method());
      assertEquals("", entry.path());
      assertEquals(member.address(), entry.member());
      assertEquals("127.0.0.1", entry.client());
      assertEquals(0, entry.status());
      assertEquals(2, entry.bytesIn());
      assertEquals(5, entry.bytesOut());
      assertEquals("closed", entry.reason());
      RelayFixture.await(listener.close());
    }
  }

  @Test
  void aConnectionOfLayerFourThatNobodyTakesIsLogged() throws Exception {
    try (RelayFixture relay = new RelayFixture(PoolSpec.of("pool", List.of()))) {
      TcpListener listener = relay.listen("mqtt", List.of());
      try (RawClient client = new RawClient(listener.port())) {
        assertEquals(0, client.untilClosed().length);
      }

      assertEquals("no-server", only(relay).reason());
      RelayFixture.await(listener.close());
    }
  }
}
