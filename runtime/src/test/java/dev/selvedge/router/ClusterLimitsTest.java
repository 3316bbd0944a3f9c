package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The limit of a member holds over all routers, and is not wasted. */
class ClusterLimitsTest {
  private static PoolSpec limit(int tunnels) {
    return Fixture.with(
        Fixture.of(Fixture.limited("a:1", tunnels, 0)),
        new PoolSpec.Queue(10_000, Duration.ofSeconds(60)));
  }

  private static void crowd(SlotNetwork network, int clients, Duration span) {
    for (int i = 0; i < clients; i++) {
      network.timing.after(network.random.nextLong(span.toNanos()), () -> network.any().connect());
    }
  }

  @Test
  void eightRoutersFillTheLimitAndDoNotExceedIt() {
    for (int limit : List.of(1, 3, 10, 50, 1_000)) {
      SlotNetwork network = new SlotNetwork(limit, 8, limit(limit));

      crowd(network, 2 * limit + 20, Duration.ofSeconds(2));
      network.timing.pass(Duration.ofSeconds(12));

      assertEquals(limit, network.open(), "all of the limit is used");
      assertEquals(limit, network.most);
      assertEquals(limit + 20, network.waiting());
    }
  }

  @Test
  void thePlaceOfATunnelThatEndsGoesToAClientOfAnotherRouter() {
    SlotNetwork network = new SlotNetwork(1, 8, limit(4));
    SlotNetwork.Router one = network.routers.get(2);
    SlotNetwork.Router other = network.routers.get(6);
    for (int i = 0; i < 4; i++) {
      one.connect();
    }
    network.timing.pass(Duration.ofSeconds(5));
    other.connect();
    network.timing.pass(Duration.ofSeconds(2));
    assertEquals(1, other.pool.waiting());

    one.disconnect();
    network.timing.pass(Duration.ofSeconds(2));

    assertEquals(1, other.tunnels.size());
    assertEquals(4, network.most);
  }

  @Test
  void aRouterThatIsAloneAsksNobody() {
    SlotNetwork network = new SlotNetwork(1, 1, limit(5));
    SlotNetwork.Router alone = network.routers.get(0);

    for (int i = 0; i < 6; i++) {
      alone.connect();
    }

    assertEquals(5, alone.tunnels.size(), "no time has passed");
    assertEquals(1, alone.pool.waiting());
  }

  @Test
  void theLimitHoldsWhenTheOwnerDiesAndItsSlotsComeBack() {
    for (int seed = 1; seed <= 5; seed++) {
      SlotNetwork network = new SlotNetwork(seed, 8, limit(100));
      crowd(network, 300, Duration.ofSeconds(2));
      network.timing.pass(Duration.ofSeconds(6));
      assertEquals(100, network.open());

      network.kill(network.routers.get(0));
      network.timing.pass(Duration.ofSeconds(15));

      assertEquals(100, network.open());
      assertEquals(100, network.most);
    }
  }

  @Test
  void theLimitHoldsWhileNodesAreApart() {
    for (int seed = 1; seed <= 5; seed++) {
      SlotNetwork network = new SlotNetwork(seed, 6, limit(60));
      crowd(network, 200, Duration.ofSeconds(10));
      network.timing.pass(Duration.ofSeconds(1));

      network.cut(network.routers.subList(0, seed));
      network.timing.pass(Duration.ofMillis(4_500));
      network.heal();
      network.timing.pass(Duration.ofSeconds(20));

      assertEquals(60, network.most);
      assertEquals(60, network.open());
    }
  }

  @Test
  void aRouterThatIsCutOffForLongUsesNoFreeSlots() {
    SlotNetwork network = new SlotNetwork(1, 3, limit(300));
    network.timing.pass(Duration.ofSeconds(3));
    SlotNetwork.Router lonely = network.routers.get(2);
    int reserve = lonely.pool.members().iterator().next().allotment(Traffic.TUNNEL).held;
    assertTrue(reserve > 0, "it holds some in reserve");

    network.lossPercent = 100;
    network.timing.pass(Duration.ofSeconds(7));
    lonely.connect();

    assertEquals(0, lonely.tunnels.size());
    network.lossPercent = 0;
    network.timing.pass(Duration.ofSeconds(3));
    assertEquals(1, lonely.tunnels.size());
  }

  @Test
  void theLimitHoldsThroughLossesDeathsAndJoins() {
    for (int seed = 1; seed <= 20; seed++) {
      SlotNetwork network = new SlotNetwork(seed, 5, limit(40));
      network.lossPercent = 10;
      for (int step = 0; step < 1_500; step++) {
        step(network);
        network.timing.passMillis(network.random.nextInt(40));
        assertTrue(network.open() <= 40, "seed " + seed + ", step " + step);
      }
      network.lossPercent = 0;
      crowd(network, 100, Duration.ofSeconds(1));
      network.timing.pass(Duration.ofSeconds(30));

      assertEquals(40, network.most, "seed " + seed);
      assertEquals(40, network.open(), "seed " + seed);
    }
  }

  private static void step(SlotNetwork network) {
    int dice = network.random.nextInt(1_000);
    if (dice < 3 && network.live().size() > 2) {
      network.kill(network.any());
    } else if (dice < 6 && network.live().size() < 8) {
      network.join();
    } else if (dice < 550) {
      network.any().connect();
    } else {
      network.any().disconnect();
    }
  }

  @Test
  void aChangedLimitHoldsToo() {
    SlotNetwork network = new SlotNetwork(1, 4, limit(20));
    crowd(network, 100, Duration.ofSeconds(1));
    network.timing.pass(Duration.ofSeconds(6));

    network.live().forEach(router -> router.pool.update(limit(30)));
    network.timing.pass(Duration.ofSeconds(6));
    assertEquals(30, network.open());

    network.live().forEach(router -> router.pool.update(limit(10)));
    for (int i = 0; i < 25; i++) {
      network.any().disconnect();
      network.timing.passMillis(500);
    }
    network.timing.pass(Duration.ofSeconds(6));
    assertEquals(30, network.most);
    assertEquals(10, network.open());
  }
}
