package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;

/**
 * Artifacts on this node's disk, each under the SHA-256 of its content. A file is there whole or
 * not at all. Several nodes of a machine may share the directory. Everything here blocks.
 */
final class ArtifactStore {
  private static final String JAR = ".jar";
  private static final String PART = ".part";

  private final Path directory;

  ArtifactStore(Path directory) {
    this.directory = directory;
  }

  /** A new empty file for an artifact on its way in. */
  Path newPart() throws IOException {
    Files.createDirectories(directory);
    return Files.createFile(directory.resolve(UUID.randomUUID() + PART));
  }

  Path path(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "artifact: " + sha256 + " (expected: a SHA-256 in 64 hex digits)");
    }
    return directory.resolve(sha256 + JAR);
  }

  boolean has(String sha256) {
    return Files.isRegularFile(path(sha256));
  }

  /** Whether the artifact is here with the right content; what is damaged is removed. */
  boolean verify(String sha256) throws IOException {
    if (!has(sha256)) {
      return false;
    }
    boolean right = sha256.equals(hash(path(sha256)));
    if (!right) {
      Files.deleteIfExists(path(sha256));
    }
    return right;
  }

  /**
   * Takes a part in under its hash; the part is gone afterwards.
   *
   * @throws DeployException if its content does not have that hash
   */
  Path keep(Path part, String sha256) throws IOException {
    String found = hash(part);
    if (!found.equals(sha256)) {
      Files.deleteIfExists(part);
      throw new DeployException(
          Reason.UPLOAD_CUT, "artifact: SHA-256 " + found + " (expected: " + sha256 + ")");
    }
    force(part, StandardOpenOption.WRITE);
    Files.move(
        part, path(sha256), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(directory, StandardOpenOption.READ);
    return path(sha256);
  }

  static void force(Path file, StandardOpenOption mode) throws IOException {
    try (FileChannel channel = FileChannel.open(file, mode)) {
      channel.force(true);
    }
  }

  static String hash(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] piece = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        digest.update(piece, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Removes artifacts that nobody needs and parts left behind, if they are older than that. */
  void sweep(Set<String> needed, Duration age) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Instant limit = Instant.now().minus(age);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean unneeded =
            name.endsWith(PART)
                || name.endsWith(JAR)
                    && !needed.contains(name.substring(0, name.length() - JAR.length()));
        if (unneeded && lastModified(file).isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static Instant lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
