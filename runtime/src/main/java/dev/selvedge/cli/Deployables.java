package dev.selvedge.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The functions that a path leads to: a jar, or a directory of classes with a manifest. A directory
 * stands for the jars in it and in its {@code target}, so that a Maven project can be named, and a
 * directory of such projects for all of them.
 */
final class Deployables {
  private static final String MANIFEST = "META-INF/function.yaml";

  private Deployables() {}

  /** What is there now; nothing while a build has not written it yet. */
  static List<Path> in(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (Files.exists(path.resolve(MANIFEST))) {
      return List.of(path);
    }
    List<Path> found = new ArrayList<>(functionJars(path));
    found.addAll(built(path));
    for (Path project : projects(path)) {
      found.addAll(built(project));
    }
    return found;
  }

  private static List<Path> projects(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(entry -> Files.exists(entry.resolve("pom.xml"))).sorted().toList();
    }
  }

  /** What a Maven project has built: its jar, or its classes while there is no jar. */
  private static List<Path> built(Path project) throws IOException {
    List<Path> jars = functionJars(project.resolve("target"));
    Path classes = project.resolve("target/classes");
    boolean onlyClasses = jars.isEmpty() && Files.exists(classes.resolve(MANIFEST));
    return onlyClasses ? List.of(classes) : jars;
  }

  private static List<Path> functionJars(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Deployables::isFunctionJar).sorted().toList();
    }
  }

  private static boolean isFunctionJar(Path file) {
    if (!file.toString().endsWith(".jar")) {
      return false;
    }
    try (ZipFile jar = new ZipFile(file.toFile())) {
      return jar.getEntry(MANIFEST) != null;
    } catch (IOException notYetWhole) {
      return false;
    }
  }

  /** Changes whenever the content may have changed. */
  static String stamp(Path deployable) throws IOException {
    if (Files.isRegularFile(deployable)) {
      return fileStamp(deployable);
    }
    try (Stream<Path> files = Files.walk(deployable)) {
      return String.join("\n", files.sorted().map(file -> file + " " + fileStamp(file)).toList());
    } catch (UncheckedIOException changing) {
      throw changing.getCause();
    }
  }

  private static String fileStamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isDirectory()
          ? "directory"
          : attributes.size() + " " + attributes.lastModifiedTime().toMillis();
    } catch (NoSuchFileException gone) {
      return "gone";
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Packs a directory of classes into a jar. */
  static void pack(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes);
        OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(file).toString().replace('\\', '/');
        ZipEntry entry = new ZipEntry(name);
        // Always the same, so that the same classes make the same jar.
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }
}
