package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.Ledger;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedeployUnderTrafficIT {
  private static final int SOCKETS = 1_000;

  /** Some ten thousand messages a second in all: the two cores of a small machine are half busy. */
  private static final long PAUSE_MILLIS = 250;

  /** So that at any moment every fifth session has messages under way. */
  private static final int WORK_MILLIS = 20;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  @Test
  void thousandSocketsGoFromVersionToVersionWithoutNoticing() throws Exception {
    List<TestNode> nodes = cluster.start(2);
    Admin admin = nodes.get(0).admin();
    cluster.deploy(nodes.get(0), ledger("one"));
    Adders adders = Adders.start(cluster, nodes, SOCKETS / nodes.size(), PAUSE_MILLIS);
    adders.awaitProgress(10);

    cluster.deploy(nodes.get(0), ledger("two"));
    adders.awaitVersion(2);
    assertEquals("two", mark(admin));
    // At the other node, so that whoever is asked can do it.
    cluster.deploy(nodes.get(1), ledger("three"));
    adders.awaitVersion(3);
    assertEquals("three", mark(admin));
    int back = admin.rollback("ledger").getInteger("version");
    adders.awaitVersion(back);
    assertEquals("two", mark(admin));

    adders.awaitProgress(10);
    adders.finish();
    for (Adder adder : adders.all()) {
      assertEquals(List.of(1, 2, 3, back), adder.versions());
      assertEquals(List.of(), adder.client().repeatedReplies());
      assertEquals(0, adder.redelivered());
    }
    for (TestNode node : nodes) {
      awaitOneLoader(node);
      assertEquals(List.of(), node.admin().leaks());
    }
  }

  private static FunctionJar ledger(String mark) {
    return FunctionJar.of("ledger", Ledger.class)
        .setting("mark", mark)
        .setting("work-millis", WORK_MILLIS);
  }

  private static String mark(Admin admin) throws Exception {
    return ((JsonObject) admin.call("ledger", new JsonObject())).getString("mark");
  }

  /** Counts the class loaders themselves, after a full collection by the JVM's own tool. */
  private static void awaitOneLoader(TestNode node) throws Exception {
    Eventually.until(
        node.name() + " has the class loader of one version",
        () -> {
          String histogram = node.jcmd("GC.class_histogram");
          long loaders =
              histogram
                  .lines()
                  .filter(line -> line.contains(".FunctionClassLoader"))
                  .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
                  .sum();
          assertTrue(loaders >= 1, "no class loader found in: " + histogram.lines().count());
          return loaders == 1;
        });
  }
}
