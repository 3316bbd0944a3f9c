package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.TestCluster;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FencesTest {
  private static final int EACH = 2_000;

  private final AtomicInteger come = new AtomicInteger();
  private TestCluster cluster;

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  /** Counts what is published to it. */
  private ClusteredFabric join(int lanes) throws Exception {
    ClusteredFabric node = cluster.join(options -> options.setEventLoopPoolSize(lanes));
    node.register(
        GroupWire.PUBLISH,
        GroupWire.Publish::read,
        (lane, from, publication) -> come.incrementAndGet());
    return node;
  }

  private static Fences start(Fabric node) throws Exception {
    Tickets<Void> tickets = new Tickets<>(node.vertx());
    node.register(
        ToClient.Ack.KIND,
        ToClient.Ack::read,
        (lane, from, ack) -> tickets.redeem(((ToClient.Ack) ack).ticket(), null));
    Fences fences = new Fences(node, tickets);
    get(node.start());
    return fences;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** What a turn sends leaves when it ends: here, long after it was sent. */
  private static void publish(Lane lane, NodeId to, CountDownLatch sent) {
    lane.run(
        () -> {
          for (int i = 0; i < EACH; i++) {
            lane.send(to, new GroupWire.Publish("group", "event", List.of(i), List.of()));
          }
          sent.countDown();
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100L * lane.index()));
        });
  }

  @Test
  void allThatWasPublishedHasComeFromEachLaneOfANodeWithMoreOfThem() throws Exception {
    cluster = new TestCluster();
    ClusteredFabric one = join(1);
    ClusteredFabric three = join(3);
    cluster.awaitComplete();
    Fences fences = start(one);
    start(three);

    for (int round = 1; round <= 3; round++) {
      CountDownLatch sent = new CountDownLatch(3);
      three.lanes().forEach(lane -> publish(lane, one.membership().self(), sent));
      sent.await();
      get(fences.caughtUp());
      assertEquals(round * 3 * EACH, come.get());
    }
  }
}
