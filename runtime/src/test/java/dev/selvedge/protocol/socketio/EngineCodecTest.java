package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.protocol.socketio.EnginePacket.Type;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineCodecTest {
  private static final byte[] BYTES = {1, 2, 3, 4};

  private static String text(Frame frame) {
    return new String(frame.bytes(), StandardCharsets.UTF_8);
  }

  private static List<String> packets(String payload) {
    List<String> packets = new ArrayList<>();
    EngineCodec.packets(payload).forEachRemaining(packets::add);
    return packets;
  }

  @ParameterizedTest
  @CsvSource(
      emptyValue = "",
      value = {
        "0{}, OPEN, {}",
        "1, CLOSE, ''",
        "2, PING, ''",
        "2probe, PING, probe",
        "3, PONG, ''",
        "3probe, PONG, probe",
        "4, MESSAGE, ''",
        "4hello, MESSAGE, hello",
        "44, MESSAGE, 4",
        "4b, MESSAGE, b",
        "4€ß😀, MESSAGE, €ß😀",
        "5, UPGRADE, ''",
        "6, NOOP, ''"
      })
  void everyTypeIsRead(String packet, Type type, String text) throws Exception {
    assertEquals(EnginePacket.text(type, text), EngineCodec.decode(packet));
  }

  @Test
  void binaryMessageIsReadFromBase64() throws Exception {
    assertEquals(EnginePacket.binary(Buffer.buffer(BYTES)), EngineCodec.decode("bAQIDBA=="));
    assertEquals(EnginePacket.binary(Buffer.buffer(BYTES)), EngineCodec.decode("bAQID\r\nBA==\n"));
    assertEquals(EnginePacket.binary(Buffer.buffer()), EngineCodec.decode("b"));
    assertEquals(
        EnginePacket.binary(Buffer.buffer(new byte[] {(byte) 0xfb, (byte) 0xff})),
        EngineCodec.decode("b+/8="));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "9x", "a", "B", "-1", "é", " 4", "b-_8=", "bA", "b====", "b é"})
  void anythingElseIsAParseError(String packet) {
    MalformedPacket error = assertThrows(MalformedPacket.class, () -> EngineCodec.decode(packet));

    assertEquals("parse error", error.reason());
  }

  @Test
  void framesAreWritten() {
    assertEquals("1", text(EngineCodec.CLOSE));
    assertEquals("2", text(EngineCodec.PING));
    assertEquals("3probe", text(EngineCodec.PROBED));
    assertEquals("6", text(EngineCodec.NOOP));
    assertEquals("4hello", text(EngineCodec.message("hello")));
    assertEquals("4€", text(EngineCodec.message("€")));
    assertEquals("bAQIDBA==", text(EngineCodec.asText(Frame.binary(BYTES))));
    assertEquals("4a", text(EngineCodec.asText(EngineCodec.message("a"))));
  }

  @Test
  void handshakeHasExactlyFiveKeys() {
    assertEquals(
        "0{\"sid\":\"b4nU1l0QlKjvOInVAAAA\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
            + "\"pingTimeout\":20000,\"maxPayload\":1000000}",
        text(
            EngineCodec.open(
                "b4nU1l0QlKjvOInVAAAA",
                List.of("websocket"),
                Duration.ofSeconds(25),
                Duration.ofSeconds(20),
                1_000_000)));
    assertEquals(
        "0{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":300,\"pingTimeout\":200,"
            + "\"maxPayload\":1024}",
        text(
            EngineCodec.open(
                "x", List.of(), Duration.ofMillis(300), Duration.ofMillis(200), 1024)));
  }

  @Test
  void payloadIsItsPacketsWithSeparators() {
    List<Frame> frames =
        List.of(EngineCodec.message("hello"), Frame.binary(BYTES), EngineCodec.CLOSE);

    assertEquals("4hello\u001ebAQIDBA==\u001e1", EngineCodec.payload(frames).toString());
    assertEquals("6", EngineCodec.payload(List.of(EngineCodec.NOOP)).toString());
    assertEquals(List.of("4hello", "bAQIDBA==", "1"), packets("4hello\u001ebAQIDBA==\u001e1"));
    assertEquals(List.of("4"), packets("4"));
    assertEquals(List.of(""), packets(""));
    assertEquals(List.of("", "4a", ""), packets("\u001e4a\u001e"));
  }

  @Test
  void lengthInAPayloadIsThatOfItsBytes() {
    for (int length = 0; length < 10; length++) {
      Frame binary = Frame.binary(new byte[length]);

      assertEquals(
          EngineCodec.payload(List.of(binary)).length(), EngineCodec.lengthInPayload(binary));
    }
    assertEquals(2, EngineCodec.lengthInPayload(EngineCodec.message("a")));
  }

  @Test
  void anyBytesComeBackFromAPayload() throws Exception {
    java.util.Random random = new java.util.Random(42);
    for (int round = 0; round < 1_000; round++) {
      byte[] bytes = new byte[random.nextInt(100)];
      random.nextBytes(bytes);
      String payload = EngineCodec.payload(List.of(Frame.binary(bytes))).toString();

      assertArrayEquals(bytes, EngineCodec.decode(payload).binary().getBytes());
      assertEquals("b" + Base64.getEncoder().encodeToString(bytes), payload);
    }
  }

  @Test
  void noInputDoesMoreThanFail() {
    java.util.Random random = new java.util.Random(7);
    String alphabet = "0123456bA=+/\u001e{}[]\"é\ud83d\u0000";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder payload = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        payload.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      for (String packet : packets(payload.toString())) {
        try {
          EngineCodec.decode(packet);
        } catch (MalformedPacket refused) {
          assertEquals("parse error", refused.reason());
        }
      }
      assertEquals(
          Arrays.asList(payload.toString().split("\u001e", -1)), packets(payload.toString()));
    }
  }
}
