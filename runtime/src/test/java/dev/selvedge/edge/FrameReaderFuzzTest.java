package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.testing.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The frame reader under random input: the same messages out, or a close code, and no leak. */
class FrameReaderFuzzTest {
  private static final WebSocketLimits LIMITS =
      new WebSocketLimits(2048, 4096, Duration.ZERO, Duration.ZERO, true);

  private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
  private final PerMessageDeflate deflate = new PerMessageDeflate();
  private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

  @BeforeEach
  void watchForLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  @AfterEach
  void everythingIsReleased() {
    deflate.close();
    ResourceLeakDetector.setLevel(level);
    assertEquals(0, alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory());
  }

  /** Writes down what it gets; stops reading at random if told so. */
  private static final class Recorder implements FrameReader.Sink {
    final List<String> events = new ArrayList<>();
    final Random pauses;
    boolean paused;
    boolean closed;
    FrameReader reader;

    Recorder(Random pauses) {
      this.pauses = pauses;
    }

    @Override
    public boolean reading() {
      return !paused && !closed;
    }

    private void add(String event) {
      events.add(event);
      paused = pauses != null && pauses.nextInt(3) == 0;
    }

    @Override
    public void message(boolean text, ByteBuf payload) {
      add((text ? "text " : "binary ") + ByteBufUtil.hexDump(payload));
    }

    @Override
    public void ping(ByteBuf payload) {
      add("ping " + ByteBufUtil.hexDump(payload));
    }

    @Override
    public void pong() {
      add("pong");
    }

    @Override
    public void closed(CloseReason reason) {
      closed = true;
      reader.release(); // as a connection does that is over
      add("close " + reason.code());
    }
  }

