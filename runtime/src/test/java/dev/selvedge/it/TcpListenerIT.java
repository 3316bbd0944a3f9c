package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A port of layer 4, from the file and from the command line, at every node of a cluster. */
class TcpListenerIT {
  @RegisterExtension final TestCluster cluster = new TestCluster();

  private String member() throws Exception {
    NetServer server =
        cluster.vertx().createNetServer().connectHandler(socket -> socket.handler(socket::write));
    Eventually.value(server.listen(0, "127.0.0.1"));
    return "127.0.0.1:" + server.actualPort();
  }

  private static void assertEchoes(RawSocket socket) throws IOException {
    socket.send("hello\n");
    assertEquals("hello", socket.readLine());
  }

  @Test
  void aListenerOpensAndClosesWithItsDefinitionAndItsConnectionsGoOn() throws Exception {
    int port = new Ports().free();
    Path file = cluster.directory().resolve("selvedge.yaml");
    Files.writeString(
        file,
        "pools:\n  raw: {kind: tcp, sticky: false, members: [\"%s\"]}\nlisteners:\n  raw: {host: 127.0.0.1, port: %d, pool: raw}\n"
            .formatted(member(), port));
    TestNode node = cluster.start(1, "--config", file.toString()).get(0);
    Shell shell = new Shell(cluster.directory(), Map.of("SELVEDGE_TOKEN", TestCluster.TOKEN));
    String launcher = TestNode.HOME.resolve("selvedge").toString();
    String url = node.admin().url();

    try (RawSocket early = new RawSocket(port)) {
      assertEchoes(early);
      shell.run(launcher, "listeners", "remove", "raw", "--node", url);
      Eventually.until("the port is closed", () -> !isOpen(port));
      assertEchoes(early);

      List<String> add =
          List.of(
              launcher,
              "listeners",
              "add",
              "again",
              "--host",
              "127.0.0.1",
              "--port",
              "" + port,
              "--pool",
              "raw",
              "--node",
              url);
      shell.run(add.toArray(String[]::new));
      Eventually.until(
          "the port is open again",
          () -> {
            try (RawSocket late = new RawSocket(port)) {
              assertEchoes(late);
            }
            return true;
          });
      assertEchoes(early);
      assertTrue(shell.run(launcher, "listeners", "--node", url).contains("again"));
    }
  }

  private static boolean isOpen(int port) throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      return true;
    } catch (ConnectException closed) {
      return false;
    }
  }
}
