package dev.selvedge.router;

import static dev.selvedge.router.Fixture.ask;
import static dev.selvedge.router.Fixture.at;
import static dev.selvedge.router.Fixture.got;
import static dev.selvedge.router.Fixture.limited;
import static dev.selvedge.router.Fixture.member;
import static dev.selvedge.router.Fixture.of;
import static dev.selvedge.router.Fixture.refusal;
import static dev.selvedge.router.Fixture.take;
import static dev.selvedge.router.Fixture.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.MemberSpec.AdminState;
import dev.selvedge.router.PoolSpec.Queue;
import dev.selvedge.router.RouterException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QueueTest {
  private final Fixture router = new Fixture();

  private static PoolSpec queueing(int depth, MemberSpec... members) {
    return with(of(members), new Queue(depth, Duration.ofSeconds(5)));
  }

  private static Admission plain(Pool pool) {
    return ask(pool, FakeRequest.plain());
  }

  @Test
  void atTheLimitsClientsWaitAndAreServedInOrder() {
    Pool pool = router.pool(queueing(10, limited("a:1", 1, 0), limited("b:1", 1, 0)));
    List<Lease> open = take(pool, 2);
    List<Admission> waiting = List.of(plain(pool), plain(pool), plain(pool));
    assertEquals(3, pool.waiting());

    open.get(0).release();
    assertTrue(waiting.get(0).lease().succeeded());
    assertFalse(waiting.get(1).lease().isComplete());
    open.get(1).release();

    assertTrue(waiting.get(1).lease().succeeded());
    assertFalse(waiting.get(2).lease().isComplete());
    assertEquals(1, pool.waiting());
    assertEquals(2, at(pool, "a:1").tunnels() + at(pool, "b:1").tunnels());
  }

  @Test
  void tunnelsAndRequestsHaveLimitsOfTheirOwn() {
    Pool pool = router.pool(queueing(10, limited("a:1", 1, 2)));
    take(pool);
    Admission tunnel = plain(pool);

    got(pool.admit(Traffic.REQUEST, FakeRequest.plain()));
    Lease second = got(pool.admit(Traffic.REQUEST, FakeRequest.plain()));
    Admission third = pool.admit(Traffic.REQUEST, FakeRequest.plain());

    assertFalse(third.lease().isComplete());
    second.release();
    assertTrue(third.lease().succeeded());
    assertFalse(tunnel.lease().isComplete());
  }

  @Test
  void withoutALimitNobodyEverWaits() {
    Pool pool = router.pool(queueing(0, member("a:1")));

    take(pool, 5_000);

    assertEquals(5_000, at(pool, "a:1").tunnels());
  }

  @Test
  void aFullQueueRefuses() {
    Pool pool = router.pool(queueing(2, limited("a:1", 1, 0)));
    take(pool);
    plain(pool);
    plain(pool);

    assertEquals(Reason.QUEUE_FULL, refusal(plain(pool)));
    assertEquals(2, pool.waiting());
  }

  @Test
  void aClientDoesNotWaitForEver() {
    Pool pool = router.pool(queueing(10, limited("a:1", 1, 0)));
    Lease only = take(pool);
    Admission waits = plain(pool);

    router.timing.passMillis(4_999);
    assertFalse(waits.lease().isComplete());
    router.timing.passMillis(2);

    assertEquals(Reason.QUEUE_TIMEOUT, refusal(waits));
    only.release();
    assertEquals(0, at(pool, "a:1").tunnels());
    assertEquals(0, pool.waiting());
    assertEquals(0, router.timing.pending());
  }

  @Test
  void whenToComeBackIsDrawnAtRandom() {
    Pool pool = router.pool(queueing(0, limited("a:1", 1, 0)));
    take(pool);
    Set<Integer> seconds = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Admission refused = plain(pool);
      seconds.add(((RouterException) refused.lease().cause()).retryAfterSeconds());
    }

    assertEquals(Set.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), seconds);
  }

  @Test
  void aClientThatLeavesGivesUpItsPlaceInTheQueue() {
    Pool pool = router.pool(queueing(2, limited("a:1", 1, 0)));
    Lease only = take(pool);
    Admission first = plain(pool);
    Admission second = plain(pool);

    first.abandon().run();
    first.abandon().run();
    assertEquals(Reason.ABANDONED, refusal(first));
    assertEquals(1, pool.waiting());
    only.release();

    Lease lease = got(second);
    second.abandon().run();
    assertEquals(1, lease.member().tunnels(), "a lease that was given is not touched");
  }

  @Test
  void thoseWhoStickToTheMemberComeFirst() {
    Pool pool = router.pool(queueing(10, limited("a:1", 2, 0)));
    Lease mine = take(pool);
    Lease other = take(pool);
    Admission any = plain(pool);
    Admission sticky = ask(pool, Fixture.back(mine));

    other.release();

    assertTrue(sticky.lease().succeeded());
    assertFalse(any.lease().isComplete());
    mine.release();
    assertTrue(any.lease().succeeded());
  }

  @Test
  void aClientWhoseMemberGoesDownWhileItWaitsGetsAnother() {
    Pool pool = router.pool(queueing(10, limited("a:1", 1, 0), limited("b:1", 5, 0)));
    at(pool, "b:1").health(false, "refused");
    Lease mine = take(pool);
    at(pool, "b:1").health(true, "");
    Admission waits = ask(pool, Fixture.back(mine));
    assertFalse(waits.lease().isComplete());

    at(pool, "a:1").health(false, "refused");

    assertEquals("b:1", got(waits).member().address());
    assertEquals(Lease.Stickiness.REHOMED, got(waits).stickiness());
    assertEquals(0, at(pool, "a:1").stats().queued());
  }

  @Test
  void aRaisedLimitANewMemberAndARecoveryServeThoseWhoWait() {
    PoolSpec spec = queueing(10, limited("a:1", 1, 0), limited("b:1", 1, 0));
    Pool pool = router.pool(spec);
    at(pool, "b:1").health(false, "refused");
    take(pool);
    List<Admission> waiting = List.of(plain(pool), plain(pool), plain(pool));

    pool.update(spec.withMembers(List.of(limited("a:1", 2, 0), limited("b:1", 1, 0))));
    assertTrue(waiting.get(0).lease().succeeded());
    at(pool, "b:1").health(true, "");
    assertTrue(waiting.get(1).lease().succeeded());
    List<MemberSpec> more = new ArrayList<>(pool.spec().members());
    more.add(member("c:1"));
    pool.update(spec.withMembers(more));

    assertEquals("c:1", got(waiting.get(2)).member().address());
  }

  @Test
  void whenAPoolGoesThoseWhoWaitAreRefused() {
    Pool pool = router.pool(queueing(10, limited("a:1", 1, 0)));
    Lease open = take(pool);
    Admission waits = plain(pool);

    router.pools.apply(List.of());

    assertEquals(Reason.NO_MEMBER, refusal(waits));
    assertEquals(Reason.NO_MEMBER, refusal(plain(pool)));
    open.release();
    assertTrue(pool.members().isEmpty());
  }

  @Test
  void newTunnelsComeNoFasterThanTheMemberWants() {
    MemberSpec slow = new MemberSpec("a:1", 1, 0, AdminState.UP, 0, 0, 20);
    Pool pool = router.pool(queueing(1_000, slow));
    for (int i = 0; i < 100; i++) {
      plain(pool);
    }
    assertEquals(2, at(pool, "a:1").tunnels(), "a tenth of a second's worth at once");

    for (int second = 1; second <= 4; second++) {
      router.timing.pass(Duration.ofSeconds(1));
      assertEquals(2 + 20 * second, at(pool, "a:1").tunnels(), 1);
    }
    assertEquals(100, at(pool, "a:1").tunnels() + pool.waiting());
  }

  @Test
  void theExcessOfASlowMemberGoesToTheOthers() {
    MemberSpec slow = new MemberSpec("a:1", 1, 0, AdminState.UP, 0, 0, 1);
    Pool pool = router.pool(queueing(0, slow, member("b:1")));

    take(pool, 50);

    assertEquals(1, at(pool, "a:1").tunnels());
    assertEquals(49, at(pool, "b:1").tunnels());
  }

  @Test
  void requestsAreNotSlowedDown() {
    MemberSpec slow = new MemberSpec("a:1", 1, 0, AdminState.UP, 0, 0, 1);
    Pool pool = router.pool(queueing(0, slow));

    for (int i = 0; i < 50; i++) {
      got(pool.admit(Traffic.REQUEST, FakeRequest.plain()));
    }
  }
}
