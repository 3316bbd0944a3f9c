package dev.selvedge.deploy;

import dev.selvedge.fabric.RegisterDisk;
import dev.selvedge.fabric.Registers;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The nodes' copies of the catalog, {@code catalog/} in a node's own directory. */
final class CatalogDisk {
  private CatalogDisk() {}

  /** Where the node has its copy. */
  static Path directory(Path own) {
    return own.resolve("catalog");
  }

  /** A copy of the catalog, as its node writes it. */
  static RegisterDisk in(Path directory) {
    return new RegisterDisk(directory, CatalogEntry::of);
  }

  /** The artifacts that the catalogs of all nodes with this data directory need. Blocks. */
  static Set<String> neededArtifacts(Path data) throws IOException {
    Set<String> needed = new HashSet<>();
    if (!Files.isDirectory(data)) {
      return needed;
    }
    try (DirectoryStream<Path> nodes = Files.newDirectoryStream(data)) {
      for (Path node : nodes) {
        for (Map.Entry<String, Registers.Entry> entry : in(directory(node)).read().entrySet()) {
          needed.addAll(
              CatalogEntry.of(entry.getKey(), entry.getValue().document()).keptArtifacts());
        }
      }
    }
    return needed;
  }
}
