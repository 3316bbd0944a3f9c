package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.Ledger;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeJoinsAndDiesIT {
  /** A joining node serves within this time. */
  private static final Duration SERVES = Duration.ofSeconds(10);

  /** A dead node is gone, and its work taken over, within this time. */
  private static final Duration REPLACED = Duration.ofSeconds(10);

  /**
   * Between two bursts of a client: traffic enough to notice everything, and a machine not full.
   */
  private static final long PAUSE_MILLIS = 50;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  @Test
  void newNodeServesUnderTraffic() throws Exception {
    List<TestNode> nodes = startWithLedger(2);
    Adders old = addersAt(nodes, 10);
    // Two JVMs that compile their hot code leave no time on a small machine for a third to start.
    old.awaitProgress(150);

    TestNode newcomer = cluster.join();
    Eventually.within(cluster.promised(SERVES), "the new node is ready", newcomer::isReady);
    Adders fresh = addersAt(List.of(newcomer), 10);

    fresh.awaitProgress(10);
    assertTrue(
        hostedBy(newcomer, newcomer.id()) > 0, "no session is served by the new node's functions");
    old.awaitProgress(10);
    old.finish();
    fresh.finish();
  }

  @Test
  void deathOfANodeCostsTheClientsOfTheOthersNothing() throws Exception {
    List<TestNode> nodes = startWithLedger(3);
    TestNode survivor = nodes.get(0);
    TestNode victim = nodes.get(2);
    Adders adders = addersAt(nodes.subList(0, 2), 30);
    adders.awaitProgress(20);
    String victimId = victim.id();
    long affected = hostedBy(survivor, victimId);
    assertTrue(affected > 0, "the victim serves no session of another edge");

    List<String> saved = saveUntilKilled(survivor, victim);

    for (TestNode node : nodes.subList(0, 2)) {
      Eventually.within(
          cluster.promised(REPLACED),
          node.name() + " sees that the victim is gone",
          () -> node.admin().nodes().stream().noneMatch(n -> n.getString("id").equals(victimId)));
      Eventually.within(
          cluster.promised(REPLACED),
          node.name() + " sees every session bound to a living node",
          () -> node.admin().sessions("ledger").stream().allMatch(s -> isHosted(s, victimId)));
    }
    adders.awaitProgress(20);
    adders.finish();
    // Some messages were handled twice, but nobody was answered twice.
    assertEquals(List.of(), repeatedReplies(adders));
    assertEverythingSavedIsThere(survivor, saved);
  }

  private static boolean isHosted(JsonObject session, String gone) {
    return !session.getString("host").isEmpty() && !session.getString("host").equals(gone);
  }

  /** Kills the victim while values are being saved; returns the keys that were acknowledged. */
  private List<String> saveUntilKilled(TestNode at, TestNode victim) throws Exception {
    List<SocketClient> writers = cluster.clients().sockets(at, "/ledger", 3);
    List<String> saved = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      for (SocketClient writer : writers) {
        JsonArray reply = Eventually.value(writer.request("save", writer.session() + "/" + i, i));
        saved.add(reply.getString(0));
      }
      if (i == 100) {
        victim.kill();
      }
    }
    writers.forEach(writer -> assertFalse(writer.isClosed()));
    return saved;
  }

  private static void assertEverythingSavedIsThere(TestNode node, List<String> saved)
      throws Exception {
    Object keys = node.admin().call("ledger", new JsonObject().put("op", "keys"));
    List<String> missing = new ArrayList<>(saved);
    missing.removeAll(((JsonArray) keys).stream().map(String::valueOf).toList());
    assertEquals(List.of(), missing);
  }

  @Test
  void leavingNodeSendsItsClientsElsewhereAndHandsItsSessionsOver() throws Exception {
    List<TestNode> nodes = startWithLedger(3);
    TestNode leaving = nodes.get(2);
    List<SocketClient> cut = cluster.clients().sockets(leaving, "/ledger", 10);
    Adders adders = addersAt(nodes.subList(0, 2), 30);
    adders.awaitProgress(20);
    assertTrue(
        hostedBy(nodes.get(0), leaving.id()) > cut.size(),
        "the leaving node serves no session of another edge");

    leaving.terminate();

    for (SocketClient client : cut) {
      assertEquals(1012, Eventually.value(client.closed()).getInteger("code"));
    }
    assertEquals(0, leaving.awaitExit());
    adders.awaitProgress(20);
    adders.finish();
    assertEquals(0, adders.all().stream().mapToLong(Adder::redelivered).sum());
    assertEquals(List.of(), repeatedReplies(adders));
    for (TestNode node : nodes.subList(0, 2)) {
      node.admin().awaitNodes(2);
    }
  }

  private static List<JsonObject> repeatedReplies(Adders adders) {
    return adders.all().stream().flatMap(a -> a.client().repeatedReplies().stream()).toList();
  }

  private List<TestNode> startWithLedger(int count) throws Exception {
    List<TestNode> nodes = cluster.start(count);
    FunctionJar ledger = FunctionJar.of("ledger", Ledger.class).setting("work-millis", 10);
    cluster.deploy(nodes.get(0), ledger);
    return nodes;
  }

  private Adders addersAt(List<TestNode> nodes, int each) throws Exception {
    return Adders.start(cluster, nodes, each, PAUSE_MILLIS);
  }

  /** The number of sessions, of all edges, that this node's functions serve. */
  private static long hostedBy(TestNode asked, String host) throws Exception {
    Stream<JsonObject> sessions = asked.admin().sessions("ledger").stream();
    return sessions.filter(session -> session.getString("host").equals(host)).count();
  }
}
