package dev.selvedge.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** A jar with more files in it than the one that it was made of. Blocks. */
final class JarCopy {
  private JarCopy() {}

  /**
   * Writes a copy; what it is made of stays as it is. The same input makes the same bytes. The
   * target is there when it is whole, never in part.
   *
   * @param added files by their names in the jar; each takes the place of one that has its name
   */
  static void write(Path source, Path target, Map<String, Path> added) throws IOException {
    Path unfinished = Files.createTempFile(target.toAbsolutePath().getParent(), "copy-", ".tmp");
    try {
      try (ZipFile jar = new ZipFile(source.toFile());
          ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(unfinished))) {
        for (ZipEntry entry : Collections.list(jar.entries())) {
          if (!added.containsKey(entry.getName())) {
            out.putNextEntry(timed(entry.getName(), entry.getTime()));
            try (InputStream content = jar.getInputStream(entry)) {
              content.transferTo(out);
            }
            out.closeEntry();
          }
        }
        for (Map.Entry<String, Path> file : new TreeMap<>(added).entrySet()) {
          out.putNextEntry(timed(file.getKey(), 0));
          Files.copy(file.getValue(), out);
          out.closeEntry();
        }
      }
      Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static ZipEntry timed(String name, long millis) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(millis);
    return entry;
  }
}
