package dev.selvedge.cli;

import dev.selvedge.bench.Bench;
import dev.selvedge.bench.EchoBackend;
import dev.selvedge.bench.Load;
import dev.selvedge.bench.Report;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands that put load on a WebSocket server: bench ws, idle, fanout, and serve. */
final class BenchCommands {
  private BenchCommands() {}

  static CommandLine all(Console console) {
    return new CommandLine(new All())
        .addSubcommand(new Ws(console))
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
            spec.commandLine(), "what to measure is missing (expected: ws, idle, fanout or serve)");
      }
    }
  }

  /** One kind of run. */
  @FunctionalInterface
  private interface Run {
    Report on(Load load) throws InterruptedException;
  }

  private static int run(Console console, BenchOptions options, Run run)
      throws InterruptedException {
    Report report;
    try {
      report = run.on(options.load());
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

  @Command(
      name = "ws",
      description = "Send messages that the server sends back.",
      mixinStandardHelpOptions = true)
  static final class Ws implements Callable<Integer> {
    private final Console console;

    @Mixin private final BenchOptions options;

    @Option(names = "--size", paramLabel = "BYTES", description = "Of a message. Default: 64")
    private int size = 64;

    @Option(names = "--text", paramLabel = "TEXT", description = "The message, instead of --size")
    private @Nullable String text;

    @Option(names = "--binary", description = "Send binary messages")
    private boolean binary;

    @Option(
        names = "--depth",
        paramLabel = "N",
        description = "Messages of a connection under way at a time. Default: 1")
    private int depth = 1;

    @Option(
        names = "--rate",
        paramLabel = "N",
        description =
            "Messages per second, of all connections, at fixed times; the latency counts from when each"
                + " was to be sent. Default: as fast as the replies come")
    private double rate;

    Ws(Console console) {
      this.console = console;
      options = new BenchOptions(console);
    }

    @Override
    public Integer call() throws InterruptedException {
      return run(
          console,
          options,
          load -> {
            String message = text == null ? "x".repeat(Math.max(0, size)) : text;
            Bench.Echo echo = new Bench.Echo(message, binary, depth, rate);
            return Bench.echo(load, echo, options.progress());
          });
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

    Idle(Console console) {
      this.console = console;
      options = new BenchOptions(console);
    }

    @Override
    public Integer call() throws InterruptedException {
      return run(console, options, load -> Bench.idle(load, options.progress()));
    }
  }

  @Command(
      name = "fanout",
      description = {
        "One connection sends, all receive.",
        "The defaults are for the sample function chat: every connection joins the room 'bench', and"
            + " the event 'line' is what arrives."
      },
      mixinStandardHelpOptions = true)
  static final class Fanout implements Callable<Integer> {
    private static final String JOIN =
        "{\"event\":\"join\",\"args\":[{\"room\":\"bench\",\"name\":\"bench\"}],\"id\":1}";
    private static final String SAY =
        "{\"event\":\"say\",\"args\":[{\"text\":\"%s\",\"key\":\"{key}\"}]}";

    private final Console console;

    @Mixin private final BenchOptions options;

    @Option(
        names = "--join",
        paramLabel = "TEXT",
        description = "What each connection sends first; '' for nothing. Default: " + JOIN)
    private String join = JOIN;

    @Option(
        names = "--joined",
        paramLabel = "TEXT",
        description = "Part of the answer to it. Default: \"reply\":1")
    private String joined = "\"reply\":1";

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
      options = new BenchOptions(console).withSubprotocol("selvedge.json.v1");
    }

    @Override
    public Integer call() throws InterruptedException {
      return run(
          console,
          options,
          load -> {
            String say =
                message == null ? String.format(SAY, "x".repeat(Math.max(1, size))) : message;
            Bench.Fanout fanout = new Bench.Fanout(join, joined, say, rate);
            return Bench.fanout(load, fanout, options.progress());
          });
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
