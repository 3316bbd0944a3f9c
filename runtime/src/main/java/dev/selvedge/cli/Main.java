package dev.selvedge.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The entry point of {@code selvedge.jar}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Console console =
        new Console(
            // UTF-8 whatever the locale: JSON is.
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
            System.getenv(),
            Path.of("").toAbsolutePath(),
            Path.of(System.getProperty("user.home")));
    System.exit(Selvedge.run(console, new LocalNode(), args));
  }
}
