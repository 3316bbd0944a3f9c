package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
        "x-webkit, permessage-deflate; server_max_window_bits=10, permessage-deflate |"
            + " permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15 | permessage-deflate;"
            + " server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=10 | declined",
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
    assertEquals(answer, PerMessageDeflate.negotiate(offer));
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

  @Test
  void aBombIsTooBig() throws Exception {
    byte[] bomb = deflate(new byte[20 * 1024 * 1024]);
    assertTrue(bomb.length < 64 * 1024);
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc2, bomb));
      assertEquals(1009, client.closeCode());
    }
  }

  @Test
  void whatIsNoDeflateOrNoUtf8IsInvalid() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc1, hex("ff ff ff ff")));
      assertEquals(1007, client.closeCode());
    }
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc1, deflate(hex("41 c0 af"))));
      assertEquals(1007, client.closeCode());
    }
  }

  @Test
  void controlFramesAreNeverCompressed() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0xc9, new byte[0]));
      int code = client.closeCode();
      assertEquals(1002, code);
      assertNotEquals(1000, code);
    }
  }
}
