package dev.selvedge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotSwapTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final BlockingQueue<String> deployed = new LinkedBlockingQueue<>();

  private HotSwap begin(Path... paths) {
    PrintStream quiet = new PrintStream(OutputStream.nullOutputStream());
    Console console =
        new Console(
            quiet,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Map.of(),
            directory,
            directory);
    return HotSwap.begin(console, new Recorder(), List.of(paths));
  }

  private static void jar(Path file, String content) throws Exception {
    Files.createDirectories(file.getParent());
    Path draft = file.resolveSibling("draft");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(draft))) {
      zip.putNextEntry(new ZipEntry("META-INF/function.yaml"));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
    Files.move(draft, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private String next() throws InterruptedException {
    String next = deployed.poll(60, TimeUnit.SECONDS);
    assertNotNull(next, "nothing deployed within 60 s");
    return next;
  }

  @Test
  void whatChangesIsDeployedAgain() throws Exception {
    Path jar = directory.resolve("a/one.jar");
    jar(jar, "1");
    try (HotSwap swap = begin(jar)) {
      assertEquals("1", next());

      jar(jar, "second");

      assertEquals("second", next());
    }
  }

  @Test
  void aProjectsJarIsDeployedOnceItIsBuilt() throws Exception {
    Path project = Files.createDirectories(directory.resolve("p"));
    try (HotSwap swap = begin(project)) {
      assertTrue(err.toString(StandardCharsets.UTF_8).contains("nothing to deploy"));

      jar(project.resolve("target/p.jar"), "built");

      assertEquals("built", next());
    }
  }

  @Test
  void classesAreDeployedWithoutAJar() throws Exception {
    Path classes = directory.resolve("q/target/classes");
    Files.createDirectories(classes.resolve("META-INF"));
    Files.writeString(classes.resolve("META-INF/function.yaml"), "classes");
    try (HotSwap swap = begin(directory.resolve("q"))) {
      assertEquals("classes", next());

      Files.writeString(classes.resolve("META-INF/function.yaml"), "more classes");

      assertEquals("more classes", next());
    }
  }

  @Test
  void aDirectoryOfProjectsStandsForAllOfThem() throws Exception {
    for (String project : List.of("m", "n")) {
      jar(directory.resolve("all/" + project + "/target/x.jar"), project);
      Files.writeString(directory.resolve("all/" + project + "/pom.xml"), "");
    }
    jar(directory.resolve("all/no-project/target/x.jar"), "no");

    try (HotSwap swap = begin(directory.resolve("all"))) {
      assertEquals(List.of("m", "n"), List.copyOf(deployed));
    }
  }

  @Test
  void aFunctionThatFailsIsSaidAndTriedAgainWhenItChanges() throws Exception {
    Path jar = directory.resolve("a/one.jar");
    jar(jar, "bad");
    try (HotSwap swap = begin(jar)) {
      assertEquals("bad", next());
      assertTrue(err.toString(StandardCharsets.UTF_8).contains("one.jar: it is bad"));

      jar(jar, "better");

      assertEquals("better", next());
    }
  }

  /** Puts the content of the manifest into the queue. */
  private final class Recorder implements NodeStarter.RunningNode {
    @Override
    public String id() {
      return "aaaaaaaa";
    }

    @Override
    public int tlsPort() {
      return 0;
    }

    @Override
    public int clientPort() {
      return 1;
    }

    @Override
    public int adminPort() {
      return 2;
    }

    @Override
    public void ready() {}

    @Override
    public void deploy(Path jar) throws Exception {
      try (ZipFile zip = new ZipFile(jar.toFile());
          var in = zip.getInputStream(zip.getEntry("META-INF/function.yaml"))) {
        String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        deployed.add(content);
        if (content.equals("bad")) {
          throw new IllegalStateException("it is bad");
        }
      }
    }

    @Override
    public void stop(Duration grace) {}
  }
}
