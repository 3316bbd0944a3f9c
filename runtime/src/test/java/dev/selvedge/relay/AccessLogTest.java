package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.testing.Eventually;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
}
