package dev.selvedge.fabric;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's copy of registers: a file for each entry, named after its key, with the document and its
 * revision. Everything here blocks.
 */
public final class RegisterDisk {
  private static final Logger LOG = LoggerFactory.getLogger(RegisterDisk.class);
  private static final String JSON = ".json";

  private final Path directory;
  private final BiConsumer<String, JsonObject> check;

  /**
   * @param check throws for the document of a key that cannot be read
   */
  public RegisterDisk(Path directory, BiConsumer<String, JsonObject> check) {
    this.directory = directory;
    this.check = check;
  }

  /** All entries; an unreadable file is reported and left where it is. */
  public Map<String, Registers.Entry> read() throws IOException {
    Map<String, Registers.Entry> entries = new HashMap<>();
    if (!Files.isDirectory(directory)) {
      return entries;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + JSON)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String key = name.substring(0, name.length() - JSON.length());
        try {
          entries.put(key, read(key, file));
        } catch (IOException | RuntimeException unreadable) {
          LOG.error("register file unreadable, ignored file={}", file, unreadable);
        }
      }
    }
    return entries;
  }

  private Registers.Entry read(String key, Path file) throws IOException {
    JsonObject json = new JsonObject(Files.readString(file));
    JsonObject document = json.getJsonObject("document");
    Long revision = json.getLong("revision");
    if (document == null || revision == null) {
      throw new DecodeException("expected: document and revision");
    }
    check.accept(key, document);
    return new Registers.Entry(revision, document);
  }

  /**
   * Replaces the file of an entry; it is there whole, old or new, whatever happens.
   *
   * @param key may be a file's name
   */
  public void write(String key, Registers.Entry entry) throws IOException {
    Files.createDirectories(directory);
    Path part = directory.resolve(key + ".part");
    JsonObject json =
        new JsonObject().put("revision", entry.revision()).put("document", entry.document());
    Files.writeString(part, json.encodePrettily());
    force(part, StandardOpenOption.WRITE);
    Files.move(
        part,
        directory.resolve(key + JSON),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    force(directory, StandardOpenOption.READ);
  }

  private static void force(Path file, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(file, mode)) {
      channel.force(true);
    }
  }
}
