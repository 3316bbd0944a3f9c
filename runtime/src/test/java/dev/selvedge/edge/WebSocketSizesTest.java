package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Autobahn's group 9 is about: large messages, many fragments, chops, and the limits. */
@Timeout(240)
class WebSocketSizesTest {
  private static final int MAX_FRAME = 8 << 20;
  private static final int MAX_MESSAGE = 16 << 20;
  private static final int TEXT = 0x01;
  private static final int BINARY = 0x02;
  private static final int FIN = 0x80;

  private static EdgeFixture edge;

  @BeforeAll
  static void start() {
    edge =
        EdgeFixture.echo(
            new WebSocketLimits(MAX_FRAME, MAX_MESSAGE, Duration.ZERO, Duration.ZERO, false));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static RawClient open() throws Exception {
    return RawClient.webSocket(edge.port(), "/");
  }

  /** Valid as a text, too. */
  private static byte[] letters(int length) {
    byte[] letters = new byte[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return letters;
  }

  /** The frames of one message; the last one may be shorter than the others. */
  private static byte[] fragments(int opcode, byte[] message, int size) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    int first = opcode;
    int at = 0;
    for (; message.length - at > size; at += size) {
      frames.writeBytes(RawClient.frame(first, Arrays.copyOfRange(message, at, at + size)));
      first = 0;
    }
    frames.writeBytes(
        RawClient.frame(first | FIN, Arrays.copyOfRange(message, at, message.length)));
    return frames.toByteArray();
  }

  private static void comesBack(RawClient client, int opcode, byte[] message) throws Exception {
    RawClient.Frame echo = client.frame();
    assertEquals(opcode | FIN, echo.first());
    assertArrayEquals(message, echo.payload());
  }

  @ParameterizedTest
  @ValueSource(ints = {64 << 10, 256 << 10, 1 << 20, 4 << 20, MAX_FRAME})
  void largeMessagesInOneFrameComeBack(int length) throws Exception {
    byte[] message = letters(length);
    try (RawClient client = open()) {
      client.send(RawClient.frame(TEXT | FIN, message));
      comesBack(client, TEXT, message);
      client.send(RawClient.frame(BINARY | FIN, message));
      comesBack(client, BINARY, message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4096",
    "7, 65536",
    "64, 4194304",
    "125, 262144",
    "126, 262144",
    "1024, 4194304",
    "65535, 4194304",
    "65536, 4194304",
    "65537, 4194304",
    "1048576, 4194304",
    "8388608, 16777216"
  })
  void messagesInFragmentsOfEverySizeComeBack(int fragment, int length) throws Exception {
    byte[] message = letters(length);
    try (RawClient client = open()) {
      client.send(fragments(TEXT, message, fragment));
      comesBack(client, TEXT, message);
      client.send(fragments(BINARY, message, fragment));
      comesBack(client, BINARY, message);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 1024, 1460, 2048})
  void aFrameThatArrivesInChopsComesBack(int chop) throws Exception {
    byte[] message = letters(1 << 20);
    byte[] frame = RawClient.frame(TEXT | FIN, message);
    try (RawClient client = open()) {
      for (int at = 0; at < frame.length; at += chop) {
        client.send(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + chop)));
      }
      comesBack(client, TEXT, message);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 64, 256, 1024, 4096, 16384, 65536})
  void manyMessagesComeBackOneByOne(int length) throws Exception {
    byte[] message = letters(length);
    byte[] frame = RawClient.frame(BINARY | FIN, message);
    try (RawClient client = open()) {
      for (int i = 0; i < 300; i++) {
        client.send(frame);
        comesBack(client, BINARY, message);
      }
    }
  }

  @Test
  void oneByteMoreThanAFrameMayHaveIsTooBig() throws Exception {
    try (RawClient client = open()) {
      client.send(header(BINARY | FIN, MAX_FRAME + 1L));
      assertEquals(1009, client.closeCode());
    }
  }

  @Test
  void oneByteMoreThanAMessageMayHaveIsTooBig() throws Exception {
    byte[] half = new byte[MAX_FRAME];
    try (RawClient client = open()) {
      client.send(RawClient.frame(BINARY, half)).send(RawClient.frame(0, half));
      client.send(header(FIN, 1));
      assertEquals(1009, client.closeCode());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 31, 1L << 32, (1L << 32) + 5, Long.MAX_VALUE})
  void lengthsBeyondAnIntegerAreTooBig(long length) throws Exception {
    try (RawClient client = open()) {
      client.send(header(BINARY | FIN, length));
      assertEquals(1009, client.closeCode());
    }
    try (RawClient client = open()) {
      client.send(RawClient.frame(BINARY, new byte[1])).send(header(FIN, length));
      assertEquals(1009, client.closeCode());
    }
  }

  @Test
  void emptyFragmentsCountNothing() throws Exception {
    byte[] message = letters(100);
    try (RawClient client = open()) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      frames.writeBytes(RawClient.frame(TEXT, new byte[0]));
      for (int i = 0; i < 10_000; i++) {
        frames.writeBytes(RawClient.frame(0, new byte[0]));
      }
      frames.writeBytes(RawClient.frame(FIN, message));
      client.send(frames.toByteArray());
      comesBack(client, TEXT, message);
    }
  }

  /** A header with the long form of the length, and no payload. */
  private static byte[] header(int first, long length) {
    byte[] header = new byte[14];
    header[0] = (byte) first;
    header[1] = (byte) 0xff;
    for (int i = 0; i < 8; i++) {
      header[2 + i] = (byte) (length >> 56 - 8 * i);
    }
    return header;
  }
}
