package dev.selvedge.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a node sends to its peers over the event bus. Any thread; nothing allocates after a first.
 */
public final class BusMeters {
  static final String ENVELOPES = "selvedge_bus_envelopes";

  private final Map<Class<?>, LongAdder> envelopes = new ConcurrentHashMap<>();
  final LongAdder frames = new LongAdder();

  /** An envelope of that class is on its way to another node, with others in a batch. */
  public void envelope(Class<?> type) {
    LongAdder known = envelopes.get(type);
    if (known == null) {
      known = envelopes.computeIfAbsent(type, first -> new LongAdder());
    }
    known.increment();
  }

  /** A message was given to the bus: a batch, or an acknowledgement of one. */
  public void frame() {
    frames.increment();
  }

  /** Such as {@code GroupWire.Publish}. */
  private static String name(Class<?> type) {
    String name = type.getName();
    return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
  }

  /** The envelopes, by the name of their class. */
  Collector collector() {
    return new Collector() {
      @Override
      public CounterSnapshot collect() {
        CounterSnapshot.Builder all =
            CounterSnapshot.builder().name(ENVELOPES).help("Envelopes sent to other nodes");
        envelopes.forEach(
            (type, sent) ->
                all.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .labels(Labels.of("kind", name(type)))
                        .value(sent.sum())
                        .build()));
        return all.build();
      }

      @Override
      public String getPrometheusName() {
        return ENVELOPES;
      }
    };
  }
}