  /** Random well-formed frames and what a reader must make of them. */
  private byte[] conversation(Random random, List<String> expected) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = random.nextInt(6); i >= 0; i--) {
      boolean text = random.nextBoolean();
      byte[] payload = text ? words(random) : noise(random);
      writeFragments(random, bytes, payload, text ? 1 : 2, expected);
      expected.add((text ? "text " : "binary ") + ByteBufUtil.hexDump(payload));
    }
    if (random.nextInt(4) == 0) {
      bytes.writeBytes(RawClient.close(1000, "bye"));
      bytes.writeBytes(RawClient.text("never read"));
      expected.add("close 1000");
    }
    return bytes.toByteArray();
  }

  private void writeFragments(
      Random random, ByteArrayOutputStream to, byte[] payload, int opcode, List<String> expected) {
    byte[] body = payload;
    int first = opcode;
    if (random.nextInt(3) == 0) {
      ByteBuf plain = alloc.buffer().writeBytes(payload);
      ByteBuf compressed = deflate.deflate(plain, alloc, 8 + random.nextInt(8));
      body = ByteBufUtil.getBytes(compressed);
      plain.release();
      compressed.release();
      first |= 0x40;
    }
    int at = 0;
    while (at < body.length && random.nextBoolean()) {
      int length = random.nextInt(body.length - at + 1);
      to.writeBytes(RawClient.frame(first, Arrays.copyOfRange(body, at, at + length)));
      at += length;
      first = 0;
      if (random.nextInt(4) == 0) {
        to.writeBytes(RawClient.frame(0x89, new byte[] {7}));
        expected.add("ping 07");
      }
    }
    to.writeBytes(RawClient.frame(0x80 | first, Arrays.copyOfRange(body, at, body.length)));
  }

  private static byte[] words(Random random) {
    StringBuilder words = new StringBuilder();
    for (int i = random.nextInt(300); i > 0; i--) {
      words.appendCodePoint("aé€😀z".codePointAt(new int[] {0, 1, 2, 3, 5}[random.nextInt(5)]));
    }
    return words.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] noise(Random random) {
    byte[] noise = new byte[random.nextInt(1200)];
    random.nextBytes(noise);
    return noise;
  }

  /** Feeds bytes in random pieces; the code of the violation, or 0. */
  private int feed(Random random, byte[] bytes, Recorder sink) {
    FrameReader reader = new FrameReader(sink, LIMITS, alloc, deflate);
    sink.reader = reader;
    try {
      int at = 0;
      while (at < bytes.length) {
        int length =
            Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 900));
        reader.read(alloc.buffer(length).writeBytes(bytes, at, length));
        at += length;
        while (sink.paused) {
          sink.paused = false;
          reader.resume();
        }
      }
      return 0;
    } catch (WebSocketViolation violation) {
      return violation.reason().code();
    } finally {
      if (!sink.closed) {
        reader.release();
      }
    }
  }

  @Test
  void whateverTheChunksAndPausesTheMessagesAreTheSame() {
    Random random = new Random(42);
    for (int round = 0; round < 3_000; round++) {
      List<String> expected = new ArrayList<>();
      byte[] bytes = conversation(random, expected);
      Recorder sink = new Recorder(random.nextBoolean() ? random : null);

      assertEquals(0, feed(random, bytes, sink), "round " + round);

      assertEquals(expected, sink.events, "round " + round);
    }
  }

  @Test
  void whatIsEncodedIsDecoded() {
    Random random = new Random(99);
    for (int round = 0; round < 3_000; round++) {
      byte[] payload = new byte[random.nextInt(2049)];
      random.nextBytes(payload);
      int key = random.nextInt(4) == 0 ? 0 : random.nextInt();
      ByteBuf frame = alloc.buffer();
      FrameWriter.header(frame, FrameWriter.BINARY, payload.length);
      frame.setByte(1, frame.getByte(1) | 0x80);
      frame.writeInt(key);
      int start = frame.writerIndex();
      frame.writeBytes(payload);
      int split = random.nextInt(payload.length + 1);
      int turned = Masking.apply(key, frame, start, split);
      Masking.apply(turned, frame, start + split, payload.length - split);
      byte[] bytes = ByteBufUtil.getBytes(frame);
      frame.release();
      Recorder sink = new Recorder(null);

      assertEquals(0, feed(random, bytes, sink));

      assertEquals(List.of("binary " + ByteBufUtil.hexDump(payload)), sink.events);
    }
  }

  @Tag("fuzz")
  @Test
  void damagedInputEndsInACloseCodeAtWorst() throws Exception {
    List<byte[]> golden = new ArrayList<>();
    for (int seed = 0; seed < 30; seed++) {
      golden.add(conversation(new Random(seed), new ArrayList<>()));
    }
    Fuzz.of("WebSocket frames", golden)
        .bytes("89fe", "8880", "c1ff", "827f", "0180", "0080", "8080", "ff", "88820000000003e8")
        .refusedWith(WebSocketViolation.class)
        .allocating(2_048, 256 * 1024)
        .run(this::readInPieces);
  }

  private void readInPieces(byte[] bytes) {
    Recorder sink = new Recorder(null);
    int code = feed(new Random(Arrays.hashCode(bytes)), bytes, sink);
    assertTrue(code == 0 || code == 1002 || code == 1007 || code == 1009, "code " + code);
    if (code != 0) {
      throw new WebSocketViolation(CloseReason.PROTOCOL_ERROR);
    }
  }

  @Test
  void noiseEndsInACloseCodeAtWorst() {
    Random random = new Random(815);
    for (int round = 0; round < 10_000; round++) {
      byte[] noise = noise(random);
      int code = feed(random, noise, new Recorder(null));
      assertTrue(code == 0 || code == 1002 || code == 1007 || code == 1009, "code " + code);
    }
  }

  @Test
  void announcedLengthsTakeNoMemory() {
    WebSocketLimits generous =
        new WebSocketLimits(1 << 30, 1 << 30, Duration.ZERO, Duration.ZERO, false);
    FrameReader reader = new FrameReader(new Recorder(null), generous, alloc, null);
    ByteBuf header = alloc.buffer(16);
    header.writeByte(0x82).writeByte(0xff).writeLong(1 << 29).writeInt(0).writeShort(1);

    reader.read(header);

    assertTrue(alloc.metric().usedHeapMemory() < 1024);
    reader.release();
  }
}
