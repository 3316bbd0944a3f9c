package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.until;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.hazelcast.core.LifecycleEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class ClusterStartTest {
  @Test
  void nodesThatStartAtTheSameTimeAndNameEachOtherAreOneClusterFromTheBeginning() throws Exception {
    for (int round = 0; round < 3; round++) {
      try (TestCluster cluster = new TestCluster()) {
        List<LifecycleEvent> merges = new CopyOnWriteArrayList<>();
        List<ClusteredFabric> nodes = cluster.joinAtOnce(List.of(freePort(), freePort()));
        for (ClusteredFabric node : nodes) {
          node.hazelcast()
              .getLifecycleService()
              .addLifecycleListener(
                  event -> {
                    if (event.getState() == LifecycleEvent.LifecycleState.MERGING) {
                      merges.add(event);
                    }
                  });
        }

        cluster.awaitComplete();

        assertEquals(List.of(), merges, "two clusters that have found each other");
      }
    }
  }

  @Test
  void aPeerThatIsNotThereYetIsFoundLater() throws Exception {
    int port = freePort();
    try (TestCluster cluster = new TestCluster()) {
      ClusteredFabric first = cluster.joinNaming(List.of("127.0.0.1:" + port), 0);
      ClusteredFabric second = cluster.joinNaming(List.of(), port);

      until("they have found each other", () -> first.membership().nodes().size() == 2);
      until("both have", () -> second.membership().nodes().size() == 2);
      until(
          "they agree who leads",
          () -> first.membership().leader().id().equals(second.membership().leader().id()));
    }
  }

  /** One that is not given to outgoing connections. */
  private static int freePort() throws IOException {
    for (int attempt = 0; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        if (attempt == 100) {
          throw taken;
        }
      }
    }
  }
}
