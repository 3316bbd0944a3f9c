package dev.selvedge.deploy;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The files below {@code /web} in a function's jar. Up to 16 MiB of them are held in memory; of a
 * jar with more, each file is read when asked for.
 */
public final class Assets {
  /** No files. */
  public static final Assets NONE = new Assets(Map.of(), null);

  private static final String ROOT = "web/";
  private static final int IN_MEMORY = 16 << 20;
  private static final int LARGEST = 64 << 20;

  private final Map<String, Buffer> files;
  private final @Nullable ZipFile jar;

  private Assets(Map<String, Buffer> files, @Nullable ZipFile jar) {
    this.files = files;
    this.jar = jar;
  }

  /** Reads the files of a jar; blocks. */
  static Assets of(Path jar) throws IOException {
    ZipFile zip = new ZipFile(jar.toFile());
    Map<String, Buffer> files;
    try {
      files = inMemory(zip);
    } catch (IOException unreadable) {
      zip.close();
      throw unreadable;
    }
    if (files == null) {
      return new Assets(Map.of(), zip);
    }
    zip.close();
    return new Assets(files, null);
  }

  /** All files by path, or null if they are too large together. */
  private static @Nullable Map<String, Buffer> inMemory(ZipFile zip) throws IOException {
    Map<String, Buffer> files = new HashMap<>();
    int room = IN_MEMORY;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (entry.getName().startsWith(ROOT) && !entry.isDirectory()) {
        byte[] content = content(zip, entry, room);
        if (content == null) {
          return null;
        }
        room -= content.length;
        files.put(entry.getName().substring(ROOT.length()), Buffer.buffer(content));
      }
    }
    return Map.copyOf(files);
  }

  /** What the entry inflates to, whatever it claims; null if that is more than {@code most}. */
  private static byte @Nullable [] content(ZipFile zip, ZipEntry entry, int most)
      throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] content = in.readNBytes(most + 1);
      return content.length > most ? null : content;
    }
  }

  /**
   * A file by its path below {@code /web}, such as {@code index.html}. Any thread; blocks as far as
   * reading an entry of an open jar blocks, and only for jars with more than 16 MiB of files. Do
   * not modify the buffer.
   */
  public Optional<Buffer> get(String path) {
    if (jar == null) {
      return Optional.ofNullable(files.get(path));
    }
    try {
      ZipEntry entry = jar.getEntry(ROOT + path);
      byte[] content = entry == null || entry.isDirectory() ? null : content(jar, entry, LARGEST);
      return Optional.ofNullable(content).map(Buffer::buffer);
    } catch (IOException | IllegalStateException unreadableOrClosed) {
      return Optional.empty();
    }
  }

  void close() {
    if (jar != null) {
      try {
        jar.close();
      } catch (IOException nothingWasWritten) {
        return;
      }
    }
  }
}
