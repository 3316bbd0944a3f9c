package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.protocol.messagepack.MalformedMessagePack;
import dev.selvedge.protocol.messagepack.MessagePackReader;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagePackHubCodecTest {
  static Stream<Arguments> golden() {
    return Stream.of(
        of("lgGAo3h5eqZtZXRob2SQkA==", call("xyz", "method", List.of(), List.of())),
        of("lgGAwKZtZXRob2SQkA==", call(null, "method", List.of(), List.of())),
        of("lgGAwKZtZXRob2SRKpA=", call(null, "method", List.of(42), List.of())),
        of("lgGAwKZtZXRob2SSKqZzdHJpbmeQ", call(null, "method", List.of(42, "string"), List.of())),
        of(
            "lgGAwKZUYXJnZXSQkatfX3Rlc3RfaWRfXw==",
            call(null, "Target", List.of(), List.of("__test_id__"))),
        of("lAKAo3h5eio=", new HubMessage.StreamItem("xyz", 42)),
        of("lAKAo3h5eqZzdHJpbmc=", new HubMessage.StreamItem("xyz", "string")),
        of("lAKAo3h5esM=", new HubMessage.StreamItem("xyz", true)),
        of(
            "lQOAo3h5egGwRXJyb3Igbm90IGZvdW5kIQ==",
            new HubMessage.Failed("xyz", "Error not found!")),
        of("lAOAo3h5egI=", new HubMessage.Done("xyz")),
        of("lQOAo3h5egMq", new HubMessage.Result("xyz", 42)),
        of("lQOAo3h5egOmc3RyaW5n", new HubMessage.Result("xyz", "string")),
        of(
            "lgSAo3h5eqZtZXRob2SRKpA=",
            new HubMessage.StreamInvocation("xyz", "method", List.of(42), List.of())),
        of("kwWAo3h5eg==", new HubMessage.CancelInvocation("xyz")),
        of("kQY=", new HubMessage.Ping()),
        of("kwfAwg==", new HubMessage.Close(null, false)),
        of("kwemRXJyb3Ihwg==", new HubMessage.Close("Error!", false)),
        of("kwfAww==", new HubMessage.Close(null, true)),
        of("kggq", new HubMessage.Ack(42)),
        of("kgnMkg==", new HubMessage.Sequence(146)));
  }

  private static Arguments of(String base64, HubMessage message) {
    return Arguments.of(base64, message);
  }

  private static HubMessage call(
      String id, String target, List<Object> args, List<String> streamIds) {
    return new HubMessage.Invocation(id, target, args, streamIds);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void bodiesAreReadAsTheSpecificationHasThem(String base64, HubMessage message)
      throws HubViolation {
    assertEquals(message, MessagePackHubCodec.decode(Base64.getDecoder().decode(base64)));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void bodiesAreWrittenBehindTheirLength(String base64, HubMessage message) {
    byte[] body = Base64.getDecoder().decode(base64);
    byte[] framed = new byte[body.length + 1];
    framed[0] = (byte) body.length;
    System.arraycopy(body, 0, framed, 1, body.length);

    assertArrayEquals(framed, MessagePackHubCodec.encode(message));
  }

  @Test
  void numbersOfSinglePrecisionPassBothWays() throws HubViolation {
    byte[] body = Base64.getDecoder().decode("lAKAo3h5espCKAAA");

    assertEquals(new HubMessage.StreamItem("xyz", 42.0), MessagePackHubCodec.decode(body));
    byte[] framed = MessagePackHubCodec.encode(new HubMessage.StreamItem("xyz", 42.0f));
    assertEquals("940280a378797aca42280000", HexFormat.of().formatHex(framed, 1, framed.length));
  }

  @Test
  void aPingIsTwoBytes() {
    assertArrayEquals(
        new byte[] {2, (byte) 0x91, 6}, MessagePackHubCodec.encode(new HubMessage.Ping()));
  }

  @ParameterizedTest
  @CsvSource({"121, 127, 1", "122, 128, 2", "16376, 16383, 2", "16377, 16384, 3"})
  void lengthsTakeSevenBitsAByte(int size, int bodyLength, int prefix) throws HubViolation {
    byte[] framed =
        MessagePackHubCodec.encode(new HubMessage.StreamItem("", Buffer.buffer(new byte[size])));
    HubInput input = new HubInput(100_000);
    input.add(Unpooled.wrappedBuffer(framed));
    byte[] body = input.nextBody();

    assertEquals(bodyLength, body.length);
    assertEquals(prefix, framed.length - body.length);
  }

  /** What older and newer clients write. */
  @ParameterizedTest
  @CsvSource({
    "95 01 80 c0 a1 54 90", // without stream ids
    "97 01 80 c0 a1 54 90 90 c3", // with one more item
    "96 01 81 a1 61 a1 62 c0 a1 54 90 90", // with a header
    "dc 00 06 cc 01 de 00 00 c0 d9 01 54 dc 00 00 90", // in longer forms
  })
  void otherFormsOfAnInvocationAreAccepted(String hex) throws HubViolation {
    assertEquals(
        new HubMessage.Invocation(null, "T", List.of(), List.of()),
        MessagePackHubCodec.decode(bytes(hex)));
  }

  @Test
  void aCloseOfTheJavaScriptClientHasTwoItems() throws HubViolation {
    assertEquals(new HubMessage.Close(null, false), MessagePackHubCodec.decode(bytes("92 07 c0")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"91 0a", "92 cd ff ff c0", "91 00", "91 ff"})
  void unknownTypesAreIgnored(String hex) throws HubViolation {
    assertEquals(HubMessage.Unknown.class, MessagePackHubCodec.decode(bytes(hex)).getClass());
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("c0", null),
        Arguments.of("cc ff", 255),
        Arguments.of("cd ff ff", 65_535),
        Arguments.of("ce ff ff ff ff", 4_294_967_295L),
        Arguments.of("cf 7f ff ff ff ff ff ff ff", Long.MAX_VALUE),
        Arguments.of("cf ff ff ff ff ff ff ff ff", 1.8446744073709552E19),
        Arguments.of("e0", -32),
        Arguments.of("ff", -1),
        Arguments.of("d0 80", -128),
        Arguments.of("d1 80 00", -32_768),
        Arguments.of("d2 80 00 00 00", Integer.MIN_VALUE),
        Arguments.of("d3 80 00 00 00 00 00 00 00", Long.MIN_VALUE),
        Arguments.of("cb 3f f8 00 00 00 00 00 00", 1.5),
        Arguments.of("c4 02 01 02", Buffer.buffer(new byte[] {1, 2})),
        Arguments.of("c5 00 01 07", Buffer.buffer(new byte[] {7})),
        Arguments.of("c6 00 00 00 01 07", Buffer.buffer(new byte[] {7})),
        Arguments.of("da 00 02 c3 bc", "ü"),
        Arguments.of("db 00 00 00 01 61", "a"),
        Arguments.of("82 a1 61 01 02 c0", new JsonObject().put("a", 1).putNull("2")),
        Arguments.of("de 00 01 a1 61 90", new JsonObject().put("a", new JsonArray())),
        Arguments.of("df 00 00 00 00", new JsonObject()),
        Arguments.of("dd 00 00 00 01 c2", new JsonArray().add(false)),
        Arguments.of("d6 ff 00 00 00 01", "1970-01-01T00:00:01Z"),
        Arguments.of("d7 ff 00 00 00 04 00 00 00 01", "1970-01-01T00:00:01.000000001Z"),
        Arguments.of("c7 0c ff 00 00 00 00 ff ff ff ff ff ff ff ff", "1969-12-31T23:59:59Z"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesOfEveryFormatAreRead(String hex, Object value) throws MalformedMessagePack {
    assertEquals(value, new MessagePackReader(bytes(hex)).value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "90",
        "80",
        "06",
        "91",
        "91 a1 36",
        "91 c0",
        "91 c3",
        "c1",
        "93 01 80 c0",
        "95 01 80 c0 c0 90",
        "95 01 80 c0 01 90",
        "95 01 80 01 a1 54 90",
        "95 01 80 c0 a1 54 80",
        "95 01 80 c0 a1 54 91",
        "95 01 c0 c0 a1 54 90",
        "95 01 81 a0 a1 62 c0 a1 54 90",
        "95 01 81 a1 61 a0 c0 a1 54 90",
        "95 01 81 a1 61 01 c0 a1 54 90",
        "96 01 80 c0 a1 54 90 91 c0",
        "96 01 80 c0 a1 54 90 c0",
        "95 04 80 c0 a1 54 90",
        "93 02 80 a1 61",
        "94 02 80 c0 01",
        "94 03 80 a1 61 00",
        "94 03 80 a1 61 01",
        "94 03 80 a1 61 03",
        "95 03 80 a1 61 01 c0",
        "95 03 80 a1 61 04 c0",
        "92 05 80",
        "93 05 80 c0",
        "91 07",
        "93 07 01 c2",
        "93 07 c0 c0",
        "91 08",
        "92 08 c0",
        "92 09 a1 31",
        "94 02 80 a1 61 c1",
        "94 02 80 a1 61 d9 05 61",
        "94 02 80 a1 61 a1 ff",
        "94 02 80 a1 61 d4 05 00",
        "94 02 80 a1 61 81 c0 01",
        "94 02 80 a1 61 d5 ff 00 00",
        "94 02 80 a1 61 c6 7f ff ff ff",
        "94 02 80 a1 61 db ff ff ff ff",
        "94 02 80 a1 61 dd 7f ff ff ff",
        "94 02 80 a1 61 df ff ff ff ff",
        "dd ff ff ff ff",
      })
  void whatTheSpecificationDoesNotHaveIsRefused(String hex) {
    assertThrows(HubViolation.class, () -> MessagePackHubCodec.decode(bytes(hex)));
  }

  @Test
  void nestingHasALimit() throws HubViolation {
    MessagePackHubCodec.decode(nested(60));

    assertThrows(HubViolation.class, () -> MessagePackHubCodec.decode(nested(70)));
    assertThrows(HubViolation.class, () -> MessagePackHubCodec.decode(nested(30_000)));
  }

  private static byte[] nested(int depth) {
    return bytes("94 02 80 a1 61" + " 91".repeat(depth) + " c0");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
