package dev.selvedge.cli;

import dev.selvedge.bench.Bench;
import dev.selvedge.bench.Dialect;
import dev.selvedge.bench.EchoBackend;
import dev.selvedge.bench.Load;
import dev.selvedge.bench.Report;
import dev.selvedge.bench.Target;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Commands that put load on a WebSocket server: bench ws, sio, signalr, idle, fanout, and serve.
 */
final class BenchCommands {
  /** The usual endpoint. */
  static final String SOCKET_IO = "/socket.io/";

  private BenchCommands() {}

  static CommandLine all(Console console) {
    return new CommandLine(new All())
        .addSubcommand(new BenchEchoCommands.Ws(console))
        .addSubcommand(new BenchEchoCommands.Sio(console))
        .addSubcommand(new BenchEchoCommands.SignalR(console))
        .addSubcommand(new Idle(console))
        .addSubcommand(new Fanout(console))
        .addSubcommand(new Serve(console));
  }

  @Command(
      name = "bench",
      description = "Put load on a WebSocket server, this one or another, and measure it.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true,
      footer = {"", "Exits with 1 if connections failed or were dropped, or replies are missing."})
  static final class All implements Runnable {
    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
      if (spec != null) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "what to measure is missing (expected: ws, sio, signalr, idle, fanout or serve)");
      }
    }
  }

  /** One kind of run. */
  @FunctionalInterface
  interface Run {
    Report on(Load load) throws InterruptedException;
  }

  static int run(Console console, BenchOptions options, Function<Target, Dialect> dialect, Run run)
      throws InterruptedException {
    Report report;
    try {
      report = run.on(options.load(dialect));
    } catch (IllegalArgumentException wrong) {
      throw CommandException.usage(Failures.text(wrong));
    } finally {
      options.endProgress();
    }
    if (options.json()) {
      console.out().println(Json.text(report.figures()));
    } else {
      print(console, report.figures());
    }
    report.complaints().forEach(complaint -> console.err().println("selvedge: " + complaint));
    return report.complaints().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static void print(Console console, Map<String, Object> figures) {
    figures.forEach((name, value) -> console.out().printf("%-22s %s%n", words(name), text(value)));
  }

  private static String words(String name) {
    return name.replaceAll("([A-Z])", " $1").toLowerCase(java.util.Locale.ROOT);
  }

  private static String text(Object value) {
    if (!(value instanceof Map<?, ?> members)) {
      return String.valueOf(value);
    }
    StringBuilder text = new StringBuilder();
    members.forEach(
        (name, member) ->
            text.append(words(String.valueOf(name))).append(' ').append(member).append("  "));
    return text.toString().stripTrailing();
  }

  /** Which dialect, where a command can do with any. */
  private static final class AnyDialect {
    @Option(
        names = "--protocol",
        paramLabel = "NAME",
        description = "ws, sio, signalr or signalr-messagepack. Default: ws")
    private String word = "ws";

    @Option(
        names = "--path",
        paramLabel = "PATH",
        description =
            "The server's endpoint for Socket.IO; the URL's path is the namespace. Default: "
                + SOCKET_IO)
    private String endpoint = SOCKET_IO;

    boolean isRaw() {
      return word.equals("ws");
    }

    Dialect of(Target target) {
      return Dialect.of(word, endpoint, target);
    }
  }

  @Command(
      name = "idle",
      description = {
        "Open connections and hold them for the duration.",
        "--pid tells what one costs the server."
      },
      mixinStandardHelpOptions = true)
  static final class Idle implements Callable<Integer> {
    private final Console console;

    @Mixin private final BenchOptions options;

    @Mixin private final AnyDialect dialect = new AnyDialect();

    Idle(Console console) {
      this.console = console;
      options = new BenchOptions(console);
    }

    @Override
    public Integer call() throws InterruptedException {
      return run(console, options, dialect::of, load -> Bench.idle(load, options.progress()));
    }
  }

  @Command(
      name = "fanout",
      description = {
        "One connection sends, all receive.",
        "The defaults are for the sample function rooms: every connection enters the room 'bench', and"
            + " the event 'said' is what arrives. For Socket.IO and SignalR what is sent is the JSON"
            + " array of an event and its arguments."
      },
      mixinStandardHelpOptions = true)
  static final class Fanout implements Callable<Integer> {
    private static final String ENTER = "[\"enter\",\"bench\",\"bench\"]";
    private static final String SAY = "[\"say\",\"%s{key}\"]";
    private static final String RAW_ENTER =
        "{\"event\":\"enter\",\"args\":[\"bench\",\"bench\"],\"id\":1}";
    private static final String RAW_SAY = "{\"event\":\"say\",\"args\":[\"%s{key}\"]}";
    private static final String RAW_JOINED = "\"reply\":1";

    private final Console console;

    @Mixin private final BenchOptions options;

    @Mixin private final AnyDialect dialect = new AnyDialect();

    @Option(
        names = "--join",
        paramLabel = "TEXT",
        description =
            "What each connection sends first; '' for nothing. Default: "
                + RAW_ENTER
                + " or "
                + ENTER)
    private @Nullable String join;

    @Option(
        names = "--joined",
        paramLabel = "TEXT",
        description =
            "Part of the answer to it. Default: "
                + RAW_JOINED
                + ", or for other protocols any reply")
    private @Nullable String joined;

    @Option(
        names = "--message",
        paramLabel = "TEXT",
        description =
            "What is published. {key} in it becomes a word by which it is known when it arrives")
    private @Nullable String message;

    @Option(
        names = "--size",
        paramLabel = "BYTES",
        description = "Of the text in it, without --message. Default: 64")
    private int size = 64;

    @Option(
        names = "--rate",
        paramLabel = "N",
        description =
            "Messages published per second, at fixed times. Default: each when all have got the one before")
    private double rate;

    Fanout(Console console) {
      this.console = console;
      options = new BenchOptions(console);
    }

    @Override
    public Integer call() throws InterruptedException {
      if (dialect.isRaw()) {
        options.offerByDefault("selvedge.json.v1");
      }
      return run(
          console, options, dialect::of, load -> Bench.fanout(load, fanout(), options.progress()));
    }

    private Bench.Fanout fanout() {
      boolean raw = dialect.isRaw();
      String say = String.format(raw ? RAW_SAY : SAY, "x".repeat(Math.max(1, size)));
      return new Bench.Fanout(
          join == null ? (raw ? RAW_ENTER : ENTER) : join,
          joined == null ? (raw ? RAW_JOINED : "") : joined,
          message == null ? say : message,
          rate);
    }
  }

  @Command(
      name = "serve",
      description = {
        "Serve WebSockets that send every frame back, with as little work as can be: something to"
            + " put behind a relay that is measured. Runs until it is ended."
      },
      mixinStandardHelpOptions = true)
  static final class Serve implements Callable<Integer> {
    private final Console console;

    @Option(names = "--host", paramLabel = "HOST", description = "Default: 127.0.0.1")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "Default: any free one")
    private int port;

    Serve(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
      try (EchoBackend backend = new EchoBackend(host, port)) {
        console.out().println("serving ws://" + host + ":" + backend.port() + "/");
        new java.util.concurrent.CountDownLatch(1).await();
      }
      return ExitCode.OK;
    }
  }
}
