package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Unmodified Socket.IO clients and servers with three nodes as routers between them. Whatever leads
 * the clients to the nodes knows no stickiness: each connection arrives at another node.
 */
class SocketIoThroughTheRouterIT {
  private static final int CLIENTS = 12;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private SocketIoServers servers;
  private SocketIoClients clients;
  private List<TestNode> nodes;
  private Spray spray;

  @AfterEach
  void endServersAndClients() throws Exception {
    if (clients != null) {
      clients.close();
    }
    if (servers != null) {
      servers.close();
    }
  }

  private void start(String sticky) throws Exception {
    servers = SocketIoServers.start(cluster.directory());
    Path file = cluster.directory().resolve("selvedge.yaml");
    Files.writeString(
        file,
        "pools:\n  chat:\n    sticky: "
            + sticky
            + "\n    members: ["
            + String.join(", ", servers.addresses().stream().map(a -> '"' + a + '"').toList())
            + "]\nroutes:\n  - path: /socket.io\n    pool: chat\n");
    nodes = cluster.start(3, "--config", file.toString());
    spray = Spray.over(cluster.vertx(), nodes);
  }

  private void connect(String transports, boolean cookies) throws Exception {
    clients = new SocketIoClients(spray.url(), CLIENTS, transports, cookies);
  }

  private void assertAllTalk() throws Exception {
    int mark = clients.mark();
    clients.say(0, "hello");
    clients.await(mark, CLIENTS, "said", said -> said.getString("text").equals("hello"));
  }

  private void assertBothServersAreUsed() throws Exception {
    TreeSet<String> used = new TreeSet<>();
    for (int client = 0; client < CLIENTS; client++) {
      used.add(clients.server(client));
    }
    assertEquals(new TreeSet<>(SocketIoServers.NAMES), used);
  }

  @Test
  void clientsThatOnlyPollKeepTheirServerThoughEveryRequestArrivesAtAnotherNode() throws Exception {
    start("{by: [cookie, session-id]}");
    connect("polling", false);
    clients.await(0, CLIENTS, "connected", connected -> true);
    assertAllTalk();
    assertBothServersAreUsed();
    assertEquals(List.of(), clients.since(0, "disconnected"));
    assertEquals(List.of(), clients.since(0, "failed"));
  }

  @Test
  void clientsUpgradeFromPollingToWebSocketAtTheSameServer() throws Exception {
    start("{by: [cookie, session-id]}");
    connect("polling,websocket", false);
    clients.await(0, CLIENTS, "upgraded", upgraded -> true);
    assertAllTalk();
    assertBothServersAreUsed();
    assertEquals(List.of(), clients.since(0, "disconnected"));
    assertEquals(List.of(), clients.since(0, "failed"));
  }

  @Test
  void clientsThatOnlyUseWebSocketsNeedNoTie() throws Exception {
    start("false");
    connect("websocket", false);
    clients.await(0, CLIENTS, "connected", connected -> true);
    assertAllTalk();
    assertBothServersAreUsed();
  }

  @Test
  void withoutATieClientsThatPollFail() throws Exception {
    start("false");
    connect("polling", false);
    clients.await(0, 1, "failed", failed -> true);
  }

  @Test
  void clientsOfAServerThatDiesComeBackAtTheOther() throws Exception {
    start("{by: [cookie, session-id]}");
    connect("polling,websocket", false);
    clients.await(0, CLIENTS, "upgraded", upgraded -> true);
    List<Integer> orphans = clientsOf("ann");
    int mark = clients.mark();

    servers.kill("ann");

    clients.await(
        mark, orphans.size(), "connected", back -> orphans.contains(back.getInteger("client")));
    for (int orphan : orphans) {
      assertEquals("bob", clients.server(orphan));
    }
    assertTrue(
        clients.since(mark, "disconnected").stream()
            .allMatch(gone -> orphans.contains(gone.getInteger("client"))),
        "clients of the other server were disturbed");
  }

  @Test
  void clientsOfANodeThatDiesComeBackThroughAnotherToTheSameServer() throws Exception {
    start("{by: [cookie]}");
    connect("polling,websocket", true);
    clients.await(0, CLIENTS, "upgraded", upgraded -> true);
    List<String> before = serversOfAll();
    int mark = clients.mark();

    // One with clients: their WebSockets are the only connections that stay.
    TestNode busiest =
        nodes.stream().max(Comparator.comparingInt(spray::connections)).orElseThrow();
    busiest.kill();

    clients.await(mark, 1, "disconnected", gone -> true);
    List<Integer> orphans =
        clients.since(mark, "disconnected").stream()
            .map(gone -> gone.getInteger("client"))
            .distinct()
            .toList();
    clients.await(
        mark, orphans.size(), "upgraded", back -> orphans.contains(back.getInteger("client")));
    assertNotEquals(CLIENTS, orphans.size(), "all clients were at one node");
    assertEquals(before, serversOfAll());
  }

  private List<Integer> clientsOf(String server) throws Exception {
    List<String> all = serversOfAll();
    return java.util.stream.IntStream.range(0, CLIENTS)
        .filter(client -> all.get(client).equals(server))
        .boxed()
        .toList();
  }

  private List<String> serversOfAll() throws Exception {
    String[] all = new String[CLIENTS];
    for (int client = 0; client < CLIENTS; client++) {
      all[client] = clients.server(client);
    }
    return List.of(all);
  }

  @Test
  void theRouterLeavesNothingBehindWhenAllClientsAreGone() throws Exception {
    start("{by: [cookie, session-id]}");
    connect("polling,websocket", false);
    clients.await(0, CLIENTS, "upgraded", upgraded -> true);

    clients.close();

    dev.selvedge.testing.Eventually.until(
        "all counts are zero",
        () ->
            nodes.get(0).admin().pool("chat").getJsonArray("members").stream()
                .map(JsonObject.class::cast)
                .allMatch(
                    member -> member.getInteger("tunnels") + member.getInteger("requests") == 0));
  }
}
