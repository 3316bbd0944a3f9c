package dev.selvedge.cli;

import dev.selvedge.config.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What all commands that talk to a node have in common: where it is, who asks, and in what form.
 */
final class ClientOptions {
  private static final String DEFAULT_NODE = "http://127.0.0.1:9090";

  private final Console console;

  @Option(
      names = "--node",
      paramLabel = "URL",
      description = "Admin URL of any node. Default: $SELVEDGE_NODE, else " + DEFAULT_NODE)
  private @Nullable String node;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "Default: $SELVEDGE_TOKEN, else the one in the data directory")
  private @Nullable String token;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data directory of a node on this machine. Default: $SELVEDGE_DATA, else ~/.selvedge")
  private @Nullable String data;

  @Option(
      names = "--json",
      description = "Print JSON: an array for a list, an object for one thing")
  private boolean json;

  ClientOptions(Console console) {
    this.console = console;
  }

  Console console() {
    return console;
  }

  AdminClient connect() {
    return new AdminClient(nodeUrl(), token());
  }

  private URI nodeUrl() {
    String text = given(node, "SELVEDGE_NODE").orElse(DEFAULT_NODE).replaceFirst("/+$", "");
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException notAUrl) {
      // Refused below, as another scheme is.
    }
    throw CommandException.usage(
        "--node: " + text + " (expected: a URL, such as " + DEFAULT_NODE + ")");
  }

  private Optional<String> given(@Nullable String option, String variable) {
    return Optional.ofNullable(option).or(() -> console.variable(variable));
  }

  private String token() {
    return given(token, "SELVEDGE_TOKEN").or(this::tokenOnDisk).orElseThrow(this::noToken);
  }

  private Path directory() {
    return console.resolve(given(data, "SELVEDGE_DATA").orElse("~/.selvedge"));
  }

  private Optional<String> tokenOnDisk() {
    try {
      return Credentials.readToken(directory());
    } catch (IOException unreadable) {
      throw new CommandException(
          ExitCode.UNAUTHORIZED,
          "no-token",
          directory().resolve("token")
              + " cannot be read by this user; give --token or SELVEDGE_TOKEN");
    }
  }

  private CommandException noToken() {
    return new CommandException(
        ExitCode.UNAUTHORIZED,
        "no-token",
        "no token: none in "
            + directory().resolve("token")
            + "; give --token, SELVEDGE_TOKEN, or the node's --data");
  }

  /** Prints a list: the items as they came, or a table of them. */
  void print(java.util.List<?> items, Table table) {
    if (json) {
      console.out().println(Json.text(items));
    } else {
      table.print(console.out());
    }
  }

  /** Prints one thing: as it came, or as a table. */
  void print(Fields thing, Table table) {
    if (json) {
      console.out().println(Json.text(thing.members()));
    } else {
      table.print(console.out());
    }
  }

  /** Prints one thing: as it came, or in words. */
  void print(Fields thing, String words) {
    console.out().println(json ? Json.text(thing.members()) : words);
  }

  /** Prints the warnings of an answer where they do not get into a program's input. */
  void warn(Fields answer) {
    answer.list("warnings").forEach(warning -> console.err().println("warning: " + warning));
  }

  /** Says what was done where the node has nothing to add. */
  void done(String word, String what, String words) {
    print(new Fields(Map.of(word, what)), words);
  }
}
