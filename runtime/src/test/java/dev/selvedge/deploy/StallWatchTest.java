package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StallWatchTest {
  private static final String BLOCKING =
      """
      @Override protected Future<?> onCall(Call call) {
        try { Thread.sleep(((Number) call.body()).longValue()); }
        catch (InterruptedException e) { throw new IllegalStateException(e); }
        return Future.succeededFuture();
      }
      """;

  @TempDir Path data;

  @Test
  void aFunctionThatBlocksItsEventLoopIsNamed() throws Exception {
    try (TestNode node = TestNode.local(data)) {
      node.deploy(TestJars.function("sleepy", BLOCKING).in(data));

      node.call("sleepy", 1_500);

      until("the stall is over", () -> node.deployments.stalls().stream().anyMatch(Stall::over));
      Stall stall = node.deployments.stalls().get(0);
      assertEquals("sleepy@1", stall.function() + "@" + stall.version());
      assertTrue(stall.where().contains("t.Main.onCall"), stall.where());
      assertTrue(stall.millis() >= 1_000);
      assertEquals(1, stall.count());
    }
  }

  @Test
  void aStallOfTheRuntimeIsNamedSo() throws Exception {
    try (TestNode node = TestNode.local(data)) {
      StallWatch watch = new StallWatch(node.fabric.lanes(), Duration.ofMillis(50));
      watch.start();
      CountDownLatch release = new CountDownLatch(1);
      until("the lane has a pulse", () -> beats(node));

      node.fabric.lane(1).context().runOnContext(v -> waitFor(release));

      until("it is seen", () -> !watch.stalls().isEmpty());
      assertEquals("runtime@0 lane 1", label(watch.stalls().get(0)));
      release.countDown();
      until("it is over", () -> watch.stalls().get(0).over());
      watch.close();
    }
  }

  private static boolean beats(TestNode node) throws Exception {
    CountDownLatch beat = new CountDownLatch(1);
    node.fabric.lane(1).context().runOnContext(v -> beat.countDown());
    beat.await();
    return true;
  }

  private static String label(Stall stall) {
    return stall.function() + "@" + stall.version() + " lane " + stall.lane();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }
}
