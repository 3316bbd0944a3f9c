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

/**
 * The meters of the members of pools, read at each scrape. Their labels are what operators have
 * defined, no more: the pool, the member, and its state.
 */
final class MemberMeters implements MultiCollector {
  private static final String PREFIX = "selvedge_pool_member_";

  private final Supplier<List<MemberReading>> members;

  MemberMeters(Supplier<List<MemberReading>> members) {
    this.members = members;
  }

  @Override
  public MetricSnapshots collect() {
    List<MemberReading> now = members.get();
    if (now.isEmpty()) {
      return new MetricSnapshots();
    }
    return new MetricSnapshots(
        states(now),
        connects(now),
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

  private static GaugeSnapshot states(List<MemberReading> now) {
    GaugeSnapshot.Builder all =
        GaugeSnapshot.builder().name(PREFIX + "state").help("1 for the state that it is in");
    for (MemberReading member : now) {
      Labels labels = labels(member).merge(Labels.of("state", member.state()));
      all.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(1).build());
    }
    return all.build();
  }

  private static SummarySnapshot connects(List<MemberReading> now) {
    SummarySnapshot.Builder all =
        SummarySnapshot.builder()
            .name(PREFIX + "connect_seconds")
            .help("From the pick to the connection");
    for (MemberReading member : now) {
      all.dataPoint(
          SummaryDataPointSnapshot.builder()
              .labels(labels(member))
              .count(member.connects())
              .sum(member.connectSeconds())
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
