package dev.selvedge.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log of a node: a line an event, to standard error, in UTC. */
final class Logging {
  private Logging() {}

  /**
   * Sets the log of this process up.
   *
   * @param verbose as {@code SELVEDGE_LOG=debug}
   */
  static void configure(Console console, boolean verbose) {
    Level ours = verbose ? Level.FINE : level(console.variable("SELVEDGE_LOG").orElse("info"));
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    // Libraries have their say when something is wrong.
    root.setLevel(ours == Level.FINEST ? Level.FINE : Level.WARNING);
    List<Logger> own = List.of(Logger.getLogger("dev.selvedge"), Logger.getLogger("function"));
    own.forEach(logger -> logger.setLevel(ours));
    // The bus gives a stack for every connection to a peer that is not up yet or not any more. The
    // fabric says it in a line if a member stays out of reach.
    Logger bus = Logger.getLogger("io.vertx.core.eventbus.impl.clustered");
    bus.setLevel(ours == Level.FINEST ? Level.FINE : Level.SEVERE);
    root.addHandler(new Lines(console.err(), List.of(own.get(0), own.get(1), bus)));
  }

  private static Level level(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "error" -> Level.SEVERE;
      case "warn" -> Level.WARNING;
      case "info" -> Level.INFO;
      case "debug" -> Level.FINE;
      case "trace" -> Level.FINEST;
      default ->
          throw CommandException.usage(
              "SELVEDGE_LOG: " + word + " (expected: error, warn, info, debug or trace)");
    };
  }

  /** Writes records as they come. Holds our loggers, which would lose their levels otherwise. */
  private static final class Lines extends Handler {
    private final PrintStream out;

    @SuppressWarnings("unused") // A logger that nobody holds is collected, and its level with it.
    private final List<Logger> held;

    Lines(PrintStream out, List<Logger> held) {
      this.out = out;
      this.held = held;
      setFormatter(new Line());
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord entry) {
      out.print(getFormatter().format(entry));
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {}
  }

  /** {@code 2026-11-22T22:26:36.123Z INFO SessionTable: session closed id=…}. */
  private static final class Line extends Formatter {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord entry) {
      String logger = String.valueOf(entry.getLoggerName());
      String name =
          logger.startsWith("function.") ? logger : logger.substring(logger.lastIndexOf('.') + 1);
      StringBuilder line =
          new StringBuilder(TIME.format(entry.getInstant()))
              .append(' ')
              .append(word(entry.getLevel()))
              .append(' ')
              .append(name)
              .append(": ")
              .append(formatMessage(entry))
              .append(System.lineSeparator());
      if (entry.getThrown() != null) {
        StringWriter trace = new StringWriter();
        entry.getThrown().printStackTrace(new PrintWriter(trace));
        line.append(trace);
      }
      return line.toString();
    }

    private static String word(Level level) {
      if (level.intValue() >= Level.SEVERE.intValue()) {
        return "ERROR";
      }
      if (level.intValue() >= Level.WARNING.intValue()) {
        return "WARN ";
      }
      return level.intValue() >= Level.INFO.intValue() ? "INFO " : "DEBUG";
    }
  }
}
