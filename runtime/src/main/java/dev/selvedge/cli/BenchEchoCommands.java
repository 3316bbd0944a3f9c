package dev.selvedge.cli;

import dev.selvedge.bench.Bench;
import dev.selvedge.bench.Dialect;
import dev.selvedge.bench.Target;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Commands whose messages a server sends back: bench ws, sio, signalr. */
final class BenchEchoCommands {
  private BenchEchoCommands() {}

  /** Sends messages that come back, in one dialect. */
  private abstract static class Echo implements Callable<Integer> {
    private final Console console;

    @Mixin private final BenchOptions options;

    @Option(names = "--size", paramLabel = "BYTES", description = "Of a message. Default: 64")
    private int size = 64;

    @Option(names = "--text", paramLabel = "TEXT", description = "The message, instead of --size")
    private @Nullable String text;

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

    Echo(Console console) {
      this.console = console;
      options = new BenchOptions(console);
    }

    abstract Dialect dialect(Target target);

    /** What is sent to have this text sent back. */
    abstract Bench.Echo echo(String message, int messagesUnderWay, double perSecond);

    @Override
    public Integer call() throws InterruptedException {
      return BenchCommands.run(
          console,
          options,
          this::dialect,
          load -> {
            String message = text == null ? "x".repeat(Math.max(0, size)) : text;
            return Bench.echo(load, echo(message, depth, rate), options.progress());
          });
    }
  }

  @Command(
      name = "ws",
      description = "Send messages that the server sends back.",
      mixinStandardHelpOptions = true)
  static final class Ws extends Echo {
    @Option(names = "--binary", description = "Send binary messages")
    private boolean binary;

    Ws(Console console) {
      super(console);
    }

    @Override
    Dialect dialect(Target target) {
      return Dialect.raw();
    }

    @Override
    Bench.Echo echo(String message, int messagesUnderWay, double perSecond) {
      return new Bench.Echo(message, binary, false, messagesUnderWay, perSecond);
    }
  }

  /** Messages are events with a name and one text. */
  private abstract static class EventEcho extends Echo {
    @Option(names = "--event", paramLabel = "NAME", description = "Its name. Default: echo")
    private String event = "echo";

    @Option(
        names = "--reply",
        description = "Ask for a reply, instead of awaiting an event of the same name")
    private boolean reply;

    EventEcho(Console console) {
      super(console);
    }

    @Override
    Bench.Echo echo(String message, int messagesUnderWay, double perSecond) {
      String named = Json.text(List.of(event, message));
      return new Bench.Echo(named, false, reply, messagesUnderWay, perSecond);
    }
  }

  @Command(
      name = "sio",
      description = {
        "Emit Socket.IO events that the server emits back, or acknowledges. The URL's path is the"
            + " namespace."
      },
      mixinStandardHelpOptions = true)
  static final class Sio extends EventEcho {
    @Option(
        names = "--path",
        paramLabel = "PATH",
        description = "The server's endpoint. Default: " + BenchCommands.SOCKET_IO)
    private String endpoint = BenchCommands.SOCKET_IO;

    Sio(Console console) {
      super(console);
    }

    @Override
    Dialect dialect(Target target) {
      return Dialect.of("sio", endpoint, target);
    }
  }

  @Command(
      name = "signalr",
      description =
          "Call SignalR hub methods that the server calls back, or completes, over WebSockets that"
              + " nothing was negotiated for.",
      mixinStandardHelpOptions = true)
  static final class SignalR extends EventEcho {
    @Option(names = "--messagepack", description = "Speak MessagePack instead of JSON")
    private boolean messagePack;

    SignalR(Console console) {
      super(console);
    }

    @Override
    Dialect dialect(Target target) {
      return Dialect.signalR(messagePack);
    }
  }
}
