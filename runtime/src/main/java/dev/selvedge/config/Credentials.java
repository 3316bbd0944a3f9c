package dev.selvedge.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * What the nodes of a cluster share: the admin API's token and the secret that the edges sign with.
 * Kept in the data directory as {@code token} and {@code secret}, readable by their owner only.
 */
public record Credentials(String token, String secret) {
  private static final String TOKEN_FILE = "token";
  private static final String SECRET_FILE = "secret";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.copyOf(PosixFilePermissions.fromString("rw-------"));

  public Credentials {
    Checks.credential("admin.token", token);
    Checks.credential("cluster.secret", secret);
  }

  /**
   * The credentials given from outside, for the rest those in the data directory, for the rest new
   * ones; all are in the data directory afterwards. Nodes that share the directory and start at the
   * same time get the same. Blocks.
   */
  public static Credentials open(NodeConfig config) throws IOException {
    Files.createDirectories(config.data());
    String token = open(config.data().resolve(TOKEN_FILE), config.token());
    String secret = open(config.data().resolve(SECRET_FILE), config.secret());
    return new Credentials(token, secret);
  }

  /** Replaces those in the data directory. Blocks. */
  public void save(Path data) throws IOException {
    replace(data.resolve(TOKEN_FILE), token);
    replace(data.resolve(SECRET_FILE), secret);
  }

  /** The token of the node that uses this data directory, if there is one. Blocks. */
  public static Optional<String> readToken(Path data) throws IOException {
    return read(data.resolve(TOKEN_FILE));
  }

  private static String open(Path file, Optional<String> given) throws IOException {
    Optional<String> present = read(file);
    if (given.isPresent()) {
      if (!given.equals(present)) {
        replace(file, given.get());
      }
      return given.get();
    }
    return present.isPresent() ? present.get() : create(file, random());
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** Writes the file unless another process is faster; returns what is in it. */
  private static String create(Path file, String value) throws IOException {
    Path draft = draft(file, value);
    try {
      Files.createLink(file, draft);
      return value;
    } catch (FileAlreadyExistsException faster) {
      return read(file).orElseThrow(() -> new IOException(file + " is empty"));
    } catch (UnsupportedOperationException noLinks) {
      Files.move(draft, file);
      return value;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void replace(Path file, String value) throws IOException {
    Files.move(draft(file, value), file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path draft(Path file, String value) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    Path directory = file.toAbsolutePath().getParent();
    Path draft = Files.createTempFile(directory, file.getFileName() + "-", ".new", attributes);
    return Files.writeString(draft, value + "\n");
  }

  private static String random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Leaves the values out. */
  @Override
  public String toString() {
    return "Credentials[not shown]";
  }
}
