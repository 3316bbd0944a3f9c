package dev.selvedge.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarCopyTest {
  @TempDir Path directory;

  private Path source;
  private Path target;
  private Path library;

  @BeforeEach
  void write() throws IOException {
    source = directory.resolve("source.jar");
    target = directory.resolve("target.jar");
    library = Files.writeString(directory.resolve("library.js"), "library");
    try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(source))) {
      for (String name : List.of("META-INF/", "META-INF/function.yaml", "web/index.html")) {
        jar.putNextEntry(new ZipEntry(name));
        if (!name.endsWith("/")) {
          jar.write(name.getBytes(StandardCharsets.UTF_8));
        }
        jar.closeEntry();
      }
    }
  }

  private static Map<String, String> contents(Path jar) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] content = zip.getInputStream(entry).readAllBytes();
        contents.put(entry.getName(), new String(content, StandardCharsets.UTF_8));
      }
    }
    return contents;
  }

  @Test
  void theCopyHasWhatWasThereAndWhatWasAdded() throws Exception {
    byte[] before = Files.readAllBytes(source);

    JarCopy.write(source, target, Map.of("web/lib/library.js", library));

    assertEquals(
        Map.of(
            "META-INF/", "",
            "META-INF/function.yaml", "META-INF/function.yaml",
            "web/index.html", "web/index.html",
            "web/lib/library.js", "library"),
        contents(target));
    assertArrayEquals(before, Files.readAllBytes(source));
  }

  @Test
  void anAddedFileTakesThePlaceOfOneWithItsName() throws Exception {
    JarCopy.write(source, target, Map.of("web/index.html", library));

    assertEquals("library", contents(target).get("web/index.html"));
  }

  @Test
  void theSameInputMakesTheSameBytes() throws Exception {
    JarCopy.write(source, target, Map.of("web/lib/library.js", library));
    byte[] first = Files.readAllBytes(target);

    JarCopy.write(source, target, Map.of("web/lib/library.js", library));

    assertArrayEquals(first, Files.readAllBytes(target));
  }

  @Test
  void whatCannotBeCopiedLeavesTheTargetAsItWas() throws Exception {
    Files.writeString(target, "as it was");

    assertThrows(
        IOException.class,
        () -> JarCopy.write(source, target, Map.of("a", directory.resolve("missing"))));

    assertEquals("as it was", Files.readString(target));
    try (var files = Files.list(directory)) {
      assertEquals(3, files.count());
    }
  }
}
