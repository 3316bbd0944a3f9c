package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.Ledger;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two external servers and a function under one port of each of two nodes, edited at run time. */
class RouterEditsIT {
  private static final int SOCKETS = 500;
  private static final int EDITS = 100;

  private final Map<String, String> environment = new HashMap<>();

  @RegisterExtension final TestCluster cluster = new TestCluster(environment);

  private final HttpClient http = HttpClient.newHttpClient();

  /** A server that says its name, and echoes what WebSockets send with its name before it. */
  private static HttpServer member(Vertx vertx, String name) throws Exception {
    return Eventually.value(
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end(name))
            .webSocketHandler(
                socket -> socket.textMessageHandler(text -> socket.writeTextMessage(name + text)))
            .listen(0, "127.0.0.1"));
  }

  private static String address(HttpServer server) {
    return "127.0.0.1:" + server.actualPort();
  }

  private void startNodes(String a, String b) throws Exception {
    environment.put("SELVEDGE_TOKEN", TestCluster.TOKEN);
    Path file = cluster.directory().resolve("selvedge.yaml");
    environment.put("SELVEDGE_CONFIG", file.toString());
    Files.writeString(
        file,
        """
        pools:
          app:
            members: [%s, %s]
            timeouts: {tunnel-idle: 1h}
        routes:
          - {path: /app, pool: app}
          - {path: /alias, function: ledger}
          - {path: /closed, deny: 410}
        """
            .formatted(a, b));
    List<TestNode> nodes = cluster.start(2);
    cluster.deploy(nodes.get(0), FunctionJar.of("ledger", Ledger.class));
  }

  private HttpResponse<String> get(TestNode node, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + node.clientPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static void edit(TestNode node, String method, String path, String body)
      throws Exception {
    HttpResponse<String> answer =
        node.admin()
            .send(node.admin().request(path).method(method, BodyPublishers.ofString(body)).build());
    assertEquals(2, answer.statusCode() / 100, answer.body());
  }

  private static JsonArray items(TestNode node, String path) throws Exception {
    HttpResponse<String> answer = node.admin().send(node.admin().request(path).build());
    return new JsonObject(answer.body()).getJsonArray("items");
  }

  private static long tunnels(TestNode node) throws Exception {
    return items(node, "/v1/pools").getJsonObject(0).getJsonArray("members").stream()
        .mapToLong(member -> ((JsonObject) member).getLong("tunnels", 0L))
        .sum();
  }

  @Test
  void aHundredEditsTouchNoConnectionAndOutliveARestartOfAllNodes() throws Exception {
    HttpServer a = member(cluster.vertx(), "a");
    HttpServer b = member(cluster.vertx(), "b");
    startNodes(address(a), address(b));
    List<TestNode> nodes = cluster.alive();
    allIsServedUnderOnePort(nodes);

    Sockets sockets = new Sockets(cluster.vertx());
    sockets.open(nodes);
    assertEquals(Set.of("a", "b"), sockets.membersThatAnswer());
    Eventually.until("both nodes count them", () -> tunnels(nodes.get(0)) == SOCKETS);

    editALot(nodes, address(a), address(b));

    assertEquals(SOCKETS, sockets.membersSeenBy().size(), "each was answered after the edits");
    assertEquals(0, sockets.closed.get(), "closed by an edit");
    assertEquals(SOCKETS, tunnels(nodes.get(1)));
    sockets.close();

    for (TestNode node : nodes) {
      node.terminate();
      assertEquals(0, node.awaitExit());
    }
    cluster.restartAll();
    for (TestNode node : nodes) {
      JsonObject pool = items(node, "/v1/pools").getJsonObject(0);
      assertEquals("edited", pool.getString("source"));
      JsonArray members = pool.getJsonObject("definition").getJsonArray("members");
      assertEquals(7, members.getJsonObject(0).getInteger("weight"));
      assertEquals("disabled", members.getJsonObject(1).getString("state"));
      assertEquals("a", get(node, "/kept").body());
      assertEquals(404, get(node, "/gone").statusCode());
    }
  }

  private void allIsServedUnderOnePort(List<TestNode> nodes) throws Exception {
    for (TestNode node : nodes) {
      assertTrue(Set.of("a", "b").contains(get(node, "/app/x").body()));
      assertEquals(410, get(node, "/closed").statusCode());
      SocketClient client = cluster.clients().socket(node, "/alias");
      assertEquals(1, Eventually.value(client.request("add", 1)).getInteger(0));
    }
  }

  private void editALot(List<TestNode> nodes, String a, String b) throws Exception {
    Shell shell =
        new Shell(
            cluster.directory(),
            Map.of(
                "SELVEDGE_NODE", nodes.get(1).admin().url(), "SELVEDGE_TOKEN", TestCluster.TOKEN));
    String selvedge = TestNode.HOME.resolve("selvedge").toString();
    String members = "/v1/pools/app/members";
    int edits = 0;
    while (edits < EDITS - 7) {
      TestNode node = nodes.get(edits % 2);
      edit(node, "POST", members + "/" + a, "{\"state\": \"disabled\"}");
      edit(node, "POST", members + "/" + a, "{\"state\": \"up\", \"weight\": " + (1 + edits) + "}");
      edit(node, "DELETE", members + "/" + b, "");
      edit(node, "POST", members, "{\"address\": \"" + b + "\", \"max-tunnels\": 1000}");
      edit(node, "PUT", "/v1/routes/extra", "{\"path\": \"/x" + edits + "\", \"pool\": \"app\"}");
      edit(node, "POST", members + "/" + b, "{\"state\": \"forced-offline\"}");
      edits += 6;
    }
    shell.run(selvedge, "pool", "enable", "app", b);
    shell.run(selvedge, "pool", "weight", "app", a, "7");
    shell.run(selvedge, "pool", "limit", "app", b, "--tunnels", "0");
    shell.run(selvedge, "routes", "add", "--path", "/kept", "--pool", "app");
    shell.run(selvedge, "routes", "add", "--path", "/gone", "--pool", "app");
    shell.run(selvedge, "routes", "remove", "gone");
    shell.run(selvedge, "pool", "disable", "app", b);
    String table = shell.run(selvedge, "pools");
    assertTrue(table.contains(b) && table.contains("disabled"), table);
    for (TestNode node : nodes) {
      Eventually.until("the last edit is followed", () -> get(node, "/kept").body().equals("a"));
    }
  }

  /** WebSockets through the nodes in turn. */
  private static final class Sockets {
    final AtomicInteger closed = new AtomicInteger();
    private final WebSocketClient client;
    private final List<WebSocket> open = new ArrayList<>();

    Sockets(Vertx vertx) {
      client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(SOCKETS));
    }

    void open(List<TestNode> nodes) throws Exception {
      for (int i = 0; i < SOCKETS; i++) {
        int port = nodes.get(i % nodes.size()).clientPort();
        WebSocket socket = Eventually.value(client.connect(port, "127.0.0.1", "/app/ws"));
        socket.closeHandler(gone -> closed.incrementAndGet());
        open.add(socket);
      }
    }

    Set<String> membersThatAnswer() throws Exception {
      return Set.copyOf(membersSeenBy().values());
    }

    /** Sends a message on each; who answered it. */
    Map<WebSocket, String> membersSeenBy() throws Exception {
      Map<WebSocket, String> seen = new ConcurrentHashMap<>();
      CountDownLatch answers = new CountDownLatch(open.size());
      for (WebSocket socket : open) {
        socket.textMessageHandler(
            text -> {
              seen.put(socket, text.substring(0, 1));
              answers.countDown();
            });
        Eventually.value(socket.writeTextMessage(" hello"));
      }
      assertTrue(
          answers.await(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS),
          () -> answers.getCount() + " sockets were not answered");
      return seen;
    }

    void close() throws Exception {
      for (WebSocket socket : open) {
        Eventually.value(socket.close());
      }
      Eventually.value(client.close());
    }
  }
}
