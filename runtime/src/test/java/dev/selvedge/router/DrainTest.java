package dev.selvedge.router;

import static dev.selvedge.router.Fixture.at;
import static dev.selvedge.router.Fixture.member;
import static dev.selvedge.router.Fixture.of;
import static dev.selvedge.router.Fixture.take;
import static dev.selvedge.router.Fixture.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.MemberSpec.AdminState;
import dev.selvedge.router.PoolSpec.Drain;
import dev.selvedge.router.PoolSpec.Health;
import dev.selvedge.router.PoolSpec.OnDown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DrainTest {
  private final Fixture router = new Fixture();

  private static PoolSpec spec(MemberSpec... members) {
    return with(
        of(members), new Drain(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ZERO));
  }

  private static PoolSpec onDown(PoolSpec spec, OnDown what) {
    Health h = spec.health();
    return with(
        spec,
        new Health(
            h.check(),
            h.path(),
            h.interval(),
            h.timeout(),
            h.rise(),
            h.fall(),
            h.statusFrom(),
            h.statusTo(),
            h.agentPort(),
            what));
  }

  /** So many tunnels of the member; an orderly close ends each. Others get some, too. */
  private static List<Lease> tunnels(Pool pool, String address, int count) {
    List<Lease> tunnels = new ArrayList<>();
    while (tunnels.size() < count) {
      Lease lease = take(pool);
      if (lease.member().address().equals(address)) {
        lease.onEvict(lease::release);
        tunnels.add(lease);
      }
    }
    return tunnels;
  }

  @Test
  void tunnelsAreClosedEvenlyOverTheSpread() {
    Pool pool = router.pool(spec(member("a:1")));
    tunnels(pool, "a:1", 6_000);
    Member member = at(pool, "a:1");

    assertEquals(6_000, pool.closeTunnels(member, Duration.ofSeconds(60)));

    assertEquals(MemberState.CLOSING, member.state());
    for (int sixth = 1; sixth <= 6; sixth++) {
      int before = member.tunnels();
      router.timing.pass(Duration.ofSeconds(10));
      assertEquals(1_000, before - member.tunnels(), 150);
    }
    assertEquals(0, member.tunnels());
    assertEquals(MemberState.UP, member.state());
    assertEquals(0, router.timing.pending());
  }

  @Test
  void theRateOfTheClosesIsEvenInEachSecond() {
    Pool pool = router.pool(spec(member("a:1")));
    tunnels(pool, "a:1", 1_000);
    Member member = at(pool, "a:1");

    pool.closeTunnels(member, Duration.ofSeconds(60));

    for (int second = 1; second <= 60; second++) {
      int before = member.tunnels();
      router.timing.pass(Duration.ofSeconds(1));
      assertEquals(1_000 / 60.0, before - member.tunnels(), 0.3 * 1_000 / 60, "in " + second);
    }
    assertEquals(0, member.tunnels());
  }

  @Test
  void theOrderOfTheClosesIsNotThatOfTheConnections() {
    Pool pool = router.pool(spec(member("a:1")));
    List<Lease> open = tunnels(pool, "a:1", 100);
    List<Integer> closed = new ArrayList<>();
    pool.closeTunnels(at(pool, "a:1"), Duration.ofSeconds(60));
    for (int i = 0; i < 60; i++) {
      router.timing.pass(Duration.ofSeconds(1));
      for (int one = 0; one < open.size(); one++) {
        if (!closed.contains(one) && !at(pool, "a:1").leases().contains(open.get(one))) {
          closed.add(one);
        }
      }
    }
    assertEquals(100, closed.size());
    assertFalse(closed.stream().sorted().toList().equals(closed));
  }

  @Test
  void aMemberThatIsClosingTakesNobody() {
    Pool pool = router.pool(spec(member("a:1"), member("b:1")));
    List<Lease> open = tunnels(pool, "a:1", 10);
    FakeRequest sticky = Fixture.back(open.get(0));

    pool.closeTunnels(at(pool, "a:1"), Duration.ofSeconds(60));

    assertEquals("b:1", take(pool, sticky).member().address());
    for (int i = 0; i < 20; i++) {
      assertEquals("b:1", take(pool).member().address());
    }
  }

  @Test
  void whatDoesNotCloseInTimeIsCut() {
    Pool pool = router.pool(spec(member("a:1")));
    Lease stubborn = take(pool);
    List<String> events = new ArrayList<>();
    stubborn.onEvict(
        () -> events.add("close"),
        () -> {
          events.add("cut");
          stubborn.release();
        });

    pool.closeTunnels(at(pool, "a:1"), Duration.ofSeconds(10));

    router.timing.pass(Duration.ofSeconds(39));
    assertEquals(List.of("close"), events);
    assertEquals(MemberState.CLOSING, at(pool, "a:1").state());
    router.timing.pass(Duration.ofSeconds(2));
    assertEquals(List.of("close", "cut"), events);
    assertEquals(MemberState.UP, at(pool, "a:1").state());
  }

  @Test
  void aTunnelThatIsStillConnectingClosesWhenItHas() {
    Pool pool = router.pool(spec(member("a:1")));
    Lease connecting = take(pool);
    List<String> events = new ArrayList<>();

    pool.closeTunnels(at(pool, "a:1"), Duration.ZERO);
    connecting.onEvict(() -> events.add("close"));

    assertEquals(List.of("close"), events);
  }

  private static PoolSpec ageing(Duration age) {
    Drain drain = new Drain(Duration.ofSeconds(60), Duration.ofSeconds(30), age);
    return with(of(member("a:1"), member("b:1")), drain);
  }

  @Test
  void oldTunnelsAreClosedAFifthSoonerOrLater() {
    Pool pool = router.pool(ageing(Duration.ofHours(1)));
    for (int i = 0; i < 1_000; i++) {
      Lease lease = take(pool);
      lease.onEvict(lease::release);
    }
    Supplier<Integer> open = () -> pool.members().stream().mapToInt(Member::tunnels).sum();

    router.timing.pass(Duration.ofMinutes(47));
    assertEquals(1_000, open.get());
    for (int part = 1; part <= 4; part++) {
      int before = open.get();
      router.timing.pass(Duration.ofMinutes(part == 1 ? 7 : 6));
      assertEquals(250, before - open.get(), 80, "in part " + part);
    }
    router.timing.pass(Duration.ofMinutes(1));

    assertEquals(0, open.get());
    assertEquals(0, router.timing.pending());
    pool.members().forEach(member -> assertEquals(MemberState.UP, member.state()));
  }

  @Test
  void anOldTunnelThatDoesNotCloseIsCut() {
    Pool pool = router.pool(ageing(Duration.ofMinutes(10)));
    Lease stubborn = take(pool);
    List<String> events = new ArrayList<>();
    stubborn.onEvict(
        () -> events.add("close for " + stubborn.evictionReason()),
        () -> {
          events.add("cut");
          stubborn.release();
        });

    router.timing.pass(Duration.ofMinutes(13));

    assertEquals(List.of("close for age", "cut"), events);
    assertEquals(0, router.timing.pending());
  }

  @Test
  void ofATunnelThatEndsBeforeNoTimerIsLeft() {
    Pool pool = router.pool(ageing(Duration.ofHours(1)));

    take(pool).release();
    Fixture.got(pool.admit(Traffic.REQUEST, FakeRequest.plain()));

    assertEquals(0, router.timing.pending());
  }

  @Test
  void requestsAreNotClosed() {
    Pool pool = router.pool(spec(member("a:1")));
    Lease request = Fixture.got(pool.admit(Traffic.REQUEST, FakeRequest.plain()));

    assertEquals(0, pool.closeTunnels(at(pool, "a:1"), Duration.ofSeconds(10)));

    assertEquals(MemberState.UP, at(pool, "a:1").state());
    assertEquals(1, request.member().requests());
  }

  @Test
  void closesAreNoFasterThanTheOthersTakeTheClients() {
    MemberSpec slow = new MemberSpec("b:1", 1, 0, AdminState.UP, 0, 0, 10);
    Pool pool = router.pool(spec(member("a:1"), member("b:1")));
    tunnels(pool, "a:1", 600);
    pool.update(pool.spec().withMembers(List.of(member("a:1"), slow)));

    pool.closeTunnels(at(pool, "a:1"), Duration.ofSeconds(1));
    router.timing.pass(Duration.ofSeconds(30));

    assertEquals(300, at(pool, "a:1").tunnels(), 60, "600 at 10 a second take 60 s");
  }

  @Test
  void aSecondOrderReplacesTheFirst() {
    Pool pool = router.pool(spec(member("a:1")));
    tunnels(pool, "a:1", 100);
    pool.closeTunnels(at(pool, "a:1"), Duration.ofHours(1));

    pool.closeTunnels(at(pool, "a:1"), Duration.ofSeconds(1));
    router.timing.pass(Duration.ofSeconds(2));

    assertEquals(0, at(pool, "a:1").tunnels());
    assertEquals(0, router.timing.pending());
  }

  // ---- down

  @Test
  void aMemberThatGoesDownKeepsItsTunnels() {
    Pool pool = router.pool(spec(member("a:1")));
    tunnels(pool, "a:1", 10);

    at(pool, "a:1").health(false, "503");
    router.timing.pass(Duration.ofHours(1));

    assertEquals(10, at(pool, "a:1").tunnels());
    assertEquals(MemberState.DOWN, at(pool, "a:1").state());
    assertEquals("503", at(pool, "a:1").stats().reason());
  }

  @Test
  void aMemberThatGoesDownLosesItsTunnelsPacedIfThePoolWantsIt() {
    Pool pool = router.pool(onDown(spec(member("a:1")), OnDown.CLOSE_PACED));
    tunnels(pool, "a:1", 100);

    at(pool, "a:1").health(false, "503");
    at(pool, "a:1").health(false, "503 again");
    router.timing.pass(Duration.ofSeconds(30));
    assertEquals(50, at(pool, "a:1").tunnels(), 20);
    router.timing.pass(Duration.ofSeconds(31));

    assertEquals(0, at(pool, "a:1").tunnels());
    assertEquals(MemberState.DOWN, at(pool, "a:1").state());
  }

  // ---- agents

  @Test
  void theStricterOfOperatorAndAgentHolds() {
    Pool pool = router.pool(spec(member("a:1")));
    Member member = at(pool, "a:1");

    member.agent(100, AdminState.FORCED_OFFLINE);
    assertEquals(MemberState.FORCED_OFFLINE, member.state());
    member.agent(100, AdminState.DISABLED);
    assertEquals(MemberState.DISABLED, member.state());
    pool.update(
        pool.spec().withMembers(List.of(Fixture.in(member.spec(), AdminState.FORCED_OFFLINE))));
    member.agent(100, AdminState.UP);
    assertEquals(MemberState.FORCED_OFFLINE, member.state());
    pool.update(pool.spec().withMembers(List.of(member("a:1"))));
    member.agent(100, null);
    assertEquals(MemberState.UP, member.state());
  }

  // ---- edits

  @Test
  void aHundredEditsDoNotTouchWhatIsConnected() {
    Pool pool = router.pool(spec(member("a:1"), member("b:1"), member("c:1")));
    List<Lease> open = take(pool, 5_000);
    List<Lease> touched = new ArrayList<>();
    open.forEach(lease -> lease.onEvict(() -> touched.add(lease), () -> touched.add(lease)));
    List<Integer> before = pool.members().stream().map(Member::tunnels).toList();

    for (int edit = 0; edit < 100; edit++) {
      List<MemberSpec> members = new ArrayList<>();
      for (String address : List.of("a:1", "b:1", "c:1", "d" + edit + ":1")) {
        if (edit % 4 != 0 || !address.equals("b:1")) {
          AdminState state = AdminState.values()[edit % 3];
          members.add(new MemberSpec(address, 1 + edit % 7, edit % 2, state, edit % 5, 0, 0));
        }
      }
      router.pools.apply(List.of(spec(members.toArray(new MemberSpec[0]))));
      router.timing.pass(Duration.ofSeconds(5));
    }
    router.pools.apply(List.of(spec(member("a:1"), member("b:1"), member("c:1"))));

    assertTrue(touched.isEmpty());
    assertEquals(before, pool.members().stream().map(Member::tunnels).toList());
    open.forEach(Lease::release);
    pool.members().forEach(member -> assertEquals(0, member.tunnels()));
  }

  @Test
  void aMemberThatWasTakenOutStaysInSightWhileItIsConnected() {
    Pool pool = router.pool(spec(member("a:1"), member("b:1")));
    List<Lease> open = tunnels(pool, "a:1", 2);
    Member leaving = at(pool, "a:1");

    pool.update(spec(member("b:1")));

    assertEquals(MemberState.DRAINING, leaving.state());
    assertTrue(pool.members().contains(leaving));
    open.get(0).release();
    assertSame(leaving, at(pool, "a:1"));
    pool.closeTunnels(leaving, Duration.ofSeconds(1));
    router.timing.pass(Duration.ofSeconds(2));
    assertFalse(pool.members().contains(leaving));
  }

  @Test
  void aMemberThatReturnsWhileItIsConnectedIsTheSame() {
    Pool pool = router.pool(spec(member("a:1"), member("b:1")));
    tunnels(pool, "a:1", 2);
    Member leaving = at(pool, "a:1");
    pool.update(spec(member("b:1")));

    pool.update(spec(member("b:1"), member("a:1")));

    assertSame(leaving, at(pool, "a:1"));
    assertEquals(2, leaving.tunnels());
    assertEquals(MemberState.UP, leaving.state());
  }

  @Test
  void aPoolThatReturnsWhileItIsConnectedIsTheSame() {
    Pool pool = router.pool(spec(member("a:1")));
    Lease open = take(pool);

    router.pools.apply(List.of());
    assertTrue(router.pools.find("shop").isEmpty());
    router.pools.apply(List.of(spec(member("a:1"))));

    assertSame(pool, router.pools.find("shop").orElseThrow());
    assertEquals(1, open.member().tunnels());
  }
}
