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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Official clients without stickiness: of Socket.IO with connection state recovery, over all
 * transports, and of SignalR with stateful reconnect, in both of its forms. A node is killed,
 * another one stops, and every client has its session back on the third with each message once and
 * in order.
 */
class RecoveryIT {
  private static final int CLIENTS = 30;

  @RegisterExtension
  final TestCluster cluster =
      new TestCluster(
          Map.of("SELVEDGE_TOKEN", TestCluster.TOKEN, "SELVEDGE_SESSION_RECOVERY_WINDOW", "5m"));

  private final List<JsonObject> events = new CopyOnWriteArrayList<>();

  @Test
  void socketIoClientsSurviveTheirNodes() throws Exception {
    survive(
        "socket-io-recovery.js",
        FunctionJar.of("talk", Talk.class).with("routes", new JsonArray().add("/")));
  }

  @Test
  void signalRClientsSurviveTheirNodes() throws Exception {
    survive("signalr-recovery.js", FunctionJar.of("hub", Hub.class));
  }

  private void survive(String script, FunctionJar function) throws Exception {
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

      // A message that is under way when a node is killed may be handled twice, and one that only
      // just went out may not be known to any other node.
      tell(clients, "pause");
      Eventually.until("all have heard all", () -> count("paused") == 1);
      nodes.get(1).kill();
      tell(clients, "go");
      awaitReturn(1);
      int before = count("disconnected");
      nodes.get(2).terminate();
      awaitReturn(before + 1);

      tell(clients, "end");
      Eventually.until("result", () -> count("result") == 1);
    } finally {
      clients.destroyForcibly();
    }
    JsonObject result = events.get(events.size() - 1);
    assertEquals(new JsonArray(), result.getJsonArray("faults"), result::encode);
    assertTrue(result.getInteger("published") > 0);
  }

  private static void tell(Process clients, String line) throws IOException {
    clients.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    clients.getOutputStream().flush();
  }

  /** So many connections at least were lost, and all that were lost are back. */
  private void awaitReturn(int atLeast) throws Exception {
    Eventually.until("connections are lost", () -> count("disconnected") >= atLeast);
    try {
      Eventually.until("all are back", () -> count("connected") == count("disconnected"));
    } catch (AssertionError notAll) {
      throw new AssertionError(notAll.getMessage() + ": " + events, notAll);
    }
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
