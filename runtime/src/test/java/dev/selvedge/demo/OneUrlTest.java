package dev.selvedge.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OneUrlTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private OneUrl start() throws Exception {
    PrintStream say = new PrintStream(said, true, StandardCharsets.UTF_8);
    return OneUrl.start(directory.resolve("demo"), List.of(directory.resolve("bin")), say);
  }

  /** A program that ends at once. */
  private void install(String name) throws IOException {
    Path program = Files.createDirectories(directory.resolve("bin")).resolve(name);
    Files.writeString(program, "#!/bin/sh\necho no; exit 1\n");
    assertTrue(program.toFile().setExecutable(true));
  }

  @Test
  void partsWhoseProgramsAreMissingAreLeftOutAndItIsSaidWhatToInstall() throws Exception {
    try (OneUrl demo = start()) {
      String text = said.toString(StandardCharsets.UTF_8);
      assertTrue(text.contains("no apache2 (Debian: apt install apache2"), text);
      assertTrue(text.contains("no node (Debian: apt install nodejs"), text);
      assertTrue(text.contains("no npm (Debian: apt install npm"), text);
      assertTrue(text.contains("no redis-server (Debian: apt install redis-server"), text);
      assertEquals("", Files.readString(demo.configuration()));
    }
  }

  @Test
  void aProgramThatEndsAtOnceIsNamedWithItsLog() throws Exception {
    install("apache2");

    IOException failure = assertThrows(IOException.class, this::start);

    assertTrue(
        failure.getMessage().startsWith("apache does not listen on port "), failure::getMessage);
    assertEquals("no\n", Files.readString(directory.resolve("demo/apache.log")));
  }
}
