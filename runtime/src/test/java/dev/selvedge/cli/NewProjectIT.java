package dev.selvedge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code selvedge new} writes builds as it is, with the packaged jar's own function API. */
class NewProjectIT {
  private static final String JAR = System.getProperty("selvedge.jar");

  @TempDir Path directory;

  private record Run(int exitCode, String output) {}

  private Run run(Path workingDirectory, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(directory, "run", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("SELVEDGE_"));
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> command + " hangs");
      return new Run(process.exitValue(), Files.readString(log));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Skips where there is no Maven, unless everything must be tested. */
  private static void requireMaven() {
    boolean present =
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(path -> Files.isExecutable(Path.of(path, "mvn")));
    if (!present) {
      skip("mvn is not installed (apt install maven)");
    }
  }

  private static void skip(String why) {
    if (Boolean.parseBoolean(System.getenv("SELVEDGE_TEST_ALL"))) {
      fail(why);
    }
    abort(why);
  }

  @Test
  void aNewProjectBuildsAndItsTestPasses() throws Exception {
    requireMaven();
    Run written = run(directory, List.of(java(), "-jar", JAR, "new", "deli-line"));
    assertEquals(0, written.exitCode(), written.output());
    Path project = directory.resolve("deli-line");

    Run built = run(project, List.of("mvn", "-B", "-ntp", "package"));

    if (built.exitCode() != 0 && built.output().contains("Could not transfer artifact")) {
      skip("Maven Central cannot be reached:\n" + built.output());
    }
    assertEquals(0, built.exitCode(), built.output());
    assertTrue(built.output().contains("Tests run: 2, Failures: 0"), built.output());
    try (ZipFile jar = new ZipFile(project.resolve("target/deli-line.jar").toFile())) {
      assertTrue(jar.getEntry("META-INF/function.yaml") != null);
      assertTrue(jar.getEntry("deliline/DeliLine.class") != null);
    }
  }
}
