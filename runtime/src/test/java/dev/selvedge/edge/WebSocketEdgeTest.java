package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.selvedge.function.CloseReason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 as a client sees it, to the byte. */
@Timeout(240)
class WebSocketEdgeTest {
  private static EdgeFixture edge;

  @BeforeAll
  static void start() {
    edge = EdgeFixture.echo(WebSocketLimits.DEFAULT);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @BeforeEach
  void forgetEarlierClients() throws Exception {
    edge.forgetEarlierClients();
  }

  private static RawClient open() throws Exception {
    return RawClient.webSocket(edge.port(), "/echo");
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  /** Sends bytes and expects the connection to fail with a code, seen by both sides. */
  private static void fails(int code, byte[]... frames) throws Exception {
    try (RawClient client = open()) {
      for (byte[] frame : frames) {
        client.send(frame);
      }
      assertEquals(code, client.closeCode());
      assertEquals(code, edge.nextClosed().code());
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void theHandshakeIsAnsweredAsInTheExampleOfTheRfc() throws Exception {
    try (RawClient client = new RawClient(edge.port())) {
      RawClient.Answer answer = client.send(RawClient.handshake("/")).answer();

      assertEquals(101, answer.status());
      assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.header("sec-websocket-accept"));
      assertEquals("websocket", answer.header("upgrade"));
      assertEquals("Upgrade", answer.header("connection"));
      assertNull(answer.header("sec-websocket-extensions"));
    }
  }

  @Test
  void theExamplesOfTheRfcAreUnderstood() throws Exception {
    try (RawClient client = open()) {
      client.send(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
      assertEquals("Hello", client.frame().text());

      client.send(hex("01 83 37 fa 21 3d 7f 9f 4d")).send(hex("80 82 37 fa 21 3d 5b 95"));
      RawClient.Frame joined = client.frame();
      assertEquals(0x81, joined.first());
      assertEquals("Hello", joined.text());

      client.send(hex("89 85 37 fa 21 3d 7f 9f 4d 51 58"));
      RawClient.Frame pong = client.frame();
      assertEquals(0x8a, pong.first());
      assertEquals("Hello", pong.text());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 125, 126, 127, 2048, 2049, 65535, 65536})
  void binaryMessagesOfEveryLengthFormComeBackWhole(int length) throws Exception {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (i * 31);
    }
    try (RawClient client = open()) {
      RawClient.Frame echoed = client.send(RawClient.frame(0x82, payload)).frame();

      assertEquals(0x82, echoed.first());
      assertArrayEquals(payload, echoed.payload());
    }
  }

  @Test
  void handshakeAndFramesMayArriveByteByByte() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(RawClient.handshake("/").getBytes(StandardCharsets.US_ASCII));
    try (RawClient client = new RawClient(edge.port())) {
      for (byte one : bytes.toByteArray()) {
        client.send(new byte[] {one});
      }
      assertEquals(101, client.answer().status());
      byte[] fragments =
          hex("01 83 37 fa 21 3d 7f 9f 4d 89 80 00 00 00 00 80 82 37 fa 21 3d 5b 95");
      for (byte one : fragments) {
        client.send(new byte[] {one});
      }
      assertEquals(0x8a, client.frame().first());
      assertEquals("Hello", client.frame().text());
    }
  }

  @Test
  void bytesBehindTheHandshakeAreNotLost() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(RawClient.handshake("/").getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(RawClient.text("one"));
    bytes.writeBytes(RawClient.text("two"));
    try (RawClient client = new RawClient(edge.port()).send(bytes.toByteArray())) {
      assertEquals(101, client.answer().status());
      assertEquals("one", client.frame().text());
      assertEquals("two", client.frame().text());
    }
  }

  @Test
  void aPingBetweenFragmentsIsAnsweredFirst() throws Exception {
    try (RawClient client = open()) {
      client
          .send(RawClient.frame(0x01, "frag".getBytes(StandardCharsets.UTF_8)))
          .send(RawClient.frame(0x89, new byte[] {1, 2}))
          .send(RawClient.frame(0x80, "ment".getBytes(StandardCharsets.UTF_8)));

      assertArrayEquals(new byte[] {1, 2}, client.frame().payload());
      assertEquals("fragment", client.frame().text());
    }
  }

  @Test
  void emptyFragmentsMakeAnEmptyMessage() throws Exception {
    try (RawClient client = open()) {
      client
          .send(RawClient.frame(0x01, new byte[0]))
          .send(RawClient.frame(0x00, new byte[0]))
          .send(RawClient.frame(0x80, new byte[0]));

      RawClient.Frame empty = client.frame();
      assertEquals(0x81, empty.first());
      assertEquals(0, empty.payload().length);
    }
  }

  @Test
  void unmaskedFramesFail() throws Exception {
    fails(1002, hex("81 05 48 65 6c 6c 6f"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c1 80 00000000", // RSV1
        "a1 80 00000000", // RSV2
        "91 80 00000000", // RSV3
        "c9 80 00000000", // RSV1 on a ping
        "83 80 00000000", // reserved data opcodes
        "87 80 00000000",
        "8b 80 00000000", // reserved control opcodes
        "8f 80 00000000",
        "09 80 00000000", // fragmented ping
        "08 80 00000000", // fragmented close
        "89 fe 007e 00000000", // ping of 126 bytes
        "80 80 00000000", // continuation of nothing
        "01 80 00000000 81 80 00000000", // message within a message
        "01 80 00000000 02 80 00000000",
        "82 ff 8000000000000000 00000000", // highest bit of the length
        "88 81 00000000 03" // half a close code
      })
  void brokenFramesAreAProtocolError(String frames) throws Exception {
    fails(1002, hex(frames));
  }

  @Test
  void lengthsNeedNotBeMinimal() throws Exception {
    try (RawClient client = open()) {
      client.send(hex("81 fe 0005 37fa213d 7f 9f 4d 51 58"));
      assertEquals("Hello", client.frame().text());
      client.send(hex("81 ff 0000000000000005 37fa213d 7f 9f 4d 51 58"));
      assertEquals("Hello", client.frame().text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ff", // no lead byte
        "c0 af", // overlong
        "e0 80 80",
        "f0 80 80 80",
        "ed a0 80", // surrogate
        "f4 90 80 80", // above U+10FFFF
        "f8 88 80 80 80",
        "ce ba e1 bd", // cut short
        "80" // lone continuation
      })
  void textThatIsNotUtf8IsInvalid(String text) throws Exception {
    fails(1007, RawClient.frame(0x81, hex(text)));
    fails(1007, RawClient.frame(0x01, new byte[0]), RawClient.frame(0x80, hex(text)));
  }

  @Test
  void invalidTextFailsBeforeItsFrameIsComplete() throws Exception {
    byte[] frame = RawClient.frame(0x81, hex("48 65 f4 90 80 80 6c 6c 6f 6f 6f"));
    byte[] begun = new byte[frame.length - 5];
    System.arraycopy(frame, 0, begun, 0, begun.length);
    fails(1007, begun);
  }

  @Test
  void aCharacterMayBeSplitOverFragments() throws Exception {
    byte[] character = "€😀".getBytes(StandardCharsets.UTF_8);
    try (RawClient client = open()) {
      for (int i = 0; i < character.length; i++) {
        int first = (i == 0 ? 0x01 : 0x00) | (i == character.length - 1 ? 0x80 : 0);
        client.send(RawClient.frame(first, new byte[] {character[i]}));
      }
      assertEquals("€😀", client.frame().text());
    }
  }

  @Test
  void tooLongFramesAndMessagesAreTooBig() throws Exception {
    byte[] frame = RawClient.frame(0x82, new byte[300 * 1024]);
    fails(1009, frame);

    byte[] fragment = new byte[60 * 1024];
    fails(
        1009,
        RawClient.frame(0x02, fragment),
        RawClient.frame(0x00, fragment),
        RawClient.frame(0x00, fragment),
        RawClient.frame(0x00, fragment),
        RawClient.frame(0x80, fragment));
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1014, 3000, 4999})
  void closeIsAnsweredWithItsCode(int code) throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.close(code, "bye"));

      assertEquals(code, client.closeCode());
      assertEquals(0, client.untilClosed().length);
      CloseReason reason = edge.nextClosed();
      assertEquals(code, reason.code());
      assertEquals("bye", reason.text());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535})
  void codesThatMayNotBeSentAreAProtocolError(int code) throws Exception {
    fails(1002, RawClient.close(code, ""));
  }

  @Test
  void aCloseReasonMustBeUtf8() throws Exception {
    fails(1007, RawClient.frame(0x88, hex("03e8 ff")));
  }

  @Test
  void aCloseWithoutCodeIsAnsweredWithoutCode() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.frame(0x88, new byte[0]));

      assertEquals(0, client.frame().payload().length);
      assertEquals(1005, edge.nextClosed().code());
    }
  }

  @Test
  void messagesAfterACloseAreIgnored() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.close(1000, "")).send(RawClient.text("late"));

      assertEquals(0x88, client.frame().first());
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void aSocketThatJustEndsIsLost() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.text("x"));
      client.frame();
    }
    assertEquals(CloseReason.LOST, edge.nextClosed());
  }
}
