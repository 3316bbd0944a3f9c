package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.Ledger;
import dev.selvedge.testing.FunctionJar;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NodeFreezesIT {
  private static final long PAUSE_MILLIS = 50;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  /** Its sockets stay open and swallow everything: the worst way to die, and it wakes up again. */
  @Test
  void frozenNodeIsReplacedAndHarmsNobodyWhenItThaws() throws Exception {
    List<TestNode> nodes = cluster.start(3);
    List<TestNode> others = nodes.subList(0, 2);
    TestNode frozen = nodes.get(2);
    cluster.deploy(nodes.get(0), FunctionJar.of("ledger", Ledger.class));
    Adders adders = Adders.start(cluster, others, 30, PAUSE_MILLIS);
    adders.awaitProgress(20);
    String id = frozen.id();
    assertTrue(
        nodes.get(0).admin().sessions("ledger").stream()
            .anyMatch(session -> session.getString("host").equals(id)),
        "the node to freeze serves no session of another edge");

    frozen.freeze();
    for (TestNode other : others) {
      other.admin().awaitNodes(2);
    }
    adders.awaitProgress(20);
    frozen.thaw();
    cluster.awaitFormed();

    adders.awaitProgress(20);
    adders.finish();
    // And it is of use again.
    Adders fresh = Adders.start(cluster, List.of(frozen), 10, PAUSE_MILLIS);
    fresh.awaitProgress(20);
    fresh.finish();
  }
}
