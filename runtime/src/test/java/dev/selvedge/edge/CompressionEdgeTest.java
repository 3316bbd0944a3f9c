package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** permessage-deflate (RFC 7692) as a client sees it. */
@Timeout(240)
class CompressionEdgeTest {
  private static final String OFFER =
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
  private static EdgeFixture edge;

  @BeforeAll
  static void start() {
    edge =
        EdgeFixture.echo(
            new WebSocketLimits(64 * 1024, 256 * 1024, Duration.ZERO, Duration.ZERO, true));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  private static RawClient open() throws Exception {
    return RawClient.webSocket(edge.port(), "/", OFFER);
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(plain);
    byte[] buffer = new byte[plain.length + 1024];
    int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(buffer, length - 4);
  }

  private static byte[] inflate(byte[] compressed) throws Exception {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(compressed);
    whole.write(hex("0000ffff"));
    Inflater inflater = new Inflater(true);
    inflater.setInput(whole.toByteArray());
    byte[] buffer = new byte[1024 * 1024];
    int length = inflater.inflate(buffer);
    inflater.end();
    return Arrays.copyOf(buffer, length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "declined",
      value = {
        "permessage-deflate | permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; client_max_window_bits=10; server_no_context_takeover |"
            + " permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "x-webkit, permessage-deflate; server_max_window_bits=7, permessage-deflate |"
            + " permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15 | permessage-deflate;"
            + " server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9 | permessage-deflate;"
            + " server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=\"8\" | permessage-deflate;"
            + " server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=16 | declined",
        "permessage-deflate; server_max_window_bits | declined",
        "permessage-deflate; client_max_window_bits=7 | declined",
        "permessage-deflate; client_max_window_bits=16 | declined",
        "permessage-deflate; client_max_window_bits=08 | declined",
        "permessage-deflate; server_no_context_takeover=1 | declined",
        "permessage-deflate; client_max_window_bits; client_max_window_bits | declined",
        "permessage-deflate; unheard_of | declined",
        "permessage-bzip2 | declined"
      })
  void anOfferIsAcceptedOrDeclined(String offer, String answer) {
    DeflateTerms terms = DeflateTerms.negotiate(offer);
    assertEquals(answer, terms == null ? null : terms.answer());
  }

  @Test
  void withoutAnOfferNothingIsCompressed() throws Exception {
    try (RawClient client = RawClient.webSocket(edge.port(), "/")) {
      String text = "a".repeat(4000);
      RawClient.Frame frame = client.send(RawClient.text(text)).frame();
      assertEquals(0x81, frame.first());
      assertEquals(text, frame.text());
      client.send(RawClient.frame(0xc1, deflate(new byte[1])));
      assertEquals(1002, client.closeCode());
    }
  }

  @Test
  void whereItIsOffAnOfferIsIgnored() throws Exception {
    try (EdgeFixture plain = EdgeFixture.echo(WebSocketLimits.DEFAULT);
        RawClient client = new RawClient(plain.port())) {
      client.send(RawClient.handshake("/", OFFER));
      assertNull(client.answer().header("sec-websocket-extensions"));
    }
  }

  /** RFC 7692 §7.2.3. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "f2 48 cd c9 c9 07 00", // one block
        "00 05 00 fa ff 48 65 6c 6c 6f 00", // no compression
        "f3 48 cd c9 c9 07 00 00", // a block marked final
        "f2 48 05 00 00 00 ff ff ca c9 c9 07 00" // two blocks
      })
  void theExamplesOfTheRfcAreUnderstood(String compressed) throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc1, hex(compressed)));
      assertEquals("Hello", client.frame().text());
      client.send(RawClient.frame(0xc1, hex("f2 48 cd c9 c9 07 00")));
      assertEquals("Hello", client.frame().text());
    }
  }

  @Test
  void fragmentsOfOneCompressedMessageCarryTheBitOnce() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0x41, hex("f2 48 cd"))).send(RawClient.frame(0x89, new byte[0]));
      client.send(RawClient.frame(0x80, hex("c9 c9 07 00")));
      assertEquals(0x8a, client.frame().first());
      assertEquals("Hello", client.frame().text());

      client.send(RawClient.frame(0x41, hex("f2 48 cd")));
      client.send(RawClient.frame(0xc0, hex("c9 c9 07 00")));
      assertEquals(1002, client.closeCode());
    }
  }

  @Test
  void longMessagesComeBackCompressedAndShortOnesPlain() throws Exception {
    try (RawClient client = open()) {
      String text = "Grüße, 世界! ".repeat(5_000);
      byte[] plain = text.getBytes(StandardCharsets.UTF_8);
      for (int round = 0; round < 3; round++) {
        client.send(RawClient.frame(0xc1, deflate(plain)));
        RawClient.Frame frame = client.frame();
        assertEquals(0xc1, frame.first());
        assertTrue(frame.payload().length < plain.length / 10);
        assertEquals(text, new String(inflate(frame.payload()), StandardCharsets.UTF_8));
      }
      client.send(RawClient.frame(0xc1, deflate("short".getBytes(StandardCharsets.UTF_8))));
      RawClient.Frame frame = client.frame();
      assertEquals(0x81, frame.first());
      assertEquals("short", frame.text());
    }
  }

  @Test
  void incompressibleMessagesOfAnyLengthComeBackWhole() throws Exception {
    Random random = new Random(1);
    try (RawClient client = open()) {
      for (int length : new int[] {0, 1, 1023, 1024, 8191, 8192, 8193, 16384, 60_000}) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        client.send(RawClient.frame(0xc2, length == 0 ? new byte[] {0} : deflate(noise)));
        RawClient.Frame frame = client.frame();
        byte[] back = (frame.first() & 0x40) != 0 ? inflate(frame.payload()) : frame.payload();
        assertTrue(Arrays.equals(noise, back), "length " + length);
      }
    }
  }

  /** Autobahn's groups 12 and 13: the offers, and for each many messages of all sizes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=9,"
            + " permessage-deflate; server_no_context_takeover, permessage-deflate"
      })
  void underEveryOfferManyMessagesOfAllSizesComeBack(String offer) throws Exception {
    Random random = new Random(12);
    try (RawClient client =
        RawClient.webSocket(edge.port(), "/", "Sec-WebSocket-Extensions: " + offer)) {
      for (int length : new int[] {0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072}) {
        for (int round = 0; round < 20; round++) {
          String text = sentences(random, length);
          sendCompressed(client, text.getBytes(StandardCharsets.UTF_8), random);
          assertEquals(text, message(client), () -> offer + ", length " + length);
        }
      }
    }
  }

  private static String sentences(Random random, int length) {
    String[] words = {"alpha ", "beta ", "Gamma", "δ ", "epsilon, ", "{\"zeta\":7}", "\n"};
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }

  /** As one message of one to four frames. */
  private static void sendCompressed(RawClient client, byte[] plain, Random random)
      throws Exception {
    byte[] body = deflate(plain);
    int first = 0x41;
    int at = 0;
    int frames = 1 + random.nextInt(4);
    for (int i = 1; i < frames || body.length - at > 64 * 1024; i++) {
      int length = random.nextInt(Math.min(body.length - at, 64 * 1024) + 1);
      client.send(RawClient.frame(first, Arrays.copyOfRange(body, at, at + length)));
      first = 0;
      at += length;
    }
    client.send(RawClient.frame(first | 0x80, Arrays.copyOfRange(body, at, body.length)));
  }

  private static String message(RawClient client) throws Exception {
    RawClient.Frame frame = client.frame();
    assertEquals(0x81, frame.first() & ~0x40);
    byte[] plain = (frame.first() & 0x40) != 0 ? inflate(frame.payload()) : frame.payload();
    return new String(plain, StandardCharsets.UTF_8);
  }

  @Test
  void nothingRefersFartherBackThanTheClientsWindow() throws Exception {
    byte[] noise = new byte[800];
    new Random(9).nextBytes(noise);
    byte[] twice = Arrays.copyOf(noise, 1600);
    System.arraycopy(noise, 0, twice, 800, 800);
    byte[] near = Arrays.copyOf(noise, 1600);
    Arrays.fill(near, 800, 1600, (byte) 7);

    assertTrue(echoedBytes(15, twice) < 900, "repeated 800 bytes later, within 32 KiB");
    assertTrue(echoedBytes(9, twice) > 1500, "repeated 800 bytes later, beyond 512");
    assertTrue(echoedBytes(9, near) < 900, "repeated at once");
  }

  /** How long the compressed echo of a binary message is. */
  private static int echoedBytes(int windowBits, byte[] plain) throws Exception {
    String offer = "permessage-deflate; server_max_window_bits=" + windowBits;
    try (RawClient client =
        RawClient.webSocket(edge.port(), "/", "Sec-WebSocket-Extensions: " + offer)) {
      RawClient.Frame echo = client.send(RawClient.frame(0x82, plain)).frame();
      assertEquals(0xc2, echo.first());
      assertTrue(Arrays.equals(plain, inflate(echo.payload())));
      return echo.payload().length;
    }
  }

  /** No context is taken over, so the same message costs the same bytes again. */
  @Test
  void theSameMessageTwiceIsTheSameBytesTwice() throws Exception {
    byte[] plain = sentences(new Random(3), 3000).getBytes(StandardCharsets.UTF_8);
    try (RawClient client = open()) {
      byte[] first = client.send(RawClient.frame(0xc1, deflate(plain))).frame().payload();
      byte[] second = client.send(RawClient.frame(0xc1, deflate(plain))).frame().payload();
      assertTrue(Arrays.equals(first, second));
    }
  }

  /** RFC 7692 §6: a client may leave any message uncompressed. */
  @Test
  void plainMessagesMayComeBetweenCompressedOnes() throws Exception {
    try (RawClient client = open()) {
      for (int i = 0; i < 10; i++) {
        client.send(RawClient.text("plain"));
        client.send(RawClient.frame(0xc1, hex("f2 48 cd c9 c9 07 00")));
        assertEquals("plain", client.frame().text());
        assertEquals("Hello", client.frame().text());
      }
    }
  }

  @Test
  void anEmptyMessageComesBackEmpty() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc1, hex("00"))).send(RawClient.frame(0xc1, new byte[0]));
      assertEquals("", client.frame().text());
      assertEquals("", client.frame().text());
    }
  }

  @Test
  void aMessageMayInflateToTheLimitAndNotBeyond() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc2, deflate(new byte[256 * 1024])));
      assertEquals(256 * 1024, inflate(client.frame().payload()).length);
      client.send(RawClient.frame(0xc2, deflate(new byte[256 * 1024 + 1])));
      assertEquals(1009, client.closeCode());
    }
  }

  @Test
  void aBombIsTooBigWhole() throws Exception {
    byte[] bomb = deflate(new byte[20 * 1024 * 1024]);
    assertTrue(bomb.length < 64 * 1024);
    fails(1009, RawClient.frame(0xc2, bomb));
  }

  @Test
  void aBombIsTooBigInFragments() throws Exception {
    byte[] bomb = deflate(new byte[100 * 1024 * 1024]);
    int half = bomb.length / 2;
    fails(
        1009,
        RawClient.frame(0x42, Arrays.copyOf(bomb, half)),
        RawClient.frame(0x80, Arrays.copyOfRange(bomb, half, bomb.length)));
  }

  @Test
  void finalBlocksWithoutEndAreInvalid() throws Exception {
    byte[] blocks = new byte[60_000];
    for (int i = 0; i < blocks.length; i += 2) {
      blocks[i] = 3;
    }
    fails(1007, RawClient.frame(0xc2, blocks));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff ff ff ff", // a reserved block type
        "00 05 00 00 00 48 65 6c 6c 6f 00", // a stored block whose length is not confirmed
        "00 05 00 fa ff 48 65", // a stored block that breaks off
        "f2 48 cd", // codes that break off
        "04 c0 81 08 00 00 00 00 20 7f eb 0b", // a table that breaks off
        "4b 04 f2", // looks back beyond the beginning
        "48 65 6c 6c 6f" // no DEFLATE at all
      })
  void whatIsNoDeflateIsInvalid(String compressed) throws Exception {
    fails(1007, RawClient.frame(0xc2, hex(compressed)));
  }

  @Test
  void whatInflatesToNoUtf8IsInvalid() throws Exception {
    fails(1007, RawClient.frame(0xc1, deflate(hex("41 c0 af"))));
    fails(1007, RawClient.frame(0xc1, deflate(hex("e2 82"))));
  }

  private static void fails(int code, byte[]... frames) throws Exception {
    try (RawClient client = open()) {
      for (byte[] frame : frames) {
        client.send(frame);
      }
      assertEquals(code, client.closeCode());
    }
  }

  /** The lane's one decompressor is as good as new after a message that it could not read. */
  @Test
  void aBrokenMessageOfOneClientDisturbsNoOther() throws Exception {
    try (RawClient witness = open()) {
      for (int i = 0; i < 20; i++) {
        fails(1007, RawClient.frame(0xc2, hex("ff ff")));
        witness.send(RawClient.frame(0xc1, hex("f2 48 cd c9 c9 07 00")));
        assertEquals("Hello", witness.frame().text());
      }
    }
  }

  @Test
  void controlFramesAreNeverCompressed() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc9, new byte[0]));
      assertEquals(1002, client.closeCode());
    }
  }
}
