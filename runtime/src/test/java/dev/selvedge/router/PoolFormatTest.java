package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import dev.selvedge.router.MemberSpec.AdminState;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolFormatTest {
  private static PoolSpec read(String json) {
    return PoolFormat.read("pools.chat", "chat", new JsonObject(json));
  }

  @Test
  void withoutKeysThePoolHasTheDefaults() {
    assertEquals(PoolSpec.of("chat", List.of()), read("{}"));
  }

  @Test
  void everyKeyIsRead() {
    PoolSpec pool =
        read(
            """
            {"policy": "hash", "hash": "query:room",
             "sticky": {"by": ["cookie", "session-id", "source", "header:X-User"],
                        "cookie": "who", "idle": "2h", "life": 0, "same-site": "none",
                        "at-limit": "rebalance", "strict": true},
             "members": ["127.0.0.1:3001",
                         {"address": "[::1]:3002", "weight": 3, "priority": 2,
                          "state": "forced-offline", "max-tunnels": 10, "max-requests": 20,
                          "max-new-per-second": 30}],
             "min-active": 1, "queue": {"depth": 5, "timeout": "1s"}, "slow-start": "30s",
             "health": {"check": "http", "path": "/up?x=1", "interval": "1s", "timeout": "500ms",
                        "rise": 1, "fall": 2, "status": 204, "agent-port": 9999,
                        "on-down": "close-paced"},
             "tls": {"verify": false, "server-name": "chat.internal", "ca": "ca.pem"},
             "timeouts": {"connect": "1s", "answer": "2s", "tunnel-idle": "3h", "fin": "4s"},
             "keep-alive": 8, "rewrite-host": true,
             "drain": {"spread": "5m", "hard-stop": "10s", "max-tunnel-age": "6h"}}
            """);

    assertEquals(new PoolSpec.Policy.Hash(new PoolSpec.Key.Query("room")), pool.policy());
    assertEquals(
        List.of(
            new PoolSpec.Tie.SignedCookie(),
            new PoolSpec.Tie.SessionId(),
            new PoolSpec.Tie.ByKey(new PoolSpec.Key.Source()),
            new PoolSpec.Tie.ByKey(new PoolSpec.Key.Header("x-user"))),
        pool.sticky().by());
    assertEquals(Duration.ZERO, pool.sticky().life());
    assertEquals(PoolSpec.AtLimit.REBALANCE, pool.sticky().atLimit());
    assertEquals(MemberSpec.of("127.0.0.1:3001"), pool.members().get(0));
    assertEquals(
        new MemberSpec("[::1]:3002", 3, 2, AdminState.FORCED_OFFLINE, 10, 20, 30),
        pool.members().get(1));
    assertEquals("::1", pool.members().get(1).host());
    assertEquals(204, pool.health().statusTo());
    assertEquals("chat.internal", pool.relaying().tls().orElseThrow().serverName());
    assertEquals(Duration.ofMinutes(5), pool.drain().spread());
    assertEquals(Duration.ofHours(6), pool.drain().maxTunnelAge());
    assertTrue(pool.sticky().strict());
    assertEquals(pool, PoolFormat.read("again", "chat", PoolFormat.write(pool)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"kind\": \"tcp\", \"proxy-protocol\": true, \"sticky\": {\"by\": \"source\"}}",
        "{\"policy\": \"power-of-two\", \"sticky\": false, \"tls\": true}",
        "{\"hash\": \"path:2\", \"sticky\": {\"idle\": \"1500ms\"}}",
        "{\"hash\": \"cookie:Room\", \"members\": [\"a:1\", \"b:2\"]}",
        "{\"hash\": \"source\", \"health\": {\"check\": \"passive\"}}"
      })
  void whatIsWrittenReadsAsTheSamePool(String json) {
    PoolSpec pool = read(json);

    assertEquals(pool, PoolFormat.read("x", "chat", PoolFormat.write(pool)));
  }

  @Test
  void aPoolOfBytesSticksToNothingUnlessAsked() {
    assertTrue(read("{\"kind\": \"tcp\"}").sticky().by().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"polcy\": \"hash\"} | pools.chat.polcy: hash (expected: a known key; did you mean policy?)",
        "{\"x\": 1} | pools.chat.x: 1 (expected: one of the keys drain,",
        "{\"policy\": \"fastest\"} | pools.chat.policy: fastest (expected: least-connections, power-of-two or hash)",
        "{\"policy\": \"hash\"} | pools.chat.hash: (missing) (expected: header:NAME,",
        "{\"policy\": \"power-of-two\", \"hash\": \"source\"} | pools.chat.hash: source (expected: no key",
        "{\"hash\": \"header\"} | pools.chat.hash: header (expected: header:NAME,",
        "{\"members\": [\"a:1\", \"b\"]} | pools.chat.members[1]: b (expected: host:port,",
        "{\"members\": [\"a:1\", \"a:1\"]} | pools.chat.members[1]: a:1 (expected: each address once)",
        "{\"members\": [{\"weight\": 2}]} | pools.chat.members[0].address: (missing) (expected: host:port",
        "{\"members\": [{\"address\": \"a:1\", \"weight\": 0}]} | pools.chat.members[0].weight: 0 (expected: 1..256)",
        "{\"members\": [{\"address\": \"a:1\", \"state\": \"off\"}]} | pools.chat.members[0].state: off (expected: up, disabled, forced-offline)",
        "{\"queue\": {\"timeout\": \"soon\"}} | pools.chat.queue.timeout: soon (expected: a duration",
        "{\"queue\": 5} | pools.chat.queue: 5 (expected: a section with the keys depth, timeout)",
        "{\"health\": {\"status\": \"399-200\"}} | pools.chat.health.status: 399-200 (expected: a status",
        "{\"health\": {\"rise\": \"2\"}} | pools.chat.health.rise: 2 (expected: 1..100)",
        "{\"sticky\": {\"by\": [\"cookie\", \"ip\"]}} | pools.chat.sticky.by[1]: ip (expected: cookie, session-id, header:NAME",
        "{\"sticky\": {\"same-site\": \"Lax\"}} | pools.chat.sticky.same-site: Lax (expected: lax, strict or none)",
        "{\"sticky\": {\"cookie\": \"a;b\"}} | pools.chat.sticky.cookie: a;b (expected: a cookie's name)",
        "{\"sticky\": \"off\"} | pools.chat.sticky: off (expected: a section",
        "{\"rewrite-host\": \"yes\"} | pools.chat.rewrite-host: yes (expected: true or false)",
        "{\"proxy-protocol\": true} | pools.chat.proxy-protocol: true (expected: false, or kind: tcp",
        "{\"kind\": \"tcp\", \"hash\": \"path:1\"} | pools.chat.hash: path:1 (expected: source:",
        "{\"kind\": \"tcp\", \"health\": {\"check\": \"http\"}} | pools.chat.health.check: http (expected: passive or tcp"
      })
  void aMistakeIsNamedWithItsPathItsValueAndWhatWasExpected(String json, String complaint) {
    String message = assertThrows(ConfigException.class, () -> read(json)).getMessage();

    assertTrue(message.startsWith(complaint), message);
  }
}
