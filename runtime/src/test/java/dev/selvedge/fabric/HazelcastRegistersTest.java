package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;
import static dev.selvedge.fabric.Waiting.until;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.fabric.Registers.Entry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HazelcastRegistersTest extends RegistersContract {
  private static TestCluster cluster;
  private static ClusteredFabric a;
  private static ClusteredFabric b;

  @BeforeAll
  static void open() throws Exception {
    cluster = new TestCluster();
    a = cluster.join();
    b = cluster.join();
    cluster.awaitComplete();
  }

  @AfterAll
  static void close() throws Exception {
    cluster.close();
  }

  @Override
  Fabric fabric() {
    return a;
  }

  @Test
  void racingNodesCountExactly() throws Exception {
    List<Registers> counters = List.of(a.registers("race"), b.registers("race"));
    List<Future<Void>> running = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      running.add(increment(counters.get(i % 2)));
    }
    await(Future.all(running));

    Entry counted = await(a.registers("race").get("n")).orElseThrow();
    assertEquals(100, counted.document().getInteger("v"));
    assertEquals(100, counted.revision());
  }

  private static Future<Void> increment(Registers counter) {
    return counter
        .get("n")
        .compose(
            present -> {
              int value = present.map(entry -> entry.document().getInteger("v")).orElse(0);
              long revision = present.map(Entry::revision).orElse(0L);
              return counter.compareAndSet("n", revision, document(value + 1));
            })
        .compose(done -> done ? Future.succeededFuture() : increment(counter));
  }

  @Test
  void aChangeIsToldAtEveryNode() throws Exception {
    Promise<Long> told = Promise.promise();
    b.registers("told").onChange((key, entry) -> told.tryComplete(entry.revision()));
    await(b.registers("told").entries());

    await(a.registers("told").offer("k", new Entry(4, document(1))));

    assertEquals(4, await(told.future()));
  }

  @Test
  void whatTheClusterLostIsOfferedByThoseWhoSawIt() throws Exception {
    HazelcastRegisters registers = (HazelcastRegisters) b.registers("lost");
    Promise<Long> seen = Promise.promise();
    registers.onChange((key, entry) -> seen.tryComplete(entry.revision()));
    await(registers.entries());
    await(a.registers("lost").offer("k", new Entry(7, document(1))));
    await(seen.future());
    a.hazelcast()
        .getMap(Addresses.REGISTERS_MAP + "lost")
        .set("k", new RegisterText(2, "{}").encoded());

    registers.reconcile(true);

    until(
        "the higher revision stands",
        () -> await(a.registers("lost").get("k")).orElseThrow().revision() == 7);
  }

  @Test
  void theContextOfTheCallerIsKept() throws Exception {
    Promise<Boolean> same = Promise.promise();
    a.lane(1)
        .context()
        .runOnContext(
            ignored ->
                a.registers("context")
                    .get("k")
                    .onComplete(x -> same.complete(a.lane(1).isCurrent())));

    assertEquals(true, await(same.future()));
  }
}
