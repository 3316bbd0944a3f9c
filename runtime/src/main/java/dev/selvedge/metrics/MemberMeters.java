package dev.selvedge.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of pools and their members, read at each scrape. Their labels are what operators have
 * defined, no more: the pool, the member, and its state.
 */
final class MemberMeters implements MultiCollector {
  private static final String PREFIX = "selvedge_pool_member_";

  private final Supplier<List<PoolReading>> pools;
  private final Supplier<List<MemberReading>> members;

  MemberMeters(Supplier<List<PoolReading>> pools, Supplier<List<MemberReading>> members) {
    this.pools = pools;
    this.members = members;
  }

  @Override
  public MetricSnapshots collect() {
    List<MemberReading> now = members.get();
    if (now.isEmpty()) {
      return new MetricSnapshots();
    }
    return new MetricSnapshots(
        waiting(pools.get()),
        states(now),
        times(
            now,
            "connect_seconds",
            "From the pick to the connection",
            MemberReading::connects,
            MemberReading::connectSeconds),
        times(
            now,
            "handshake_seconds",
            "From a WebSocket's request to the 101",
            MemberReading::handshakes,
            MemberReading::handshakeSeconds),
        gauge(now, "weight", "Effective weight", MemberReading::weight),
        gauge(now, "tunnels", "Tunnels open, from the pick on", MemberReading::tunnels),
        gauge(now, "requests", "Requests under way", MemberReading::requests),
        gauge(now, "queued", "Clients that wait for the member", MemberReading::queued),
        count(now, "picks", "Clients that got the member", MemberReading::picks),
        count(now, "sticky_hits", "Clients that came back to it", MemberReading::stickyHits),
        count(now, "sticky_misses", "Its clients that went elsewhere", MemberReading::stickyMisses),
        count(now, "limit_hits", "Clients that found it at a limit", MemberReading::limitHits),
        count(now, "connect_failures", "Connects that failed", MemberReading::connectFailures),
        count(now, "bytes_in", "Bytes from clients to it", MemberReading::bytesIn),
        count(now, "bytes_out", "Bytes from it to clients", MemberReading::bytesOut));
  }

  private static Labels labels(MemberReading member) {
    return Labels.of("pool", member.pool(), "member", member.member());
  }

  private static GaugeSnapshot waiting(List<PoolReading> now) {
    GaugeSnapshot.Builder all =
        GaugeSnapshot.builder()
            .name("selvedge_pool_waiting")
            .help("Clients that wait for any member of the pool");
    for (PoolReading pool : now) {
      all.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("pool", pool.pool()))
              .value(pool.waiting())
              .build());
    }
    return all.build();
  }

  private static GaugeSnapshot states(List<MemberReading> now) {
    GaugeSnapshot.Builder all =
        GaugeSnapshot.builder().name(PREFIX + "state").help("1 for the state that it is in");
    for (MemberReading member : now) {
      Labels labels = labels(member).merge(Labels.of("state", member.state()));
      all.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(1).build());
    }
    return all.build();
  }

  private static SummarySnapshot times(
      List<MemberReading> now,
      String name,
      String help,
      ToLongFunction<MemberReading> count,
      ToDoubleFunction<MemberReading> seconds) {
    SummarySnapshot.Builder all = SummarySnapshot.builder().name(PREFIX + name).help(help);
    for (MemberReading member : now) {
      all.dataPoint(
          SummaryDataPointSnapshot.builder()
              .labels(labels(member))
              .count(count.applyAsLong(member))
              .sum(seconds.applyAsDouble(member))
              .build());
    }
    return all.build();
  }

  private static GaugeSnapshot gauge(
      List<MemberReading> now, String name, String help, ToDoubleFunction<MemberReading> value) {
    GaugeSnapshot.Builder all = GaugeSnapshot.builder().name(PREFIX + name).help(help);
    for (MemberReading member : now) {
      all.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(labels(member))
              .value(value.applyAsDouble(member))
              .build());
    }
    return all.build();
  }

  private static CounterSnapshot count(
      List<MemberReading> now, String name, String help, ToDoubleFunction<MemberReading> value) {
    CounterSnapshot.Builder all = CounterSnapshot.builder().name(PREFIX + name).help(help);
    for (MemberReading member : now) {
      all.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(labels(member))
              .value(value.applyAsDouble(member))
              .build());
    }
    return all.build();
  }
}
