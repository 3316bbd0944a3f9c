package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

      node.call("sleepy", 4_000);

      until(
          "the stall is over",
          () -> of(node, "sleepy").stream().anyMatch(stall -> isIn(stall) && stall.over()));
      // A busy machine may have made it stall before, elsewhere.
      Stall stall = of(node, "sleepy").stream().filter(StallWatchTest::isIn).findFirst().get();
      assertEquals(1, stall.version());
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

      // A busy machine may make others stall too, and this lane before.
      until("it is seen", () -> watch.stalls().stream().anyMatch(stall -> isOn(1, stall, false)));
      release.countDown();
      until("it is over", () -> watch.stalls().stream().noneMatch(stall -> isOn(1, stall, false)));
      assertTrue(watch.stalls().stream().anyMatch(stall -> isOn(1, stall, true)));
      watch.close();
    }
  }

  private static boolean isIn(Stall stall) {
    return stall.where().contains("t.Main.onCall");
  }

  private static boolean beats(TestNode node) throws Exception {
    CountDownLatch beat = new CountDownLatch(1);
    node.fabric.lane(1).context().runOnContext(v -> beat.countDown());
    beat.await();
    return true;
  }

  private static List<Stall> of(TestNode node, String function) {
    return node.deployments.stalls().stream().filter(s -> s.function().equals(function)).toList();
  }

  private static boolean isOn(int lane, Stall stall, boolean over) {
    return (stall.function() + "@" + stall.version()).equals("runtime@0")
        && stall.lane() == lane
        && stall.over() == over;
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }
}
