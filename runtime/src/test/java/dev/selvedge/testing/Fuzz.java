package dev.selvedge.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives a decoder one damaged input after the other (see {@link Mutator}) and holds it to three
 * promises: it returns or refuses with the exceptions that it is said to refuse with; it comes to
 * an end; and it allocates in proportion to the input, not to a length that the input claims.
 *
 * <p>By default so many rounds from a fixed seed; the system properties {@code
 * selvedge.fuzz.minutes} and {@code selvedge.fuzz.seed} make it so many minutes, and another seed.
 * A failure shows its input in hex.
 */
public final class Fuzz {
  private static final long SEED = Long.getLong("selvedge.fuzz.seed", 20_261_123);
  private static final Duration TIME =
      Duration.ofMinutes(Integer.getInteger("selvedge.fuzz.minutes", 0));

  /** A decoder that is at one input for so long hangs. */
  private static final Duration HANG = Duration.ofSeconds(120);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Reads one input; what follows of it must depend on nothing else. */
  public interface Decoder {
    void decode(byte[] input) throws Exception;
  }

  private final String name;
  private final List<byte[]> golden;
  private final List<byte[]> words = new ArrayList<>();
  private Set<Class<? extends Exception>> refusals = Set.of();
  private int rounds = 20_000;
  private int bytesPerByte = 256;
  private int bytesBeside = 64 * 1024;

  private final AtomicLong round = new AtomicLong();
  private volatile byte[] current = {};
  private volatile @Nullable Throwable failure;
  private long refused;
  private long most;

  private Fuzz(String name, List<byte[]> golden) {
    this.name = name;
    this.golden = golden;
    this.words.add(new byte[] {0});
  }

  /**
   * @param golden what the decoder takes
   */
  public static Fuzz of(String name, List<byte[]> golden) {
    return new Fuzz(name, golden);
  }

  public static Fuzz ofTexts(String name, String... golden) {
    return new Fuzz(name, Stream.of(golden).map(Fuzz::utf8).toList());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What means something in the format, such as what opens a container. */
  public Fuzz words(String... texts) {
    Stream.of(texts).map(Fuzz::utf8).forEach(words::add);
    return this;
  }

  /** Words that are no text, in hex. */
  public Fuzz bytes(String... hex) {
    Stream.of(hex).map(HexFormat.of()::parseHex).forEach(words::add);
    return this;
  }

  /** How the decoder refuses. Nothing else may come out of it. */
  @SafeVarargs
  public final Fuzz refusedWith(Class<? extends Exception>... types) {
    refusals = Set.of(types);
    return this;
  }

  public Fuzz rounds(int number) {
    rounds = number;
    return this;
  }

  /** How much an input of {@code n} bytes may allocate: {@code perByte * n + beside} bytes. */
  public Fuzz allocating(int perByte, int beside) {
    bytesPerByte = perByte;
    bytesBeside = beside;
    return this;
  }

  public void run(Decoder decoder) throws InterruptedException {
    Thread worker = new Thread(() -> attack(decoder), "fuzz " + name);
    worker.setDaemon(true);
    worker.start();
    while (worker.isAlive()) {
      long before = round.get();
      worker.join(HANG.toMillis());
      if (worker.isAlive() && round.get() == before) {
        throw new AssertionError(
            "hangs at " + shown() + "\n" + Arrays.toString(worker.getStackTrace()));
      }
    }
    if (failure != null) {
      throw new AssertionError("round " + round.get() + ": " + shown(), failure);
    }
    System.out.printf(
        "fuzz %s: seed %d, %,d inputs, %,d refused, at most %,d bytes allocated for one%n",
        name, SEED, round.get(), refused, most);
  }

  private String shown() {
    return HexFormat.of().formatHex(current) + " = " + new String(current, StandardCharsets.UTF_8);
  }

  private void attack(Decoder decoder) {
    try {
      for (byte[] input : golden) {
        current = input;
        decoder.decode(input);
      }
      Mutator mutator = new Mutator(SEED, golden, words);
      long start = System.nanoTime();
      while (TIME.isZero() ? round.get() < rounds : System.nanoTime() - start < TIME.toNanos()) {
        current = mutator.next();
        if (allocated(decoder) > allowed()) {
          // Once more: the first time, classes may have been loaded.
          long again = allocated(decoder);
          if (again > allowed()) {
            throw new AssertionError(again + " bytes allocated for " + current.length);
          }
        }
        round.incrementAndGet();
      }
      long all = round.get();
      if (refused < all / 20 || refused > all - all / 20) {
        throw new AssertionError(refused + " of " + all + " were refused: no fair damage");
      }
    } catch (Throwable unexpected) {
      failure = unexpected;
    }
  }

  private long allowed() {
    return (long) bytesPerByte * current.length + bytesBeside;
  }

  private long allocated(Decoder decoder) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      decoder.decode(current);
    } catch (Exception refusal) {
      if (refusals.stream().noneMatch(type -> type.isInstance(refusal))) {
        throw refusal;
      }
      refused++;
    }
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    most = Math.max(most, Math.min(bytes, allowed()));
    return bytes;
  }
}
