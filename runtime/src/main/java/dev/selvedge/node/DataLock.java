package dev.selvedge.node;

import dev.selvedge.config.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second node away from a node's own directory, for as long as the process lives. */
final class DataLock {
  private final FileChannel channel;

  private DataLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a directory, which is created if it is missing. Blocks.
   *
   * @throws ConfigException if another node has it
   */
  static DataLock take(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new ConfigException(
          "node.data", directory, "a directory that no other running node uses");
    }
    return new DataLock(channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException takenInThisProcess) {
      return null;
    }
  }

  void release() {
    try {
      channel.close();
    } catch (IOException left) {
      System.getLogger(DataLock.class.getName())
          .log(System.Logger.Level.WARNING, "lock not released", left);
    }
  }
}
