package dev.selvedge.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Collects what a report says. */
final class Figures {
  private final Map<String, Object> figures = new LinkedHashMap<>();
  private final List<String> complaints = new ArrayList<>();

  Figures(String mode, Load load) {
    put("mode", mode);
    put("target", targets(load));
    put("protocol", load.dialect().word());
    put("connections", load.connections());
    put("threads", load.threads());
  }

  private static String targets(Load load) {
    return load.targets().stream()
        .map(target -> target.authority() + target.resource())
        .collect(Collectors.joining(" "));
  }

  Figures put(String name, Object value) {
    figures.put(name, value);
    return this;
  }

  Figures opened(Swarm<?> swarm) {
    if (swarm.failedSoFar() > 0) {
      complaints.add(swarm.failedSoFar() + " connections failed");
    }
    return put("opened", swarm.openedSoFar())
        .put("failed", swarm.failedSoFar())
        .put("handshakesPerSecond", rounded(swarm.handshakesPerSecond()));
  }

  /** Those that were open and are not; why they are not, and why others never were. */
  Figures dropped(Swarm<?> swarm) {
    if (swarm.droppedSoFar() > 0) {
      complaints.add(swarm.droppedSoFar() + " connections were closed by the server");
    }
    Map<String, Long> reasons = swarm.reasons();
    if (!reasons.isEmpty()) {
      put("reasons", reasons);
    }
    return put("dropped", swarm.droppedSoFar());
  }

  /** How the messages are sent. */
  Figures pace(Bench.Echo echo) {
    return echo.rate() > 0 ? put("rate", echo.rate()) : put("depth", echo.depth());
  }

  /** What came back within the window, and what never did. */
  Figures messages(Tally tally, Window window, long missing) {
    double seconds = window.measured().toNanos() / 1e9;
    if (missing > 0) {
      complaints.add(missing + " replies are missing");
    }
    measured = tally.measured();
    measuredSeconds = seconds;
    return put("seconds", rounded(seconds))
        .put("messages", tally.measured())
        .put("messagesPerSecond", rounded(tally.measured() / seconds))
        .put("missing", missing)
        .put("unexpected", tally.unexpectedMessages())
        .put("latencyMicros", latency(tally.latencies()));
  }

  /** Of each connection the longest that an answer took: what a stall is to the clients. */
  Figures longestWaits(List<Histogram> ofLoops) {
    Histogram all = new Histogram(Tally.DIGITS);
    ofLoops.forEach(all::add);
    return put("longestWaitMicros", latency(all));
  }

  private long measured;
  private double measuredSeconds;

  private static Map<String, Object> latency(Histogram nanos) {
    Map<String, Object> micros = new LinkedHashMap<>();
    micros.put("count", nanos.getTotalCount());
    micros.put("min", rounded(nanos.getMinValue() / 1e3));
    micros.put("p50", rounded(nanos.getValueAtPercentile(50) / 1e3));
    micros.put("p90", rounded(nanos.getValueAtPercentile(90) / 1e3));
    micros.put("p99", rounded(nanos.getValueAtPercentile(99) / 1e3));
    micros.put("p999", rounded(nanos.getValueAtPercentile(99.9) / 1e3));
    micros.put("max", rounded(nanos.getMaxValue() / 1e3));
    return micros;
  }

  /** What the messages cost the server. */
  Figures server(ServerProcesses server, UnderLoad run) {
    if (!server.any()) {
      return this;
    }
    Map<String, Object> costs = new LinkedHashMap<>();
    costs.put("cores", rounded(run.used().nanos() / 1e9 / run.seconds()));
    if (measured > 0) {
      double messages = measured / measuredSeconds * run.seconds();
      costs.put("cpuMicrosPerMessage", rounded(run.used().nanos() / 1e3 / messages));
      costs.put("kernelMicrosPerMessage", rounded(run.used().kernelNanos() / 1e3 / messages));
    }
    costs.put("residentBytes", server.residentBytes());
    return put("server", costs);
  }

  /** What connections that do nothing cost the server. */
  Figures memory(long before, long after, long cpuToOpen, int opened) {
    Map<String, Object> costs = new LinkedHashMap<>();
    costs.put("residentBytesBefore", before);
    costs.put("residentBytes", after);
    if (opened > 0) {
      costs.put("residentBytesPerConnection", (after - before) / opened);
      costs.put("cpuMicrosPerHandshake", rounded(cpuToOpen / 1e3 / opened));
    }
    return put("server", costs);
  }

  Figures complain(String complaint) {
    complaints.add(complaint);
    return this;
  }

  Report report() {
    return new Report(figures, complaints);
  }

  /** Three digits behind the point. */
  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
