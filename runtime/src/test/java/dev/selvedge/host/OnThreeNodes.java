package dev.selvedge.host;

import static dev.selvedge.host.Workbench.get;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** What tests of sessions that outlive their edges have: three nodes, some of which end. */
abstract class OnThreeNodes {
  /** Makes a node of its fabric. */
  interface Opening {
    Workbench on(ClusteredFabric fabric) throws Exception;
  }

  /** A time within which nobody is given up. */
  static final RecoveryConfig LONG = new RecoveryConfig(Duration.ofMinutes(10), 16 * 1024 * 1024);

  /** In the order of their ids: each stands by for the one before, the first for the last. */
  final List<Workbench> nodes = new ArrayList<>();

  private TestCluster cluster;

  /** Opens the nodes; sessions are hosted by the first of them that is there. */
  void open(Opening node) throws Exception {
    cluster = new TestCluster();
    List<ClusteredFabric> fabrics = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      fabrics.add(cluster.join());
    }
    cluster.awaitComplete();
    fabrics.sort(Comparator.comparing(fabric -> fabric.membership().self()));
    for (ClusteredFabric fabric : fabrics) {
      nodes.add(node.on(fabric));
    }
    hostOn(0, 1, 2);
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  /** Sessions are hosted by the first of these nodes that is there. */
  void hostOn(int... order) {
    List<NodeId> hosts =
        IntStream.of(order).mapToObj(node -> nodes.get(node).fabric.membership().self()).toList();
    nodes.forEach(node -> node.hosts = hosts);
  }

  /** Ends a node without a word to the others. */
  void kill(int node) throws Exception {
    Workbench gone = nodes.get(node);
    cluster.forget((ClusteredFabric) gone.fabric);
    get(gone.fabric.close());
  }
}
