package dev.selvedge.router;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.LoadReport.Counts;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counts of all routers, put together. Each router reports its own, and only its own, so that
 * nothing has to be repaired when one dies: its report goes, and its connections are gone too.
 *
 * <p>A report is old as soon as it is read, and routers that all chose by the same old sum would
 * all choose the same member. So what this router has picked since it heard from another is taken
 * for what the other has picked in that time: for each other router the estimate adds
 *
 * <pre>reported + ratio * (own now - own when that report came)</pre>
 *
 * to the own count, where the ratio is that of the clients that come through the other and through
 * this one ({@link Inflow}). With R routers that have as many each, it is the sum of the reports
 * plus R times the own picks that they do not include, each report with its own age. Any thread.
 */
final class LoadBoard {
  private static final Logger LOG = LoggerFactory.getLogger(LoadBoard.class);

  /** A report is 16 bytes a member at least; all of it must fit into an announcement. */
  static final int MAX_MEMBERS = 400;

  private static final int STALE_PERIODS = 5;
  private static final int FORGOTTEN_PERIODS = 10;
  private static final int INFLOW_PERIODS = 10;
  private static final int MUCH = 32;
  private static final int SHARE = 20;

  /**
   * When to report.
   *
   * @param period at the latest
   * @param gap at the earliest, if a count moved by 5 % or by 32
   */
  record Rhythm(Duration period, Duration gap) {
    static final Rhythm USUAL = new Rhythm(Duration.ofSeconds(1), Duration.ofMillis(50));
  }

  /** Another router: its last report, and what this one had when it came. */
  private record Peer(
      LoadReport report, long heardAt, Map<String, Integer> ownThen, Inflow inflow) {}

  private final Timing timing;
  private final Rhythm rhythm;
  private final Consumer<LoadReport> out;
  private final long epoch;
  private final Map<String, Tally> tallies = new LinkedHashMap<>();
  private final Map<String, Integer> reported = new HashMap<>();
  private final Map<NodeId, Peer> peers = new HashMap<>();
  private long seq;
  private long reportedAt;
  private boolean silent = true;
  private boolean tooMany;

  /** Picks of members that are no more. */
  private long formerPicks;

  private volatile boolean fresh = true;

  LoadBoard(Timing timing, Rhythm rhythm, Consumer<LoadReport> out) {
    this.timing = timing;
    this.rhythm = rhythm;
    this.out = out;
    this.epoch = timing.epochMillis();
    // Routers that start together do not report together.
    this.reportedAt =
        timing.nanos() - timing.random().nextLong(Math.max(1, rhythm.period.toNanos()));
  }

  // ---- members

  synchronized Tally open(String key) {
    Tally tally = new Tally(key);
    tallies.put(key, tally);
    estimate(tally, timing.nanos());
    return tally;
  }

  synchronized void close(Tally tally) {
    if (tallies.remove(tally.key(), tally)) {
      formerPicks += tally.picks();
    }
    peers.values().forEach(peer -> peer.ownThen.remove(tally.key()));
  }

  // ---- own report

  /** Reports if it is time to. Call it more often than {@link Rhythm#gap} if counts may move. */
  void tick() {
    LoadReport report;
    synchronized (this) {
      long now = timing.nanos();
      age(now);
      if (silent && tallies.isEmpty() || !isDue(now)) {
        return;
      }
      silent = false;
      report = report(now);
    }
    out.accept(report);
  }

  private boolean isDue(long now) {
    long since = now - reportedAt;
    return since >= rhythm.period.toNanos() || since >= rhythm.gap.toNanos() && hasMoved();
  }

  private boolean hasMoved() {
    for (Tally tally : tallies.values()) {
      int before = reported.getOrDefault(tally.key(), 0);
      int moved = Math.abs(tally.load() - before);
      if (moved > 0 && (moved >= MUCH || moved * SHARE > before)) {
        return true;
      }
    }
    return false;
  }

  private LoadReport report(long now) {
    Map<String, Counts> counts = new LinkedHashMap<>();
    reported.clear();
    for (Tally tally : tallies.values()) {
      Counts at = new Counts(tally.tunnels(), tally.requests(), tally.queued().get());
      reported.put(tally.key(), at.load());
      if (at.load() > 0 && counts.size() < MAX_MEMBERS) {
        counts.put(tally.key(), at);
      }
    }
    if (!tooMany && tallies.size() > MAX_MEMBERS) {
      tooMany = true;
      LOG.warn(
          "members={} (expected: up to {}): the counts of the rest are not shared",
          tallies.size(),
          MAX_MEMBERS);
    }
    reportedAt = now;
    return new LoadReport(epoch, ++seq, picks(), counts);
  }

  private long picks() {
    return formerPicks + tallies.values().stream().mapToLong(Tally::picks).sum();
  }

  // ---- the others' reports

  synchronized void heard(NodeId from, LoadReport report) {
    Peer before = peers.get(from);
    if (before != null && !follows(report, before.report)) {
      return;
    }
    long now = timing.nanos();
    Map<String, Integer> ownNow = new HashMap<>();
    tallies.values().forEach(tally -> ownNow.put(tally.key(), tally.load()));
    peers.put(from, new Peer(report, now, ownNow, inflow(report, before, now)));
    estimateAll();
  }

  private Inflow inflow(LoadReport report, @Nullable Peer before, long now) {
    if (before == null || before.report.epoch() != report.epoch()) {
      return new Inflow(INFLOW_PERIODS * rhythm.period.toNanos(), report.picks(), picks(), now);
    }
    before.inflow.heard(report.picks(), picks(), now);
    return before.inflow;
  }

  private static boolean follows(LoadReport next, LoadReport last) {
    return next.epoch() > last.epoch() || next.epoch() == last.epoch() && next.seq() > last.seq();
  }

  /** Its connections ended with it. */
  synchronized void left(NodeId node) {
    if (peers.remove(node) != null) {
      estimateAll();
    }
  }

  /** A router that was not heard for long is taken at its last word, and then not at all. */
  private void age(long now) {
    long period = rhythm.period.toNanos();
    boolean forgotten =
        peers.values().removeIf(peer -> now - peer.heardAt > FORGOTTEN_PERIODS * period);
    if (forgotten || !fresh || !isFresh(now)) {
      estimateAll();
    }
  }

  private boolean isStale(Peer peer, long now) {
    return now - peer.heardAt > STALE_PERIODS * rhythm.period.toNanos();
  }

  private boolean isFresh(long now) {
    return peers.values().stream().noneMatch(peer -> isStale(peer, now));
  }

  /** Whether every other router was heard of late. */
  boolean isFresh() {
    return fresh;
  }

  private void estimateAll() {
    long now = timing.nanos();
    fresh = isFresh(now);
    tallies.values().forEach(tally -> estimate(tally, now));
  }

  private void estimate(Tally tally, long now) {
    double base = 0;
    double each = 1;
    for (Peer peer : peers.values()) {
      base += peer.report.of(tally.key()).load();
      if (!isStale(peer, now)) {
        double ratio = peer.inflow.ratio();
        base -= ratio * peer.ownThen.getOrDefault(tally.key(), 0);
        each += ratio;
      }
    }
    tally.others(base, each);
  }
}
