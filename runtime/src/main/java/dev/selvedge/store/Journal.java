package dev.selvedge.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest {@link Copy} of each key, in a directory of one node. Not thread-safe; every method
 * may block on the disk. When most of the file is outdated, one with the needed copies alone takes
 * its place in one step.
 */
final class Journal implements Closeable {
  private static final String NAME = "journal";
  private static final long MIN_COMPACTION_BYTES = 4 * 1024 * 1024;

  private final Path directory;
  private final FileChannel lock;
  private JournalFile file;

  private Journal(Path directory, FileChannel lock, JournalFile file) {
    this.directory = directory;
    this.lock = lock;
    this.file = file;
  }

  /**
   * Opens the journal of a directory, or begins one.
   *
   * @throws IOException also if another node has it open
   */
  static Journal open(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel lock = lock(directory);
    try {
      return new Journal(directory, lock, JournalFile.open(directory.resolve(NAME)));
    } catch (IOException | RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  List<String> keys() {
    return file.keys();
  }

  /** The newest copy of a key, or null. */
  byte @Nullable [] read(String key) throws IOException {
    return file.read(key);
  }

  /** Appends a copy, unless one as new is there; safe from a crash after {@link #force}. */
  boolean append(String key, byte[] copy) throws IOException {
    return file.append(key, copy);
  }

  void force() throws IOException {
    file.force();
  }

  /** Whether most of the file is outdated, and there is enough of it to matter. */
  boolean wantsCompaction() {
    return file.size() > MIN_COMPACTION_BYTES && file.size() > 2 * file.liveSize();
  }

  /** Rewrites the file with the copies that are still needed at {@code now}, and those only. */
  void compact(long now) throws IOException {
    Path path = directory.resolve(NAME + ".new");
    Files.deleteIfExists(path);
    JournalFile fresh = JournalFile.open(path);
    try {
      for (String key : file.keys()) {
        byte[] copy = file.read(key);
        if (copy != null && Copy.of(copy).isNeeded(now)) {
          fresh.append(key, copy);
        }
      }
      fresh.force();
      Files.move(path, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException failure) {
      fresh.close();
      throw failure;
    }
    JournalFile outdated = file;
    file = fresh;
    outdated.close();
    forceDirectory();
  }

  /** Bytes on disk. */
  long size() {
    return file.size();
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      file.close();
    }
  }

  private void forceDirectory() throws IOException {
    try (FileChannel self = FileChannel.open(directory, StandardOpenOption.READ)) {
      self.force(true);
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      // Taken within this process: the same answer.
    }
    if (lock == null) {
      channel.close();
      throw new IOException(directory + " is in use by another node");
    }
    return channel;
  }
}
