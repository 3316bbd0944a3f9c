package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.LoadReport.Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What least connections are worth when several routers share their counts: a member's death, a
 * cold start and a newcomer, with eight routers before ten members.
 */
class SharedCountsTest {
  private static final Duration LIFE = Duration.ofSeconds(600);
  private static final int MEMBERS = 10;
  private static final int EACH = 1_000;
  private static final double RATE = MEMBERS * EACH / (double) LIFE.toSeconds();

  /** Reports once a second, whatever happens: the hardest case for the estimate. */
  private static final LoadBoard.Rhythm SLOW =
      new LoadBoard.Rhythm(Duration.ofSeconds(1), Duration.ofSeconds(1));

  private static PoolSpec spec(int members) {
    List<MemberSpec> all = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      all.add(MemberSpec.of("m" + i + ":1"));
    }
    return PoolSpec.of("shop", all);
  }

  private static RouterSimulation filled(long seed, PoolSpec spec, LoadBoard.Rhythm rhythm) {
    RouterSimulation all = new RouterSimulation(seed, 8, spec, rhythm);
    all.arrive(MEMBERS * EACH, Duration.ofSeconds(20), LIFE);
    all.timing.pass(Duration.ofSeconds(25));
    all.keepArriving(RATE, LIFE);
    all.timing.pass(Duration.ofSeconds(5));
    return all;
  }

  // ---- a member dies and its clients come back within two seconds

  private static void storm(LoadBoard.Rhythm rhythm, double worstShare) {
    for (int seed = 1; seed <= 5; seed++) {
      RouterSimulation all = filled(seed, spec(MEMBERS), rhythm);
      int lost = all.kill("m0:1");
      assertTrue(lost > 800, "lost " + lost);

      all.watch();
      all.arrive(lost, Duration.ofSeconds(2), LIFE);
      all.timing.pass(Duration.ofSeconds(4));

      assertTrue(all.maxToMean() <= 1.02, "max/mean " + all.maxToMean());
      double share = all.worstShare(MEMBERS - 1);
      assertTrue(share <= worstShare, "share of the handshakes of a second: " + share);
    }
  }

  @Test
  void aStormEndsEvenAndHammersNobody() {
    storm(LoadBoard.Rhythm.USUAL, 2);
  }

  @Test
  void aStormEndsEvenAlsoIfCountsAreSharedOnlyOnceASecond() {
    storm(SLOW, 2);
  }

  @Test
  void anUnevenEntryDoesNotMisleadTheEstimate() {
    RouterSimulation all = new RouterSimulation(1, 8, spec(MEMBERS), SLOW);
    all.comeThroughTheFirst(0.9);
    all.arrive(MEMBERS * EACH, Duration.ofSeconds(20), LIFE);
    all.timing.pass(Duration.ofSeconds(10));

    Map<String, Integer> truth = all.truth();
    for (Member member : all.routers.get(0).pool.members()) {
      assertEquals(truth.get(member.address()), member.stats().clusterLoad(), 10, member + "");
    }
    all.timing.pass(Duration.ofSeconds(15));
    assertTrue(all.maxToMean() <= 1.02, "max/mean " + all.maxToMean());
  }

  // ---- a few tunnels, no history

  @Test
  void fewTunnelsOnEmptyMembersAreSpreadToo() {
    double sum = 0;
    int seeds = 20;
    for (int seed = 1; seed <= seeds; seed++) {
      RouterSimulation all = new RouterSimulation(seed, 8, spec(MEMBERS), SLOW);
      all.arrive(8 * MEMBERS, Duration.ofSeconds(2), LIFE);
      all.timing.pass(Duration.ofSeconds(3));
      sum += all.maxToMean();
    }

    assertTrue(sum / seeds <= 1.35, "max/mean " + sum / seeds);
  }

  // ---- a member joins

  @Test
  void aNewcomerWithSlowStartIsNotFlooded() {
    PoolSpec slow = Fixture.slowStart(spec(MEMBERS), Duration.ofSeconds(300));
    RouterSimulation all = filled(1, slow, LoadBoard.Rhythm.USUAL);

    all.update(Fixture.slowStart(spec(MEMBERS + 1), Duration.ofSeconds(300)));
    all.watch();
    all.timing.pass(Duration.ofSeconds(10));
    double early = all.handshakes("m10:1") / (double) all.handshakes();
    all.timing.pass(Duration.ofSeconds(350));

    assertTrue(early < 0.35, "its share of the first ten seconds: " + early);
    double share = all.truth().get("m10:1") / all.mean();
    assertTrue(share > 0.9, "its share in the end: " + share);
    assertTrue(all.maxToMean() <= 1.02, "max/mean " + all.maxToMean());
  }

  @Test
  void aNewcomerWithATokenBucketTakesNoMoreThanThat() {
    RouterSimulation all = filled(1, spec(MEMBERS), LoadBoard.Rhythm.USUAL);
    List<MemberSpec> members = new ArrayList<>(spec(MEMBERS).members());
    members.add(new MemberSpec("m10:1", 1, 0, MemberSpec.AdminState.UP, 0, 0, 1));

    all.update(spec(MEMBERS).withMembers(members));
    all.watch();
    all.timing.pass(Duration.ofSeconds(10));

    int taken = all.handshakes("m10:1");
    assertTrue(taken <= 8 * 11, "eight routers, one a second each: " + taken);
    assertTrue(taken >= 40, "eight routers, one a second each: " + taken);
  }

  // ---- a router dies

  @Test
  void whenARouterDiesTheCountsAreTrueWithinTwoPeriods() {
    RouterSimulation all = filled(1, spec(MEMBERS), LoadBoard.Rhythm.USUAL);
    int lost = all.kill(all.routers.get(3));
    assertTrue(lost > 800, "lost " + lost);

    all.timing.pass(Duration.ofSeconds(2));

    Map<String, Integer> truth = all.truth();
    for (RouterSimulation.Router router : all.live()) {
      for (Member member : router.pool.members()) {
        long estimate = member.stats().clusterLoad();
        assertEquals(truth.get(member.address()), estimate, 30, member + " seen by " + router.id);
      }
    }
  }

  // ---- the board alone

  private static final NodeId PEER = new NodeId("peeraaaa");

  private final FakeTiming timing = new FakeTiming(1);
  private final List<LoadReport> reports = new ArrayList<>();
  private final LoadBoard board = new LoadBoard(timing, LoadBoard.Rhythm.USUAL, reports::add);
  private final Tally tally = board.open("m");

  private void run(Duration time) {
    long end = timing.nanos() + time.toNanos();
    while (timing.nanos() < end) {
      timing.passMillis(50);
      board.tick();
    }
  }

  private static LoadReport report(long epoch, long seq, int tunnels) {
    return report(epoch, seq, tunnels, 0);
  }

  private static LoadReport report(long epoch, long seq, int tunnels, long picks) {
    return new LoadReport(epoch, seq, picks, Map.of("m", new Counts(tunnels, 0, 0)));
  }

  private void picks(int times) {
    tally.of(Traffic.TUNNEL).addAndGet(times);
  }

  @Test
  void ownPicksStandForThoseThatTheOthersHaveNotReported() {
    picks(5);
    board.heard(PEER, report(1, 1, 20));
    assertEquals(25, tally.estimate());

    picks(3);

    assertEquals(5 + 20 + 2 * 3, tally.estimate());
    board.heard(PEER, report(1, 2, 23));
    assertEquals(8 + 23, tally.estimate());
  }

  @Test
  void anOwnPickStandsForAsManyOfAnothersAsComeThroughIt() {
    board.heard(PEER, report(1, 1, 0, 7));
    for (int i = 0; i < 1_000; i++) {
      tally.pick(Traffic.TUNNEL);
    }
    board.heard(PEER, report(1, 2, 4_000, 7 + 4_000));
    long before = tally.estimate();
    assertEquals(1_000 + 4_000, before);

    for (int i = 0; i < 100; i++) {
      tally.pick(Traffic.TUNNEL);
    }
    assertEquals(100 + 400, tally.estimate() - before, 20);

    board.heard(PEER, report(2, 1, 0, 0));
    before = tally.estimate();
    tally.pick(Traffic.TUNNEL);
    assertEquals(2, tally.estimate() - before, "a new life is a new beginning");
  }

  @Test
  void whoGetsMoreOfLateCountsForMore() {
    board.heard(PEER, report(1, 1, 0, 0));
    board.heard(PEER, report(1, 2, 0, 5_000));
    timing.pass(Duration.ofMinutes(5));
    for (int i = 0; i < 1_000; i++) {
      tally.pick(Traffic.REQUEST);
    }
    board.heard(PEER, report(1, 3, 0, 5_000));
    long before = tally.estimate();

    for (int i = 0; i < 100; i++) {
      tally.pick(Traffic.REQUEST);
    }

    assertEquals(100, tally.estimate() - before, 10);
  }

  @Test
  void anOldReportDoesNotReplaceANewerOne() {
    board.heard(PEER, report(2, 7, 20));

    board.heard(PEER, report(2, 6, 10));
    board.heard(PEER, report(1, 99, 10));
    assertEquals(20, tally.estimate());

    board.heard(PEER, report(3, 1, 4));
    assertEquals(4, tally.estimate());
  }

  @Test
  void aRouterThatIsNotHeardIsTakenAtItsLastWordAndThenForgotten() {
    board.heard(PEER, report(1, 1, 20));
    picks(1);
    assertTrue(board.isFresh());

    run(Duration.ofSeconds(6));
    assertEquals(1 + 20, tally.estimate(), "its picks are not guessed any more");
    assertTrue(!board.isFresh());

    run(Duration.ofSeconds(5));
    assertEquals(1, tally.estimate());
    assertTrue(board.isFresh());
  }

  @Test
  void aReportGoesEachPeriodAndEarlierIfACountMoves() {
    run(Duration.ofSeconds(10));
    assertEquals(10, reports.size(), 1);

    picks(1_000);
    run(Duration.ofMillis(50));
    int before = reports.size();
    assertEquals(1_000, reports.get(before - 1).of("m").tunnels());
    picks(31);
    run(Duration.ofMillis(100));
    assertEquals(before, reports.size(), "neither 32 nor 5 %");
    picks(1);
    run(Duration.ofMillis(50));
    assertEquals(before + 1, reports.size());
  }

  @Test
  void aReportFitsIntoAnAnnouncement() {
    for (int i = 0; i < 500; i++) {
      board.open(MemberKey.of("pool", "10.0.0.1:" + i)).of(Traffic.TUNNEL).set(40_000);
    }
    run(Duration.ofSeconds(1));

    LoadReport last = reports.get(reports.size() - 1);
    assertEquals(LoadBoard.MAX_MEMBERS, last.counts().size());
    int bytes = last.toJson().toBuffer().length();
    assertTrue(bytes <= 16 * 1024, bytes + " bytes");
    assertEquals(last, LoadReport.of(last.toJson()));
  }
}
