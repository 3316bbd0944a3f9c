package dev.selvedge.router;

import static dev.selvedge.router.Fixture.at;
import static dev.selvedge.router.Fixture.limited;
import static dev.selvedge.router.Fixture.member;
import static dev.selvedge.router.Fixture.minActive;
import static dev.selvedge.router.Fixture.of;
import static dev.selvedge.router.Fixture.refusal;
import static dev.selvedge.router.Fixture.slowStart;
import static dev.selvedge.router.Fixture.take;
import static dev.selvedge.router.Fixture.weighted;
import static dev.selvedge.router.Fixture.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.MemberSpec.AdminState;
import dev.selvedge.router.PoolSpec.Key;
import dev.selvedge.router.PoolSpec.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancingTest {
  private final Fixture router = new Fixture();

  private static MemberSpec prior(String address, int priority, int maxTunnels) {
    return new MemberSpec(address, 1, priority, AdminState.UP, maxTunnels, 0, 0);
  }

  @Test
  void connectionsAreSpreadByWeight() {
    Pool pool = router.pool(of(weighted("a:1", 1), weighted("b:1", 2), weighted("c:1", 5)));

    take(pool, 800);

    assertEquals(100, at(pool, "a:1").tunnels(), 2);
    assertEquals(200, at(pool, "b:1").tunnels(), 2);
    assertEquals(500, at(pool, "c:1").tunnels(), 2);
  }

  @Test
  void aConnectionCountsFromThePick() {
    Pool pool = router.pool(of(member("a:1"), member("b:1")));

    Set<Member> picked = new HashSet<>();
    picked.add(take(pool).member());
    picked.add(take(pool).member());

    assertEquals(2, picked.size());
  }

  @Test
  void theMemberThatLostAConnectionIsNext() {
    Pool pool = router.pool(of(member("a:1"), member("b:1"), member("c:1")));
    List<Lease> leases = take(pool, 30);
    Lease ended = leases.get(7);

    ended.release();
    ended.release();

    assertEquals(9, ended.member().tunnels());
    assertEquals(ended.member(), take(pool).member());
  }

  @Test
  void tiesAreBrokenAtRandom() {
    Map<String, Integer> first = new HashMap<>();
    Pool pool = router.pool(of(member("a:1"), member("b:1"), member("c:1"), member("d:1")));
    for (int i = 0; i < 4_000; i++) {
      Lease lease = take(pool);
      first.merge(lease.member().address(), 1, Integer::sum);
      lease.release();
    }

    assertEquals(4, first.size());
    first.values().forEach(times -> assertEquals(1_000, times, 150));
  }

  @Test
  void twoRandomMembersAreComparedByTheirScores() {
    Pool pool =
        router.pool(with(of(member("a:1"), member("b:1"), member("c:1")), new Policy.PowerOfTwo()));

    take(pool, 300);

    pool.members().forEach(member -> assertEquals(100, member.tunnels(), 8));
  }

  @Test
  void powerOfTwoComparesTwoDifferentMembers() {
    Pool pool = router.pool(with(of(member("a:1"), member("b:1")), new Policy.PowerOfTwo()));

    for (int i = 0; i < 100; i++) {
      Lease one = take(pool);
      Lease other = take(pool);
      assertTrue(!one.member().equals(other.member()), "the better of two is the idle one");
      one.release();
      other.release();
    }
  }

  @Test
  void requestsCountToo() {
    Pool pool = router.pool(of(member("a:1"), member("b:1")));
    for (int i = 0; i < 10; i++) {
      pool.admit(Traffic.REQUEST, FakeRequest.plain());
    }

    assertEquals(5, at(pool, "a:1").requests());
    assertEquals(5, at(pool, "b:1").requests());
  }

  // ---- hashing

  private static PoolSpec hashed(Key key, int members) {
    List<MemberSpec> all = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      all.add(member("m" + i + ":1"));
    }
    return with(PoolSpec.of("shop", all), new Policy.Hash(key));
  }

  @Test
  void everyoneInARoomLandsOnOneMember() {
    Pool pool = router.pool(hashed(new Key.PathSegment(2), 5));

    Set<Member> of42 = new HashSet<>();
    Set<Member> any = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      of42.add(take(pool, new FakeRequest("/room/42/seat/" + i)).member());
      any.add(take(pool, new FakeRequest("/room/" + i)).member());
    }

    assertEquals(1, of42.size());
    assertEquals(5, any.size());
  }

  @Test
  void theMemberForAKeyIsTheFirstOfTheOrder() {
    List<Member> members =
        List.copyOf(
            router.pool(of(weighted("a:1", 1), weighted("b:1", 5), member("c:1"))).members());

    for (int i = 0; i < 500; i++) {
      assertEquals(Rendezvous.order("k" + i, members).get(0), Rendezvous.first("k" + i, members));
    }
  }

  @Test
  void eachKindOfKeyIsHashed() {
    Map<Key, FakeRequest> cases =
        Map.of(
            new Key.Header("x-user"), FakeRequest.plain().with("x-user", "ann"),
            new Key.Cookie("user"), FakeRequest.plain().with("cookie", "a=b; user=ann"),
            new Key.Query("user"), FakeRequest.plain().asking("user", "ann"),
            new Key.PathSegment(1), new FakeRequest("/ann"),
            new Key.Source(), FakeRequest.plain().from("198.51.100.7"));

    cases.forEach(
        (key, request) -> {
          Pool pool = new Fixture(2).pool(hashed(key, 8));
          Set<Member> members = new HashSet<>();
          for (int i = 0; i < 20; i++) {
            members.add(take(pool, request).member());
          }
          assertEquals(1, members.size(), key.toString());
        });
  }

  @Test
  void withoutTheKeyConnectionsAreBalanced() {
    Pool pool = router.pool(hashed(new Key.Header("x-user"), 4));

    take(pool, 40);

    pool.members().forEach(member -> assertEquals(10, member.tunnels()));
  }

  @Test
  void aMemberThatComesMovesOnlyItsShareOfKeys() {
    Pool pool = router.pool(hashed(new Key.Query("k"), 9));
    Map<String, String> before = new HashMap<>();
    for (int i = 0; i < 1_000; i++) {
      before.put("k" + i, lands(pool, "k" + i));
    }

    pool.update(hashed(new Key.Query("k"), 10));

    int moved = 0;
    for (String key : before.keySet()) {
      String now = lands(pool, key);
      if (!now.equals(before.get(key))) {
        moved++;
        assertEquals("m9:1", now, "a key moves to the new member or not at all");
      }
    }
    assertEquals(100, moved, 40);
  }

  private static String lands(Pool pool, String key) {
    Lease lease = take(pool, FakeRequest.plain().asking("k", key));
    lease.release();
    return lease.member().address();
  }

  @Test
  void heavierMembersGetMoreKeys() {
    PoolSpec spec =
        with(of(weighted("a:1", 1), weighted("b:1", 3)), new Policy.Hash(new Key.Query("k")));
    Pool pool = router.pool(spec);
    for (int i = 0; i < 2_000; i++) {
      take(pool, FakeRequest.plain().asking("k", "k" + i));
    }

    assertEquals(500, at(pool, "a:1").tunnels(), 90);
  }

  // ---- priorities

  @Test
  void lowerPrioritiesAreUsedWhileTooFewOfTheHigherAreActive() {
    Pool pool =
        router.pool(minActive(of(prior("a:1", 2, 0), prior("b:1", 2, 0), prior("c:1", 1, 0)), 2));
    take(pool, 10);
    assertEquals(0, at(pool, "c:1").tunnels());

    at(pool, "a:1").health(false, "refused");
    take(pool, 4);

    assertEquals(4, at(pool, "c:1").tunnels());
    at(pool, "a:1").health(true, "");
    take(pool, 10);
    assertEquals(4, at(pool, "c:1").tunnels());
  }

  @Test
  void aMemberAtItsLimitIsNotActive() {
    Pool pool =
        router.pool(minActive(of(prior("a:1", 2, 3), prior("b:1", 2, 0), prior("c:1", 1, 0)), 2));
    take(pool, 6);
    assertEquals(0, at(pool, "c:1").tunnels());

    take(pool, 1);

    assertEquals(1, at(pool, "c:1").tunnels());
  }

  @Test
  void withoutAMinimumPrioritiesDoNotCount() {
    Pool pool = router.pool(of(prior("a:1", 2, 0), prior("b:1", 1, 0)));

    take(pool, 10);

    assertEquals(5, at(pool, "b:1").tunnels());
  }

  // ---- slow start

  @Test
  void aMemberThatJoinsGetsItsShareSlowly() {
    PoolSpec two = slowStart(of(member("a:1"), member("b:1")), Duration.ofSeconds(100));
    Pool pool = router.pool(two);
    take(pool, 200);

    pool.update(two.withMembers(List.of(member("a:1"), member("b:1"), member("c:1"))));
    router.timing.pass(Duration.ofSeconds(10));
    take(pool, 40);

    assertEquals(11, at(pool, "c:1").tunnels(), 2, "a tenth of the others' after a tenth of it");
    assertEquals(0.1, at(pool, "c:1").stats().weight(), 0.001);
    router.timing.pass(Duration.ofSeconds(100));
    assertEquals(1, at(pool, "c:1").stats().weight());
    take(pool, 60);
    assertEquals(70, at(pool, "c:1").tunnels(), 2);
  }

  @Test
  void aMemberThatRecoversGetsItsShareSlowly() {
    Pool pool = router.pool(slowStart(of(member("a:1"), member("b:1")), Duration.ofSeconds(100)));
    at(pool, "b:1").health(false, "refused");
    take(pool, 100);

    at(pool, "b:1").health(true, "");
    router.timing.pass(Duration.ofSeconds(20));
    take(pool, 10);

    assertEquals(10, at(pool, "b:1").tunnels());
    take(pool, 20);
    assertEquals(22, at(pool, "b:1").tunnels(), 3);
  }

  @Test
  void slowStartDoesNotCountAtTheRoutersStartNorIfAllAreNew() {
    PoolSpec spec = slowStart(of(member("a:1"), weighted("b:1", 2)), Duration.ofSeconds(100));
    Pool pool = router.pool(spec);
    assertEquals(2, at(pool, "b:1").stats().weight());

    pool.update(spec.withMembers(List.of(member("c:1"), weighted("d:1", 2))));

    assertEquals(1, at(pool, "c:1").stats().weight());
    assertEquals(2, at(pool, "d:1").stats().weight());
  }

  @Test
  void theAgentsShareOfTheWeightCounts() {
    Pool pool = router.pool(of(weighted("a:1", 10), weighted("b:1", 10)));

    at(pool, "b:1").agent(50, null);
    take(pool, 150);

    assertEquals(50, at(pool, "b:1").tunnels(), 1);
    at(pool, "b:1").agent(0, null);
    assertEquals(MemberState.DISABLED, at(pool, "b:1").state());
  }

  // ---- nobody

  @Test
  void aPoolWithoutAMemberThatIsUpRefuses() {
    Pool pool = router.pool(of(member("a:1"), limited("b:1", 1, 0)));
    pool.members().forEach(member -> member.health(false, "refused"));

    Admission admission = Fixture.ask(pool, FakeRequest.plain());

    assertEquals(RouterException.Reason.NO_MEMBER, refusal(admission));
    int after = ((RouterException) admission.lease().cause()).retryAfterSeconds();
    assertTrue(after >= 1 && after <= 11, "retry after " + after);
  }

  @Test
  void aRetryGetsAnotherMemberUntilAllWereTried() {
    Pool pool = router.pool(of(member("a:1"), member("b:1"), member("c:1")));
    List<Member> failed = new ArrayList<>();
    router.pools.listen(
        new ConnectListener() {
          @Override
          public void connected(Pool of, Member member) {}

          @Override
          public void connectFailed(Pool of, Member member) {
            failed.add(member);
          }
        });

    Lease first = take(pool);
    Lease second = Fixture.got(first.retry());
    Lease third = Fixture.got(second.retry());

    assertEquals(
        Set.copyOf(pool.members()), Set.of(first.member(), second.member(), third.member()));
    assertEquals(RouterException.Reason.NO_MEMBER, refusal(third.retry()));
    assertEquals(List.of(first.member(), second.member(), third.member()), failed);
    pool.members().forEach(member -> assertEquals(0, member.tunnels()));
    assertEquals(1, first.member().stats().connectFailures());
  }
}
