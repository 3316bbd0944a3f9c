package dev.selvedge.deploy;

import dev.selvedge.fabric.Registers;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * This node's copy of the catalog: a file for each function with the entry and its revision.
 * Everything here blocks.
 */
final class CatalogDisk {
  private static final Logger LOG = System.getLogger(CatalogDisk.class.getName());
  private static final String JSON = ".json";

  private final Path directory;

  CatalogDisk(Path directory) {
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
          Registers.Entry entry =
              new Registers.Entry(json.getLong("revision"), json.getJsonObject("document"));
          String function = name.substring(0, name.length() - JSON.length());
          CatalogEntry.of(function, entry.document());
          entries.put(function, entry);
        } catch (IOException | DecodeException | ClassCastException | NullPointerException bad) {
          LOG.log(Level.ERROR, "catalog file unreadable, ignored file=" + file, bad);
        }
      }
    }
    return entries;
  }

  /** Replaces the file of a function; it is there whole, old or new, whatever happens. */
  void write(String function, Registers.Entry entry) throws IOException {
    Files.createDirectories(directory);
    Path part = directory.resolve(function + ".part");
    JsonObject json =
        new JsonObject().put("revision", entry.revision()).put("document", entry.document());
    Files.writeString(part, json.encodePrettily());
    ArtifactStore.force(part, StandardOpenOption.WRITE);
    Files.move(
        part,
        directory.resolve(function + JSON),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    ArtifactStore.force(directory, StandardOpenOption.READ);
  }

  /** The artifacts that the catalogs of all nodes with this data directory need. */
  static Set<String> neededArtifacts(Path data) throws IOException {
    Set<String> needed = new HashSet<>();
    if (!Files.isDirectory(data)) {
      return needed;
    }
    try (DirectoryStream<Path> nodes = Files.newDirectoryStream(data)) {
      for (Path node : nodes) {
        for (Map.Entry<String, Registers.Entry> entry :
            new CatalogDisk(node.resolve("catalog")).read().entrySet()) {
          needed.addAll(
              CatalogEntry.of(entry.getKey(), entry.getValue().document()).keptArtifacts());
        }
      }
    }
    return needed;
  }
}
