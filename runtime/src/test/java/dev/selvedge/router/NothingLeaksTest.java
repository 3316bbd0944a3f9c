package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.MemberSpec.AdminState;
import dev.selvedge.router.PoolSpec.AtLimit;
import dev.selvedge.router.PoolSpec.Drain;
import dev.selvedge.router.PoolSpec.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever clients, members and operators do, in whatever order: in the end no connection, no
 * reservation, no slot and no waiting client is left.
 */
class NothingLeaksTest {
  private static final int STEPS = 60_000;
  private static final List<String> ADDRESSES = List.of("a:1", "b:1", "c:1", "d:1", "e:1");

  /** A client of one router: waits, is connected, or is over. */
  private static final class Client {
    final Admission admission;

    Client(Admission admission) {
      this.admission = admission;
    }

    boolean isWaiting() {
      return !admission.lease().isComplete();
    }
  }

  private Random random = new Random(0);
  private SlotNetwork network = new SlotNetwork(0, 1, Fixture.of());
  private final List<Client> clients = new ArrayList<>();
  private final List<Lease> open = new ArrayList<>();
  private final List<FakeRequest> cookies = new ArrayList<>();
  private int granted;
  private int refused;

  @Test
  void aRandomLifeEndsWithEverythingAtZero() {
    for (int seed = 1; seed <= 3; seed++) {
      random = new Random(seed);
      network = new SlotNetwork(seed, 3, spec());
      network.lossPercent = 5;
      granted = 0;
      refused = 0;
      for (int step = 0; step < STEPS; step++) {
        step();
        if (step % 200 == 0) {
          checkCounts();
        }
      }
      assertTrue(
          granted > STEPS / 10 && refused > STEPS / 60,
          granted + " granted, " + refused + " refused");
      end(seed);
    }
  }

  private void step() {
    int dice = random.nextInt(100);
    if (dice < 40) {
      connect();
    } else if (dice < 65) {
      disconnect();
    } else if (dice < 75) {
      retry();
    } else if (dice < 85) {
      abandon();
    } else if (dice < 95) {
      network.timing.passMillis(random.nextInt(50));
    } else if (dice < 97) {
      health();
    } else if (dice < 98) {
      close();
    } else if (dice < 99) {
      network.live().forEach(router -> router.pools.apply(List.of(spec())));
    } else {
      everyRouterOnce();
    }
  }

  private void connect() {
    Traffic traffic = random.nextBoolean() ? Traffic.TUNNEL : Traffic.REQUEST;
    FakeRequest request =
        cookies.isEmpty() || random.nextInt(3) == 0
            ? FakeRequest.plain()
            : cookies.get(random.nextInt(cookies.size()));
    follow(anyPool().admit(traffic, request));
  }

  private void follow(Admission admission) {
    clients.add(new Client(admission));
    admission.lease().onSuccess(this::connected).onFailure(failure -> refused++);
  }

  private void connected(Lease lease) {
    granted++;
    open.add(lease);
    String cookie = lease.setCookie(true);
    if (cookie != null && cookies.size() < 50) {
      cookies.add(Fixture.back(lease));
    }
    if (lease.traffic() == Traffic.TUNNEL && random.nextBoolean()) {
      lease.onEvict(random.nextBoolean() ? () -> over(lease) : () -> {}, () -> over(lease));
    }
  }

  private void over(Lease lease) {
    open.remove(lease);
    lease.release();
  }

  private void disconnect() {
    if (!open.isEmpty()) {
      Lease lease = open.remove(random.nextInt(open.size()));
      lease.release();
      if (random.nextInt(4) == 0) {
        lease.release();
      }
    }
  }

  private void retry() {
    if (!open.isEmpty()) {
      follow(open.remove(random.nextInt(open.size())).retry());
    }
  }

  private void abandon() {
    clients.removeIf(client -> !client.isWaiting());
    if (!clients.isEmpty()) {
      clients.get(random.nextInt(clients.size())).admission.abandon().run();
    }
  }

