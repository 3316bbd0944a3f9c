package dev.selvedge.bench;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all kinds of run have in common.
 *
 * @param targets that the connections take in turns; of one path and query
 * @param dialect what is spoken to them
 * @param trust whom to believe, if a target has TLS
 * @param connections how many WebSockets are opened
 * @param connectRate handshakes begun per second; 0 for as fast as they are answered
 * @param threads event loops that the connections are spread over
 * @param subprotocol what is offered in Sec-WebSocket-Protocol
 * @param headers more lines of the handshake, each {@code Name: value}
 * @param pids the server's processes, whose CPU and memory are measured together with those they
 *     have started; none if empty
 * @param warmup time under load before the measurement
 * @param duration of the measurement; of {@code idle}, how long the connections are held
 * @param patience how long a handshake may take
 * @param grace how long replies that are missing at the end, or answers to joins, are awaited
 */
public record Load(
    List<Target> targets,
    Dialect dialect,
    Trust trust,
    int connections,
    double connectRate,
    int threads,
    @Nullable String subprotocol,
    List<String> headers,
    List<Long> pids,
    Duration warmup,
    Duration duration,
    Duration patience,
    Duration grace) {
  public Load {
    require(!targets.isEmpty(), "targets", targets, "1 or more");
    for (Target target : targets) {
      String resource = targets.get(0).resource();
      require(target.resource().equals(resource), "path", target.resource(), resource);
    }
    require(connections > 0, "connections", connections, "1 or more");
    require(connectRate >= 0, "connect rate", connectRate, "0 or more");
    require(threads > 0 && threads <= 256, "threads", threads, "1 to 256");
    require(!warmup.isNegative(), "warm-up", warmup, "0 or more");
    require(!duration.isNegative() && !duration.isZero(), "duration", duration, "more than 0");
    for (String header : headers) {
      boolean sound =
          header.indexOf(':') > 0 && header.chars().noneMatch(c -> c < ' ' && c != '\t');
      require(sound, "header", header, "a line such as 'Cookie: a=b'");
    }
    targets = List.copyOf(targets);
    headers = List.copyOf(headers);
    pids = List.copyOf(pids);
  }

  static void require(boolean truth, String what, Object value, String expected) {
    if (!truth) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: " + expected + ")");
    }
  }
}
