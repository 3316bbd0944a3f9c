package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;
import static dev.selvedge.fabric.Waiting.until;

import dev.selvedge.config.IoTransport;
import dev.selvedge.config.NodeConfig;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Nodes of a cluster of their own, in this process, on loopback and free ports. */
public final class TestCluster implements AutoCloseable {
  private final Path file;
  private final List<ClusteredFabric> nodes = new ArrayList<>();

  public TestCluster() throws IOException {
    file = Files.createTempFile("cluster", ".xml");
    Files.writeString(file, settings());
  }

  /**
   * The cluster.xml that is shipped, with a name of its own and nobody to look for. Nodes only
   * leave when they are closed: a machine that is too busy for heartbeats must not part them.
   */
  private static String settings() throws IOException {
    try (InputStream in = TestCluster.class.getResourceAsStream("/cluster.xml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("<cluster-name>selvedge<", "<cluster-name>" + UUID.randomUUID() + "<")
          .replace("<member>127.0.0.1:5701</member>", "")
          .replace(
              "\"hazelcast.max.no.heartbeat.seconds\">6<",
              "\"hazelcast.max.no.heartbeat.seconds\">120<");
    }
  }

  /** A node that has joined those that are there; not started yet. */
  public ClusteredFabric join() throws Exception {
    return join(options -> options.setEventLoopPoolSize(2));
  }

  /** A node with these roles only. */
  public ClusteredFabric join(List<String> roles) throws Exception {
    return join(config(roles, 0), options -> options.setEventLoopPoolSize(2));
  }

  /** A node with other options than two event loops. */
  public ClusteredFabric join(UnaryOperator<VertxOptions> options) throws Exception {
    return join(config(0), options);
  }

  private ClusteredFabric join(NodeConfig config, UnaryOperator<VertxOptions> options)
      throws Exception {
    ClusteredFabric node = await(Fabrics.clustered(config, "test", options));
    nodes.add(node);
    return node;
  }

  NodeConfig config(int port) {
    return config(List.of("edge", "host"), port);
  }

  /** Nodes on these ports, each of which names all of them, started at the same time. */
  List<ClusteredFabric> joinAtOnce(List<Integer> ports) throws Exception {
    List<String> peers = ports.stream().map(port -> "127.0.0.1:" + port).toList();
    List<Future<ClusteredFabric>> starting =
        ports.stream()
            .map(port -> config(List.of("edge", "host"), port, peers))
            .map(config -> Fabrics.clustered(config, "test", o -> o.setEventLoopPoolSize(2)))
            .toList();
    for (Future<ClusteredFabric> one : starting) {
      nodes.add(await(one));
    }
    return List.copyOf(nodes);
  }

  /** A node that knows of these peers only. */
  ClusteredFabric joinNaming(List<String> peers, int port) throws Exception {
    return join(
        config(List.of("edge", "host"), port, peers), options -> options.setEventLoopPoolSize(2));
  }

  private NodeConfig config(List<String> roles, int port) {
    return config(roles, port, nodes.stream().map(node -> self(node).address()).toList());
  }

  private NodeConfig config(List<String> roles, int port, List<String> peers) {
    return new NodeConfig(
        roles,
        IoTransport.AUTO,
        0,
        Path.of("unused"),
        "127.0.0.1",
        0,
        true,
        "127.0.0.1",
        port,
        0,
        peers,
        Optional.of(file),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "hazelcast");
  }

  static Node self(Fabric fabric) {
    return fabric.membership().node(fabric.membership().self()).orElseThrow();
  }

  /** Waits until all nodes see each other. */
  public void awaitComplete() throws Exception {
    for (ClusteredFabric node : nodes) {
      until("all nodes are seen", () -> node.membership().nodes().size() == nodes.size());
    }
  }

  /** It was closed already. */
  public void forget(ClusteredFabric node) {
    nodes.remove(node);
  }

  @Override
  public void close() throws Exception {
    for (ClusteredFabric node : nodes) {
      await(node.close());
    }
    Files.delete(file);
  }
}
