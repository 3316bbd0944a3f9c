package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.TestClient.ErrorReply;
import dev.selvedge.it.function.Ledger;
import dev.selvedge.store.RedisServer;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes whose stores are in a Redis that dies and comes back. */
class RedisOutageIT {
  @RegisterExtension final TestCluster cluster = new TestCluster();

  private RedisServer redis;

  @AfterEach
  void endRedis() {
    if (redis != null) {
      redis.close();
    }
  }

  @Test
  void nodesServeWhatTheyCanSaySoAndRecoverByThemselves() throws Exception {
    redis = RedisServer.start(cluster.directory());
    TestNode one = cluster.join("--store", redis.url());
    TestNode two = cluster.join("--store", redis.url());
    cluster.awaitFormed();
    cluster.deploy(one, FunctionJar.of("ledger", Ledger.class));
    List<SocketClient> clients =
        List.of(cluster.clients().socket(one, "/ledger"), cluster.clients().socket(two, "/ledger"));
    for (SocketClient client : clients) {
      Eventually.value(client.request("save", client.session(), "before"));
    }

    redis.kill();
    for (TestNode node : List.of(one, two)) {
      Eventually.until(node.name() + " says so", () -> !node.admin().isReady());
      JsonObject readiness = node.admin().readiness();
      assertFalse(readiness.getBoolean("ready"));
      assertTrue(
          readiness.getJsonArray("reasons").getString(0).startsWith("store: redis 127.0.0.1:"),
          readiness::encode);
    }
    for (SocketClient client : clients) {
      ErrorReply failure =
          assertThrows(
              ErrorReply.class, () -> Eventually.value(client.request("save", "other", "x")));
      assertTrue(failure.getMessage().contains("store-unavailable"), failure::getMessage);
      assertEquals(1, Eventually.value(client.request("add", 1)).getInteger(0));
    }

    redis.restart();
    for (TestNode node : List.of(one, two)) {
      node.awaitReady();
      assertEquals("ok", node.admin().readiness().getString("store"));
    }
    for (SocketClient client : clients) {
      Eventually.value(client.request("save", "after", "x"));
      assertEquals(2, Eventually.value(client.request("add", 2)).getInteger(0));
      assertFalse(client.isClosed());
    }
    JsonArray keys = (JsonArray) two.admin().call("ledger", new JsonObject().put("op", "keys"));
    assertEquals(3, keys.size(), keys::encode);
  }
}
