package dev.selvedge.cli;

import dev.selvedge.bench.Dialect;
import dev.selvedge.bench.Load;
import dev.selvedge.bench.Progress;
import dev.selvedge.bench.Target;
import dev.selvedge.bench.Trust;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the kinds of load have in common. */
final class BenchOptions {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Console console;
  private boolean shown;

  @Parameters(
      paramLabel = "URL",
      arity = "1..*",
      description = {
        "Such as ws://127.0.0.1:8080/echo, or wss://…",
        "The connections take turns among several, which differ in host or port"
      })
  private List<String> urls = List.of();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "WebSockets that are opened. Default: 50")
  private int connections = 50;

  @Option(
      names = "--connect-rate",
      paramLabel = "N",
      description = "Handshakes begun per second. Default: as fast as they are answered")
  private double connectRate;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "Of the measurement. Default: 10")
  private double seconds = 10;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      description = "Under load before it. Default: 2")
  private double warmup = 2;

  @Option(names = "--threads", paramLabel = "N", description = "Of the load generator. Default: 1")
  private int threads = 1;

  @Option(
      names = "--subprotocol",
      paramLabel = "NAME",
      description = "What the handshakes offer; '' for nothing")
  private @Nullable String subprotocol;

  @Option(
      names = "--header",
      paramLabel = "LINE",
      description = "A header of the handshakes, such as 'Cookie: a=b'. Can be repeated")
  private List<String> headers = List.of();

  @Option(
      names = "--pid",
      paramLabel = "PID",
      split = ",",
      description =
          "The server's processes on this machine, whose CPU and memory are measured, with those they"
              + " have started. Linux only")
  private List<Long> pids = List.of();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM certificates that vouch for the server's. Default: those that Java trusts")
  private @Nullable String authorities;

  @Option(names = "--insecure", description = "Believe any certificate and any name in it")
  private boolean insecure;

  @Option(names = "--json", description = "Print one JSON object")
  private boolean json;

  @Option(names = "--quiet", description = "Show no progress")
  private boolean quiet;

  BenchOptions(Console console) {
    this.console = console;
  }

  /** What is offered if the user says nothing. */
  void offerByDefault(String name) {
    if (subprotocol == null) {
      subprotocol = name;
    }
  }

  boolean json() {
    return json;
  }

  /**
   * Throws IllegalArgumentException for what cannot be asked.
   *
   * @param dialect given the first target
   */
  Load load(Function<Target, Dialect> dialect) {
    List<Target> targets = urls.stream().map(Target::parse).toList();
    return new Load(
        targets,
        dialect.apply(targets.get(0)),
        new Trust(insecure, authorities == null ? null : console.resolve(authorities)),
        connections,
        connectRate,
        threads,
        subprotocolOrNull(),
        headers,
        pids,
        duration(warmup),
        duration(seconds),
        PATIENCE,
        PATIENCE);
  }

  private @Nullable String subprotocolOrNull() {
    return subprotocol == null || subprotocol.isEmpty() ? null : subprotocol;
  }

  private static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }

  /** One line, written over and over. */
  Progress progress() {
    return line -> {
      if (!quiet) {
        shown = true;
        console.err().printf("\r%-72s", line);
        console.err().flush();
      }
    };
  }

  /** What comes next goes below the progress line. */
  void endProgress() {
    if (shown) {
      console.err().println();
    }
  }
}
