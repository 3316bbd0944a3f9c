package dev.selvedge.router;

import static dev.selvedge.router.Fixture.at;
import static dev.selvedge.testing.Eventually.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.TestCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What routers tell each other over a real fabric. */
class ClusteredPoolsTest {
  private static final String SID = "lv_VI97HAXpY6yYWAAAC";

  private TestCluster cluster;
  private final List<ClusteredFabric> nodes = new ArrayList<>();
  private final List<Pools> routers = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster();
    for (int i = 0; i < 2; i++) {
      ClusteredFabric node = cluster.join();
      nodes.add(node);
      routers.add(Pools.clustered(node, () -> Fixture.KEYS));
    }
    for (ClusteredFabric node : nodes) {
      var started = node.start();
      until("the node has started", started::succeeded);
    }
    cluster.awaitComplete();
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private Pool pool(int node, PoolSpec spec) {
    routers.get(node).apply(List.of(spec));
    return routers.get(node).find(spec.name()).orElseThrow();
  }

  private static Lease await(Admission admission) throws Exception {
    until("there is a place", () -> admission.lease().isComplete());
    return Fixture.got(admission);
  }

  @Test
  void countsAreSharedAndThoseOfANodeThatLeavesGo() throws Exception {
    PoolSpec spec = Fixture.of(Fixture.member("a:1"));
    Pool here = pool(0, spec);
    Pool there = pool(1, spec);

    Fixture.take(there, 10);
    until("its counts are known", () -> at(here, "a:1").stats().clusterLoad() == 10);

    ClusteredFabric leaving = nodes.get(1);
    cluster.forget(leaving);
    leaving.close();
    until("its counts are gone", () -> at(here, "a:1").stats().clusterLoad() == 0);
  }

  @Test
  void aLimitHoldsOverBothNodes() throws Exception {
    PoolSpec spec =
        Fixture.with(
            Fixture.of(Fixture.limited("a:1", 6, 0)),
            new PoolSpec.Queue(10, Duration.ofMinutes(5)));
    Pool here = pool(0, spec);
    Pool there = pool(1, spec);
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      leases.add(await(Fixture.ask(i % 2 == 0 ? here : there, FakeRequest.plain())));
    }

    Admission one = Fixture.ask(here, FakeRequest.plain());
    Admission other = Fixture.ask(there, FakeRequest.plain());
    assertFalse(one.lease().isComplete() || other.lease().isComplete());
    assertEquals(6, at(here, "a:1").tunnels() + at(there, "a:1").tunnels());

    leases.get(1).release();
    leases.get(3).release();

    await(one);
    await(other);
    assertEquals(6, at(here, "a:1").tunnels() + at(there, "a:1").tunnels());
  }

  @Test
  void aSessionIdThatOneNodeLearnedIsFoundByTheOther() throws Exception {
    PoolSpec spec = Fixture.of(Fixture.member("a:1"), Fixture.member("b:1"), Fixture.member("c:1"));
    Pool here = pool(0, spec);
    Pool there = pool(1, spec);
    Lease opened = Fixture.take(there);
    opened.learn(SID);

    // On a busy machine the first answers may come too late.
    until("the member is found", () -> opened.member().address().equals(foundBy(here)));
  }

  private static String foundBy(Pool pool) throws Exception {
    Lease poll = await(Fixture.ask(pool, FakeRequest.plain().asking("sid", SID)));
    poll.release();
    return poll.stickiness() == Lease.Stickiness.HIT ? poll.member().address() : "";
  }
}
