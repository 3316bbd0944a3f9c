package dev.selvedge.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Inputs that are almost right: golden ones, damaged in the ways that decoders trip over. The same
 * seed gives the same inputs.
 */
public final class Mutator {
  /** No input is longer. */
  public static final int MOST = 16 * 1024;

  private static final int MOST_OF_A_WORD = 4 * 1024;

  private static final int[] TELLING_BYTES = {
    0, 1, 9, 10, 13, 0x1E, 0x20, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xC6, 0xDB, 0xDD, 0xDF, 0xFE, 0xFF
  };
  private static final long[] TELLING_NUMBERS = {
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xFFFF_FFFFL,
    1L << 53,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final String[] TELLING_DIGITS = {
    "-1", "0", "00", "1.5", "1e9", "1e999", "99999999999999999999", "2147483648", "0x10", "+3", ""
  };

  private final Random random;
  private final List<byte[]> golden;
  private final List<byte[]> words;

  /**
   * @param words what means something in the format, such as what opens a container
   */
  public Mutator(long seed, List<byte[]> golden, List<byte[]> words) {
    this.random = new Random(seed);
    this.golden = golden;
    this.words = words;
  }

  /** The next input; a few of them are golden ones as they are. */
  public byte[] next() {
    byte[] bytes = any(golden).clone();
    for (int left = random.nextInt(5); left > 0; left--) {
      bytes = damaged(bytes);
      if (bytes.length > MOST) {
        bytes = Arrays.copyOf(bytes, MOST);
      }
    }
    return bytes;
  }

  private byte[] damaged(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + 1 + random.nextInt(16));
    return switch (random.nextInt(12)) {
      case 0 -> with(bytes, at, bit -> bit ^ 1 << random.nextInt(8));
      case 1 -> with(bytes, at, old -> random.nextInt(256));
      case 2 -> with(bytes, at, old -> TELLING_BYTES[random.nextInt(TELLING_BYTES.length)]);
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 -> join(bytes, at, new byte[0], to);
      case 5 -> splice(bytes, at);
      case 6 -> join(bytes, at, repeated(bytes, at, to), at);
      case 7 -> join(bytes, at, any(words), at);
      case 8 -> join(bytes, at, times(any(words)), at);
      case 9 -> binaryNumber(bytes, at);
      case 10 -> join(bytes, at, varint(telling()), Math.min(bytes.length, at + 1));
      default -> digits(bytes, at);
    };
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private interface Change {
    int of(int old);
  }

  private static byte[] with(byte[] bytes, int at, Change change) {
    byte[] changed = bytes.clone();
    if (at < changed.length) {
      changed[at] = (byte) change.of(changed[at]);
    }
    return changed;
  }

  /** What is before {@code from}, the middle, and what is from {@code to} on. */
  private static byte[] join(byte[] bytes, int from, byte[] middle, int to) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.write(bytes, 0, from);
    joined.writeBytes(middle);
    joined.write(bytes, to, bytes.length - to);
    return joined.toByteArray();
  }

  private byte[] splice(byte[] bytes, int at) {
    byte[] other = any(golden);
    int from = random.nextInt(other.length + 1);
    return join(bytes, at, Arrays.copyOfRange(other, from, other.length), bytes.length);
  }

  private byte[] repeated(byte[] bytes, int from, int to) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int left = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 4); left > 0; left--) {
      all.write(bytes, from, to - from);
    }
    return all.toByteArray();
  }

  /** Nests, if the word opens something. */
  private byte[] times(byte[] word) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int times = 1 + random.nextInt(random.nextInt(4) == 0 ? 3_000 : 80);
    while (times-- > 0 && all.size() < MOST_OF_A_WORD) {
      all.writeBytes(word);
    }
    return all.toByteArray();
  }

  private long telling() {
    return TELLING_NUMBERS[random.nextInt(TELLING_NUMBERS.length)];
  }

  /** A number of one to eight bytes goes over what is there, as a length field would lie. */
  private byte[] binaryNumber(byte[] bytes, int at) {
    long number = random.nextBoolean() ? telling() : bytes.length - at + random.nextInt(5) - 2;
    int size = 1 << random.nextInt(4);
    boolean littleEndian = random.nextBoolean();
    byte[] changed = bytes.clone();
    for (int i = 0; i < size && at + i < changed.length; i++) {
      changed[at + i] = (byte) (number >> 8 * (littleEndian ? i : size - 1 - i));
    }
    return changed;
  }

  private static byte[] varint(long number) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long left = number;
    while ((left & ~0x7FL) != 0) {
      bytes.write((int) (left & 0x7F | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
    return bytes.toByteArray();
  }

  /** Another number for the next one that is written in digits. */
  private byte[] digits(byte[] bytes, int at) {
    int from = at;
    while (from < bytes.length && !isDigit(bytes[from])) {
      from++;
    }
    int to = from;
    while (to < bytes.length && isDigit(bytes[to])) {
      to++;
    }
    String other = TELLING_DIGITS[random.nextInt(TELLING_DIGITS.length)];
    return join(bytes, from, other.getBytes(StandardCharsets.US_ASCII), to);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
