package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.Hub;
import dev.selvedge.it.function.Talk;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Official clients without stickiness: of Socket.IO with connection state recovery, over all
 * transports, and of SignalR with stateful reconnect, in both of its forms. Two of three nodes end,
 * and every client has its session back on the third with each message once and in order.
 */
class RecoveryIT {
  private static final int CLIENTS = 30;

  @RegisterExtension
  final TestCluster cluster =
      new TestCluster(
          Map.of("SELVEDGE_TOKEN", TestCluster.TOKEN, "SELVEDGE_SESSION_RECOVERY_WINDOW", "5m"));

  private final List<JsonObject> events = new CopyOnWriteArrayList<>();

  /** How nodes end while clients are at work; the first of them is the publisher's. */
  private interface Ends {
    void of(List<TestNode> nodes, Spray spray, Process clients) throws Exception;
  }

  @Test
  void socketIoClientsSurviveTheirNodes() throws Exception {
    survive(
        "socket-io-recovery.js",
        FunctionJar.of("talk", Talk.class).with("routes", new JsonArray().add("/")),
        this::oneIsKilledThenOneStops);
  }

  @Test
  void signalRClientsSurviveTheirNodes() throws Exception {
    survive("signalr-recovery.js", FunctionJar.of("hub", Hub.class), this::oneIsKilledThenOneStops);
  }

  @Test
  void clientsOfANodeThatStopsSurviveItsStandby() throws Exception {
    survive(
        "signalr-recovery.js", FunctionJar.of("hub", Hub.class), this::oneStopsAsItsStandbyDies);
  }

  private void oneIsKilledThenOneStops(List<TestNode> nodes, Spray spray, Process clients)
      throws Exception {
    // A message that is under way when a node is killed may be handled twice, and one that only
    // just went out may not be known to any other node.
    pause(clients);
    spray.avoid(nodes.get(1)); // it may take connections while it dies, and a client tries once
    nodes.get(1).kill();
    tell(clients, "go");
    awaitReturn(1);
    nodes.get(0).admin().awaitNodes(2);
    nodes.get(2).admin().awaitNodes(2);
    pause(clients);
    tell(clients, "go");
    int before = count("disconnected");
    nodes.get(2).terminate();
    awaitReturn(before + 1);
  }

  /** It hangs first, so that the others take it for alive when it is needed. */
  private void oneStopsAsItsStandbyDies(List<TestNode> nodes, Spray spray, Process clients)
      throws Exception {
    TestNode stopping = before(before(nodes.get(0), nodes), nodes);
    TestNode standby = before(nodes.get(0), nodes);
    pause(clients);
    spray.avoid(standby);
    standby.freeze();
    stopping.terminate();
    Eventually.until("it stops", () -> !stopping.admin().isReady());
    standby.kill();
    tell(clients, "go");
    awaitReturn(1);
    stopping.awaitExit();
    pause(clients);
  }

  /** The node before that one in the order of ids, of which each stands by for the one before. */
  private static TestNode before(TestNode node, List<TestNode> nodes) throws Exception {
    TreeMap<String, TestNode> byId = new TreeMap<>();
    for (TestNode each : nodes) {
      byId.put(each.id(), each);
    }
    Map.Entry<String, TestNode> lower = byId.lowerEntry(node.id());
    return (lower == null ? byId.lastEntry() : lower).getValue();
  }

  private void survive(String script, FunctionJar function, Ends ends) throws Exception {
    List<TestNode> nodes = cluster.start(3);
    cluster.deploy(nodes.get(0), function);
    Spray spray = Spray.over(cluster.vertx(), nodes);
    Process clients =
        new ProcessBuilder(
                "node",
                script,
                spray.url(),
                "http://127.0.0.1:" + nodes.get(0).clientPort(),
                "" + CLIENTS)
            .directory(NodePackages.install().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      Thread reader = new Thread(() -> read(clients), "recovery-clients");
      reader.setDaemon(true);
      reader.start();
      Eventually.until("all hear", () -> count("ready") == 1);

      ends.of(nodes, spray, clients);

      tell(clients, "end");
      Eventually.until("result", () -> count("result") == 1);
    } finally {
      clients.destroyForcibly();
    }
    JsonObject result = events.get(events.size() - 1);
    assertEquals(new JsonArray(), result.getJsonArray("faults"), result::encode);
    assertTrue(result.getInteger("published") > 0);
  }

  /** Nobody says anything from here on, and all have heard all, so that all are connected. */
  private void pause(Process clients) throws Exception {
    int before = count("paused");
    tell(clients, "pause");
    awaiting("all have heard all", () -> count("paused") > before);
  }

  private static void tell(Process clients, String line) throws IOException {
    clients.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    clients.getOutputStream().flush();
  }

  /** So many connections at least were lost, and all that were lost are back. */
  private void awaitReturn(int atLeast) throws Exception {
    Eventually.until("connections are lost", () -> count("disconnected") >= atLeast);
    awaiting("all are back", () -> count("connected") == count("disconnected"));
  }

  private void awaiting(String what, Callable<Boolean> condition) throws Exception {
    try {
      Eventually.until(what, () -> count("closed") > 0 || condition.call());
    } catch (AssertionError notAll) {
      throw new AssertionError(notAll.getMessage() + ": " + events, notAll);
    }
    assertEquals(0, count("closed"), () -> "clients that gave up: " + events);
  }

  private int count(String event) {
    return (int) events.stream().filter(each -> event.equals(each.getString("event"))).count();
  }

  private void read(Process clients) {
    try (BufferedReader lines = clients.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        events.add(new JsonObject(line));
      }
    } catch (IOException ended) {
      // The process is gone, and with it what it would have said.
    }
  }
}
