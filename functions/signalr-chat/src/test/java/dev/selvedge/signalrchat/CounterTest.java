package dev.selvedge.signalrchat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CounterTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void itCountsNoFurtherThanItsReaderAskedFor() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    CountDownLatch ended = new CountDownLatch(1);
    Counter counter = new Counter(vertx, 4, Duration.ZERO);

    vertx.runOnContext(
        now -> {
          counter.pause();
          counter.handler(
              number -> {
                heard.add(number);
                two.countDown();
              });
          counter.endHandler(end -> ended.countDown());
          counter.fetch(2);
        });
    assertTrue(two.await(60, TimeUnit.SECONDS));
    assertFalse(ended.await(50, TimeUnit.MILLISECONDS));
    assertEquals(List.of(0, 1), heard);

    vertx.runOnContext(now -> counter.resume());
    assertTrue(ended.await(60, TimeUnit.SECONDS));
    assertEquals(List.of(0, 1, 2, 3), heard);
  }

  @Test
  void onceStoppedNothingComesAnyMore() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Counter counter = new Counter(vertx, 2, Duration.ZERO);

    vertx.runOnContext(
        now -> {
          counter.endHandler(end -> ended.countDown());
          counter.handler(
              number -> {
                heard.add(number);
                counter.stop();
                first.countDown();
              });
        });

    assertTrue(first.await(60, TimeUnit.SECONDS));
    assertFalse(ended.await(50, TimeUnit.MILLISECONDS));
    assertEquals(List.of(0), heard);
  }
}
