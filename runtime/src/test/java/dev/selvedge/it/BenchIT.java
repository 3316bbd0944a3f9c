package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code selvedge bench} against real servers: the samples on two nodes, and Node's socket.io. */
class BenchIT {
  @RegisterExtension final TestCluster cluster = new TestCluster();

  private List<String> urls(List<TestNode> nodes, String path) {
    return nodes.stream().map(node -> "http://127.0.0.1:" + node.clientPort() + path).toList();
  }

  /** Runs it with few clients for a second; returns its figures. */
  private JsonObject bench(String command, List<String> urls, String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of(TestNode.HOME.resolve("selvedge").toString()));
    line.addAll(List.of("bench", command));
    line.addAll(urls);
    line.addAll(List.of(options));
    line.addAll(List.of("--connections", "6", "--warmup", "0.1", "--duration", "1"));
    line.addAll(List.of("--json", "--quiet"));
    String out = new Shell(cluster.directory(), Map.of()).run(line.toArray(String[]::new));
    return new JsonObject(out);
  }

  private static void assertHeard(JsonObject figures) {
    assertEquals(6, figures.getInteger("opened"), figures.encode());
    assertTrue(figures.getInteger("messages") > 0, figures.encode());
    assertEquals(0, figures.getInteger("missing"), figures.encode());
  }

  @Test
  void theSamplesOnTwoNodes() throws Exception {
    List<TestNode> nodes = cluster.start(2);
    for (String sample : List.of("echo", "rooms")) {
      nodes
          .get(0)
          .admin()
          .deploy(TestNode.HOME.resolve("functions/" + sample + "/target/" + sample + ".jar"));
    }

    List<String> echo = urls(nodes, "/echo");
    assertHeard(bench("sio", echo));
    assertHeard(bench("sio", echo, "--reply", "--depth", "3"));
    assertHeard(bench("signalr", echo));
    assertHeard(bench("signalr", echo, "--reply", "--rate", "50"));
    assertHeard(bench("signalr", echo, "--messagepack", "--reply", "--depth", "3"));
    for (String protocol : List.of("ws", "sio", "signalr", "signalr-messagepack")) {
      assertHeard(bench("fanout", urls(nodes, "/rooms"), "--protocol", protocol));
      JsonObject idle = bench("idle", urls(nodes, "/rooms"), "--protocol", protocol);
      assertEquals(6, idle.getInteger("opened"), idle.encode());
    }
  }

  @Test
  void serversOfSocketIoForNode() throws Exception {
    try (SocketIoServers servers = SocketIoServers.start(cluster.directory())) {
      List<String> urls = servers.addresses().stream().map(each -> "http://" + each + "/").toList();

      assertEquals(6, bench("idle", urls, "--protocol", "sio").getInteger("opened"));
      assertHeard(
          bench(
              "fanout",
              urls,
              "--protocol",
              "sio",
              "--join",
              "",
              "--message",
              "[\"say\",\"{key}\"]"));
    }
  }
}
