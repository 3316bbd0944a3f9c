package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cluster's secret is changed as {@code docs/operations.md} says, one node after the other. */
class SecretRotationIT {
  private static final String OLD = "the-secret-that-is-replaced";
  private static final String NEW = "the-secret-that-replaces-it";
  private static final int CLIENTS = 6;

  private final Map<String, String> environment = new HashMap<>();

  @RegisterExtension final TestCluster cluster = new TestCluster(environment);

  private final HttpClient http = HttpClient.newHttpClient();

  /** A browser that goes to any node. */
  private final class Client {
    final String first;
    String member;
    String cookie = "";

    Client(TestNode node) throws Exception {
      ask(node);
      first = cookie;
    }

    /** Which member answers; keeps the cookie if it is set anew. */
    String ask(TestNode node) throws Exception {
      URI uri = URI.create("http://127.0.0.1:" + node.clientPort() + "/app");
      HttpRequest.Builder request = HttpRequest.newBuilder(uri);
      if (!cookie.isEmpty()) {
        request.header("cookie", cookie);
      }
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      answer
          .headers()
          .firstValue("set-cookie")
          .ifPresent(line -> cookie = line.substring(0, line.indexOf(';')));
      if (member == null) {
        member = answer.body();
      }
      return answer.body();
    }
  }

  private static HttpServer member(Vertx vertx, String name) throws Exception {
    return Eventually.value(
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end(name))
            .listen(0, "127.0.0.1"));
  }

  private void configure(String secret, String accepted) {
    environment.put("SELVEDGE_SECRET", secret);
    environment.put("SELVEDGE_CLUSTER_ACCEPTED_SECRET", accepted);
  }

  private List<TestNode> start() throws Exception {
    Path file = cluster.directory().resolve("selvedge.yaml");
    Files.writeString(
        file,
        """
        pools:
          app: {members: ["127.0.0.1:%d", "127.0.0.1:%d"]}
        routes:
          - {path: /app, pool: app}
        """
            .formatted(
                member(cluster.vertx(), "a").actualPort(),
                member(cluster.vertx(), "b").actualPort()));
    environment.put("SELVEDGE_TOKEN", TestCluster.TOKEN);
    environment.put("SELVEDGE_CONFIG", file.toString());
    configure(OLD, "");
    return cluster.start(2);
  }

  @Test
  void noClientLosesItsMemberWhileTheSecretIsChangedNodeByNode() throws Exception {
    List<TestNode> nodes = start();
    Client[] clients = new Client[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      clients[i] = new Client(nodes.get(i % 2));
    }

    for (String[] step : new String[][] {{OLD, NEW}, {NEW, OLD}, {NEW, ""}}) {
      configure(step[0], step[1]);
      for (TestNode node : nodes) {
        node.terminate();
        node.awaitExit();
        cluster.restart(node);
        cluster.awaitFormed();
        for (Client client : clients) {
          for (TestNode any : nodes) {
            assertEquals(client.member, client.ask(any));
          }
        }
      }
    }

    for (Client client : clients) {
      assertNotEquals(client.first, client.cookie);
      client.cookie = client.first;
      client.ask(nodes.get(0));
      assertTrue(!client.first.equals(client.cookie), "the old secret is believed no more");
    }
  }
}
