package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.it.function.Ledger;
import dev.selvedge.it.function.Room;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FullRestartIT {
  private static final int VALUES = 500;

  /** No token is given: the cluster makes its own. */
  @RegisterExtension final TestCluster cluster = new TestCluster(Map.of());

  @Test
  void everythingIsBackAfterAllNodesWereStoppedOneAfterAnother() throws Exception {
    List<TestNode> nodes = cluster.start(3);
    State before = fill(nodes);

    for (TestNode node : nodes) {
      node.terminate();
      assertEquals(0, node.awaitExit());
    }
    cluster.restartAll();

    assertSame(before, nodes);
  }

  @Test
  void everythingIsBackAfterAllNodesWereKilledAtOnce() throws Exception {
    List<TestNode> nodes = cluster.start(3);
    State before = fill(nodes);
    // Not a wait for something to happen: the contract of the store says that what is older than a
    // second is on the disk. A busy machine may take longer for it.
    TimeUnit.SECONDS.sleep(5);

    for (TestNode node : nodes) {
      node.kill();
    }
    cluster.restartAll();

    assertSame(before, nodes);
  }

  /** What must be the same afterwards. */
  private record State(String token, List<JsonObject> functions) {}

  private State fill(List<TestNode> nodes) throws Exception {
    Admin admin = nodes.get(0).admin();
    cluster.deploy(nodes.get(0), ledger("one"));
    cluster.deploy(nodes.get(0), ledger("two"));
    // Deployed at another node, and the newest thing in the catalog.
    cluster.deploy(nodes.get(2), FunctionJar.of("room", Room.class));
    SocketClient client = cluster.clients().socket(nodes.get(1), "/ledger");
    for (int i = 0; i < VALUES; i++) {
      Eventually.value(client.request("save", "key" + i, "value " + i));
    }
    Eventually.value(client.request("save", "key0", "the last word"));
    return new State(token(nodes.get(0)), functions(admin));
  }

  private void assertSame(State before, List<TestNode> nodes) throws Exception {
    for (TestNode node : nodes) {
      assertEquals(before.token(), token(node));
      assertEquals(before.functions(), functions(node.admin()));
      JsonObject served = (JsonObject) node.admin().call("ledger", new JsonObject());
      assertEquals(new JsonObject().put("version", 2).put("mark", "two"), served);
      assertEquals("the last word", value(node, "key0"));
      assertEquals("value " + (VALUES - 1), value(node, "key" + (VALUES - 1)));
      JsonArray keys = (JsonArray) node.admin().call("ledger", new JsonObject().put("op", "keys"));
      assertEquals(VALUES, keys.size());
      SocketClient client = cluster.clients().socket(node, "/ledger");
      assertEquals(1, Eventually.value(client.request("add", 1)).getInteger(0));
    }
    // The older versions are kept too.
    nodes.get(1).admin().rollback("ledger");
    JsonObject served = (JsonObject) nodes.get(0).admin().call("ledger", new JsonObject());
    assertEquals("one", served.getString("mark"));
  }

  private static Object value(TestNode node, String key) throws Exception {
    return node.admin().call("ledger", new JsonObject().put("op", "get").put("key", key));
  }

  private static String token(TestNode node) throws Exception {
    return Files.readString(node.data().resolve("token")).strip();
  }

  /** Names, versions and hashes; without what each node makes of them. */
  private static List<JsonObject> functions(Admin admin) throws Exception {
    List<JsonObject> functions = admin.functions();
    functions.forEach(function -> function.remove("nodes"));
    return functions;
  }

  private static FunctionJar ledger(String mark) {
    return FunctionJar.of("ledger", Ledger.class).setting("mark", mark);
  }
}
