package dev.selvedge.store;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file to which each change of a key is appended, and in memory where in it the newest {@link
 * Copy} of each key is. Not thread-safe; every method may block on the disk.
 *
 * <p>The file begins with {@link #MAGIC}; then come records of {@code length:int, crc32c:int,
 * keyLength:int, key, copy}, the length and the checksum being of what follows the checksum. A
 * crash can cut the last record off: opening keeps what is whole before the first that is not, and
 * puts the file as it was aside, as {@code <name>.damaged}.
 */
final class JournalFile implements Closeable {
  private static final System.Logger LOG = System.getLogger(JournalFile.class.getName());
  private static final byte[] MAGIC = "selvedge store 1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 2 * Integer.BYTES;
  private static final int MAX_LENGTH = 4 * 1024 * 1024;

  /** Where a copy is. */
  private record Place(long revision, long offset, int length) {}

  private final Path path;
  private final FileChannel file;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private long end;
  private long liveBytes;

  private JournalFile(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /** Opens a file, or begins one. */
  static JournalFile open(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      JournalFile file = new JournalFile(path, channel);
      file.load();
      return file;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  List<String> keys() {
    return List.copyOf(places.keySet());
  }

  /** The newest copy of a key, or null. */
  byte @Nullable [] read(String key) throws IOException {
    Place place = places.get(key);
    if (place == null) {
      return null;
    }
    ByteBuffer record = readFully(place.offset, place.length);
    record.position(HEADER);
    byte[] name = new byte[record.getInt()];
    record.get(name);
    byte[] copy = new byte[record.remaining()];
    record.get(copy);
    return copy;
  }

  /** Appends a copy, unless one as new is there; safe from a crash after {@link #force}. */
  boolean append(String key, byte[] copy) throws IOException {
    Place known = places.get(key);
    long revision = Copy.revisionOf(copy);
    if (known != null && known.revision >= revision) {
      return false;
    }
    ByteBuffer record = encode(key, copy);
    int length = record.remaining();
    writeFully(record, end);
    place(key, new Place(revision, end, length));
    end += length;
    return true;
  }

  void force() throws IOException {
    file.force(false);
  }

  /** Bytes in the file. */
  long size() {
    return end;
  }

  /** Bytes of the newest copies alone. */
  long liveSize() {
    return liveBytes;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void load() throws IOException {
    if (file.size() == 0) {
      writeMagic();
      return;
    }
    requireMagic();
    long size = file.size();
    while (end < size) {
      int length = wholeRecordAt(end, size);
      if (length == 0) {
        putAside(size - end);
        file.truncate(end);
        return;
      }
      index(end, length);
      end += length;
    }
  }

  private void index(long offset, int length) throws IOException {
    ByteBuffer record = readFully(offset, length);
    record.position(HEADER);
    byte[] name = new byte[record.getInt()];
    record.get(name);
    place(new String(name, StandardCharsets.UTF_8), new Place(record.getLong(), offset, length));
  }

  /** The length of the record at that place, or 0 if there is no whole one. */
  private int wholeRecordAt(long offset, long size) throws IOException {
    if (size - offset < HEADER) {
      return 0;
    }
    ByteBuffer header = readFully(offset, HEADER);
    int length = header.getInt();
    int checksum = header.getInt();
    if (length < Integer.BYTES || length > MAX_LENGTH || length > size - offset - HEADER) {
      return 0;
    }
    return checksum == checksum(readFully(offset + HEADER, length)) ? HEADER + length : 0;
  }

  private void putAside(long lost) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".damaged");
    Files.copy(path, aside, StandardCopyOption.REPLACE_EXISTING);
    LOG.log(
        System.Logger.Level.WARNING,
        "store journal cut short file={0} lost-bytes={1} copy={2}",
        path,
        lost,
        aside);
  }

  private void place(String key, Place place) {
    Place old = places.put(key, place);
    liveBytes += place.length - (old == null ? 0 : old.length);
  }

  private void writeMagic() throws IOException {
    writeFully(ByteBuffer.wrap(MAGIC), 0);
    end = MAGIC.length;
  }

  private void requireMagic() throws IOException {
    if (file.size() < MAGIC.length || !readFully(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new IOException(path + " is no store journal of this version");
    }
    end = MAGIC.length;
  }

  private ByteBuffer readFully(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException(path + " ends within a record");
      }
    }
    return bytes.flip();
  }

  private void writeFully(ByteBuffer bytes, long offset) throws IOException {
    long start = bytes.position();
    while (bytes.hasRemaining()) {
      file.write(bytes, offset + bytes.position() - start);
    }
  }

  private static ByteBuffer encode(String key, byte[] copy) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    ByteBuffer record = ByteBuffer.allocate(HEADER + Integer.BYTES + name.length + copy.length);
    record.position(HEADER);
    record.putInt(name.length).put(name).put(copy);
    record.position(HEADER);
    int checksum = checksum(record.slice());
    record.putInt(0, record.capacity() - HEADER).putInt(Integer.BYTES, checksum);
    return record.position(0);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }
}