  private Pool anyPool() {
    return network.any().pools.find("shop").orElseThrow();
  }

  private Optional<Member> anyMember(Pool pool) {
    return pool.members().stream().skip(random.nextInt(ADDRESSES.size())).findFirst();
  }

  private void close() {
    Pool pool = anyPool();
    Duration spread = Duration.ofMillis(random.nextInt(900));
    anyMember(pool).ifPresent(member -> pool.closeTunnels(member, spread));
  }

  private void health() {
    boolean up = random.nextInt(3) > 0;
    anyMember(anyPool()).ifPresent(member -> member.health(up, "checked"));
    anyMember(anyPool()).ifPresent(member -> member.agent(up ? 100 : 0, null));
  }

  /** The pool goes and comes, or a limit changes. */
  private void everyRouterOnce() {
    if (random.nextInt(5) == 0) {
      network.live().forEach(router -> router.pools.apply(List.of()));
    }
    PoolSpec next = spec();
    network.live().forEach(router -> router.pools.apply(List.of(next)));
  }

  private PoolSpec spec() {
    List<MemberSpec> members = new ArrayList<>();
    for (String address : ADDRESSES) {
      if (random.nextInt(4) > 0) {
        members.add(
            new MemberSpec(
                address,
                1 + random.nextInt(4),
                random.nextInt(2),
                random.nextInt(6) > 0 ? AdminState.UP : AdminState.values()[random.nextInt(3)],
                random.nextInt(30),
                random.nextInt(30),
                random.nextInt(3) == 0 ? 20 : 0));
      }
    }
    PoolSpec spec =
        Fixture.with(
            Fixture.with(PoolSpec.of("shop", members), new Queue(40, Duration.ofMillis(300))),
            new Drain(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(3)));
    return Fixture.minActive(
        Fixture.slowStart(
            Fixture.atLimit(spec, AtLimit.values()[random.nextInt(3)]), Duration.ofSeconds(1)),
        random.nextInt(3));
  }

  private void checkCounts() {
    int tunnels = 0;
    int requests = 0;
    int waiting = 0;
    for (SlotNetwork.Router router : network.live()) {
      for (Member member : router.pools.find("shop").orElseThrow().members()) {
        tunnels += member.tunnels();
        requests += member.requests();
      }
      waiting += router.pools.find("shop").orElseThrow().waiting();
    }
    assertEquals(count(Traffic.TUNNEL), tunnels);
    assertEquals(count(Traffic.REQUEST), requests);
    assertEquals(clients.stream().filter(Client::isWaiting).count(), waiting);
  }

  private long count(Traffic traffic) {
    return open.stream().filter(lease -> lease.traffic() == traffic).count();
  }

  private void end(int seed) {
    String when = "seed " + seed;
    for (int round = 0; round < 100; round++) {
      List.copyOf(open).forEach(this::over);
      network.timing.passMillis(100);
    }
    assertTrue(open.isEmpty(), () -> when + ": " + open.size() + " connections are left");
    assertTrue(clients.stream().noneMatch(Client::isWaiting), when + ": clients wait for ever");
    clients.clear();
    cookies.clear();
    checkCounts();
    for (SlotNetwork.Router router : network.live()) {
      assertEquals(0, router.pools.find("shop").orElseThrow().waiting(), when);
      for (Member member : router.pools.find("shop").orElseThrow().members()) {
        assertEquals(0, member.tally().load(), when);
        assertTrue(member.leases().isEmpty() && member.line().size() == 0, when);
        assertTrue(member.isIdle(), when);
      }
      Pool pool = router.pools.find("shop").orElseThrow();
      router.pools.apply(List.of());
      assertTrue(pool.members().isEmpty(), when);
    }
    network.lossPercent = 0;
    network.timing.pass(Duration.ofSeconds(10));
    assertEquals(0, network.routers.get(0).ledger.limits(), when + ": limits with slots taken");
    assertEquals(
        network.routers.size(), network.timing.pending(), when + ": nothing rings but the ticks");
  }
}
