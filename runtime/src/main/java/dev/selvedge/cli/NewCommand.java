package dev.selvedge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code selvedge new}: a function project that builds and deploys as it is. */
@Command(
    name = "new",
    description = "Write a Maven project for a function into a new directory of that name.",
    mixinStandardHelpOptions = true)
final class NewCommand implements Runnable {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  private final Console console;
  private final ProjectTemplate template;

  @Parameters(paramLabel = "NAME", description = "The function's name: a-z, 0-9 and -")
  private String name = "";

  NewCommand(Console console, ProjectTemplate template) {
    this.console = console;
    this.template = template;
  }

  @Override
  public void run() {
    if (!NAME.matcher(name).matches()) {
      throw CommandException.usage(
          name
              + " cannot be a function's name (expected: a-z first, then a-z, 0-9 and -, at most 63)");
    }
    Path directory = console.resolve(name);
    try {
      if (Files.exists(directory) && !isEmpty(directory)) {
        throw new CommandException(ExitCode.FAILED, "exists", directory + " is there already");
      }
      template.write(name, directory);
    } catch (IOException unwritable) {
      throw new CommandException(
          ExitCode.FAILED,
          "not-written",
          directory + " cannot be written: " + unwritable.getMessage());
    }
    console.out().println("Wrote " + directory + ". Next:");
    console.out().println("  cd " + name);
    console.out().println("  mvn package");
    console.out().println("  selvedge deploy target/" + name + ".jar");
  }

  private static boolean isEmpty(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }
}
