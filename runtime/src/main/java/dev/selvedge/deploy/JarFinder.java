package dev.selvedge.deploy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;

/**
 * Finds the functions' jars below what a developer names: a jar; a Maven project, by its {@code
 * target/}; a directory of jars, or of Maven projects. Everything here blocks.
 */
final class JarFinder {
  /** What changes when a file is written. */
  record Stamp(long modifiedMillis, long size) {}

  private static final List<String> NO_FUNCTIONS =
      List.of("-sources.jar", "-javadoc.jar", "-tests.jar");

  private final List<Path> roots;

  JarFinder(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  /** The jars that are there now, functions or not, each with its stamp. */
  Map<Path, Stamp> find() throws IOException {
    Map<Path, Stamp> found = new TreeMap<>();
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        jarsIn(root, found);
        jarsIn(root.resolve("target"), found);
        projectsIn(root, found);
      } else {
        add(root, found);
      }
    }
    return found;
  }

  private static void projectsIn(Path directory, Map<Path, Stamp> found) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isRegularFile(child.resolve("pom.xml"))) {
          jarsIn(child.resolve("target"), found);
        }
      }
    }
  }

  private static void jarsIn(Path directory, Map<Path, Stamp> found) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(directory, "*.jar")) {
      for (Path jar : jars) {
        String name = String.valueOf(jar.getFileName());
        if (!name.startsWith("original-") && NO_FUNCTIONS.stream().noneMatch(name::endsWith)) {
          add(jar, found);
        }
      }
    }
  }

  private static void add(Path jar, Map<Path, Stamp> found) throws IOException {
    try {
      BasicFileAttributes file = Files.readAttributes(jar, BasicFileAttributes.class);
      if (file.isRegularFile()) {
        found.put(
            jar.toAbsolutePath().normalize(),
            new Stamp(file.lastModifiedTime().toMillis(), file.size()));
      }
    } catch (NoSuchFileException beingBuilt) {
      return; // it will be there in a later look
    }
  }

  /** Whether the jar has a function's manifest; false also for one that is not whole yet. */
  static boolean isFunction(Path jar) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.getEntry(ManifestFormat.PATH) != null;
    } catch (IOException notWhole) {
      return false;
    }
  }
}
