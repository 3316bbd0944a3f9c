package dev.selvedge.cli;

import dev.selvedge.config.ConfigException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what went wrong into one line for people, or one object for programs, and an exit code. */
final class Failures {
  private final PrintStream err;

  Failures(PrintStream err) {
    this.err = err;
  }

  /** A command line that cannot be parsed. */
  int usage(ParameterException wrong, String[] args) {
    boolean json = List.of(args).contains("--json");
    report(json, "usage", String.valueOf(wrong.getMessage()));
    if (!json) {
      CommandLine command = wrong.getCommandLine();
      err.println(
          "Try '" + command.getCommandSpec().qualifiedName() + " --help' for more information.");
    }
    return ExitCode.USAGE;
  }

  /** A command that threw. */
  int execution(Exception error, CommandLine command, ParseResult parsed) {
    Throwable cause = unwrapped(error);
    boolean json = parsed.originalArgs().contains("--json");
    if (parsed.originalArgs().contains("--verbose")) {
      cause.printStackTrace(err);
    }
    if (cause instanceof CommandException known) {
      report(json, known.code(), known.text());
      return known.exitCode();
    }
    if (cause instanceof ConfigException wrong) {
      report(json, "bad-configuration", text(wrong));
      return ExitCode.USAGE;
    }
    report(json, "failed", text(cause));
    return ExitCode.FAILED;
  }

  private void report(boolean json, String code, String text) {
    if (json) {
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("code", code);
      error.put("text", text);
      err.println(Json.text(Map.of("error", error)));
    } else {
      err.println("selvedge: " + text);
    }
  }

  /** What happened, in a line. */
  static String text(Throwable error) {
    Throwable cause = unwrapped(error);
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.toString() : message;
  }

  private static Throwable unwrapped(Throwable error) {
    Throwable cause = error;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
