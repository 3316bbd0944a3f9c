package dev.selvedge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewCommandTest {
  private static final byte[] API = {1, 2, 3};

  @TempDir Path directory;

  private static InputStream template(String name) {
    return name.endsWith(".jar")
        ? new ByteArrayInputStream(API)
        : ProjectTemplate.class.getResourceAsStream("project/" + name);
  }

  private void write(String name) throws Exception {
    new ProjectTemplate(NewCommandTest::template).write(name, directory.resolve(name));
  }

  @Test
  void aProjectHasEverythingThatABuildNeeds() throws Exception {
    write("deli-counter");

    Path project = directory.resolve("deli-counter");
    try (Stream<Path> files = Files.walk(project)) {
      List<String> names =
          files
              .filter(Files::isRegularFile)
              .map(file -> project.relativize(file).toString())
              .map(file -> file.replaceAll("\\d+\\.\\d+\\.\\d+[A-Z-]*", "V"))
              .sorted()
              .toList();
      assertEquals(
          List.of(
              ".gitignore",
              "README.md",
              "lib/dev/selvedge/selvedge-function-api/V/selvedge-function-api-V.jar",
              "lib/dev/selvedge/selvedge-function-api/V/selvedge-function-api-V.pom",
              "pom.xml",
              "src/main/java/delicounter/DeliCounter.java",
              "src/main/resources/META-INF/function.yaml",
              "src/test/java/delicounter/DeliCounterTest.java"),
          names);
      assertNoPlaceholders(project);
    }
    assertEquals(
        List.of("name: deli-counter", "main: delicounter.DeliCounter", "routes: [/deli-counter]"),
        Files.readAllLines(project.resolve("src/main/resources/META-INF/function.yaml")));
  }

  private static void assertNoPlaceholders(Path project) throws Exception {
    try (Stream<Path> files = Files.walk(project)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] content = Files.readAllBytes(file);
        if (file.toString().endsWith(".jar")) {
          assertArrayEquals(API, content);
        } else {
          String text = Files.readString(file);
          assertFalse(text.contains("{{"), file + ":\n" + text);
          assertFalse(text.contains("${project.version}"), file + ":\n" + text);
        }
      }
    }
  }

  @Test
  void aNameThatIsAJavaKeywordStillMakesAPackage() {
    assertEquals("newfunction", ProjectTemplate.packageName("new"));
    assertEquals("New", ProjectTemplate.className("new"));
    assertEquals("A1B", ProjectTemplate.className("a1-b"));
    assertEquals("AB", ProjectTemplate.className("a--b-"));
  }

  @Test
  void badNamesAndDirectoriesInUseAreRefused() throws Exception {
    Shell shell = new Shell(directory, Map.of());
    Files.createDirectories(directory.resolve("used"));
    Files.writeString(directory.resolve("used/file"), "");

    assertEquals(2, shell.run("new", "Hello").exitCode());
    assertEquals(2, shell.run("new", "../x").exitCode());
    assertEquals(2, shell.run("new").exitCode());
    Shell.Result used = shell.run("new", "used");
    assertEquals(1, used.exitCode());
    assertTrue(used.err().contains("there already"), used.err());
  }

  @Test
  void nothingIsWrittenByAJarWithoutTheFunctionApi() {
    ProjectTemplate bare = new ProjectTemplate(name -> null);

    assertThrows(CommandException.class, () -> bare.write("x", directory.resolve("x")));
    assertFalse(Files.exists(directory.resolve("x")));
  }
}
