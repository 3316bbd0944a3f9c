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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's copy of registers: a file for each entry, named after its key, with the document and its
 * revision. Everything here blocks.
 */
final class RegisterDisk {
  private static final Logger LOG = LoggerFactory.getLogger(RegisterDisk.class);
  private static final String JSON = ".json";

  private final Path directory;

  RegisterDisk(Path directory) {
    this.directory = directory;
  }

  /** All entries; an unreadable file is reported and left where it is. */
  Map<String, Registers.Entry> read() throws IOException {
    Map<String, Registers.Entry> entries = new HashMap<>();
    if (!Files.isDirectory(directory)) {
      return entries;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + JSON)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        try {
          JsonObject json = new JsonObject(Files.readString(file));
          JsonObject document = json.getJsonObject("document");
          if (document == null) {
            throw new DecodeException("no document");
          }
          entries.put(
              name.substring(0, name.length() - JSON.length()),
              new Registers.Entry(json.getLong("revision"), document));
        } catch (IOException | DecodeException | ClassCastException | NullPointerException bad) {
          LOG.error("register file unreadable, ignored file={}", file, bad);
        }
      }
    }
    return entries;
  }

  /**
   * Replaces the file of an entry; it is there whole, old or new, whatever happens.
   *
   * @param key may be a file's name
   */
  void write(String key, Registers.Entry entry) throws IOException {
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
