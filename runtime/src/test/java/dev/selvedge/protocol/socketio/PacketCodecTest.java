package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.protocol.socketio.Packet.Type;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketCodecTest {
  private static final Buffer ONE = Buffer.buffer(new byte[] {1, 2, 3});
  private static final Buffer TWO = Buffer.buffer(new byte[] {4, 5, 6});

  /** Frames as the wire notes show them. */
  private static String wire(List<Frame> frames) {
    return frames.stream()
        .map(
            frame ->
                frame.text()
                    ? new String(frame.bytes(), StandardCharsets.UTF_8)
                    : "<" + HexFormat.of().formatHex(frame.bytes()) + ">")
        .collect(Collectors.joining(" + "));
  }

  private static String wire(Frame frame) {
    return wire(List.of(frame));
  }

  private static String encoded(Type type, String namespace, long id, Object... data) {
    return wire(PacketCodec.body(type, id, Arrays.asList(data)).in(namespace));
  }

  // Reading.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        "0 | CONNECT | / | -1 | - | 0",
        "0{\"token\":\"123\"} | CONNECT | / | -1 | {\"token\":\"123\"} | 0",
        "0/admin | CONNECT | /admin | -1 | - | 0",
        "0/admin, | CONNECT | /admin | -1 | - | 0",
        "0/admin,{\"token\":\"abc\"} | CONNECT | /admin | -1 | {\"token\":\"abc\"} | 0",
        "0/admin?x=1,{} | CONNECT | /admin?x=1 | -1 | {} | 0",
        "1 | DISCONNECT | / | -1 | - | 0",
        "1/admin, | DISCONNECT | /admin | -1 | - | 0",
        "2[\"a\"] | EVENT | / | -1 | [\"a\"] | 0",
        "2[1,true] | EVENT | / | -1 | [1,true] | 0",
        "2456[\"a\",1,\"2\",{\"3\":[false]}] | EVENT | / | 456 | [\"a\",1,\"2\",{\"3\":[false]}] | 0",
        "2/admin,12[\"tellme\"] | EVENT | /admin | 12 | [\"tellme\"] | 0",
        "3/admin,12[\"ok\"] | ACK | /admin | 12 | [\"ok\"] | 0",
        "30[] | ACK | / | 0 | [] | 0",
        "4\"no\" | CONNECT_ERROR | / | -1 | \"no\" | 0",
        "4/a,{\"message\":\"no\"} | CONNECT_ERROR | /a | -1 | {\"message\":\"no\"} | 0",
        "51-[\"a\",{\"_placeholder\":true,\"num\":0}] | BINARY_EVENT | / | -1 | [\"a\",{\"_placeholder\":true,\"num\":0}] | 1",
        "510-/a,3[\"a\"] | BINARY_EVENT | /a | 3 | [\"a\"] | 10",
        "50-[\"a\"] | BINARY_EVENT | / | -1 | [\"a\"] | 0",
        "62-789[1] | BINARY_ACK | / | 789 | [1] | 2",
        "2999999999999999[\"a\"] | EVENT | / | 999999999999999 | [\"a\"] | 0"
      })
  void everyFormIsRead(
      String text, Type type, String namespace, long id, String json, int attachments)
      throws Exception {
    Object data = json == null ? null : Json.decodeValue(json);

    assertEquals(new Packet(type, namespace, id, data, attachments), PacketCodec.decode(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | unknown packet type",
        "7 | unknown packet type",
        "a | unknown packet type",
        "5 | Illegal attachments",
        "51 | Illegal attachments",
        "5a- | Illegal attachments",
        "51.23- | Illegal attachments",
        "5-[\"a\"] | Illegal attachments",
        "5-1-[\"a\"] | Illegal attachments",
        "6 | Illegal attachments",
        "5[\"a-b\"] | Illegal attachments",
        "59999999999-[\"a\"] | Illegal attachments",
        "511-[\"a\"] | too many attachments",
        "62000-[] | too many attachments",
        "2 | invalid payload",
        "21 | invalid payload",
        "3 | invalid payload",
        "4 | invalid payload",
        "51- | invalid payload",
        "2[\"some\",\"data\" | invalid payload",
        "0/admin,\"invalid\" | invalid payload",
        "0[] | invalid payload",
        "0null | invalid payload",
        "1/admin,{} | invalid payload",
        "2/admin,\"invalid | invalid payload",
        "2/admin,{} | invalid payload",
        "2[{\"toString\":\"foo\"}] | invalid payload",
        "2[true,\"foo\"] | invalid payload",
        "2[null,\"bar\"] | invalid payload",
        "2[] | invalid payload",
        "2[\"connect\"] | invalid payload",
        "2[\"connect_error\"] | invalid payload",
        "2[\"disconnect\",\"123\"] | invalid payload",
        "2[\"disconnecting\"] | invalid payload",
        "2[\"newListener\"] | invalid payload",
        "2[\"removeListener\"] | invalid payload",
        "2abc[\"x\"] | invalid payload",
        "2[\"a\"]x | invalid payload",
        "2[\"a\"] [\"b\"] | invalid payload",
        "3{} | invalid payload",
        "41 | invalid payload",
        "4[] | invalid payload",
        "60-{} | invalid payload",
        "29999999999999999[\"a\"] | invalid payload"
      })
  void everyMalformedFormIsRefused(String text, String reason) {
    MalformedPacket error = assertThrows(MalformedPacket.class, () -> PacketCodec.decode(text));

    assertEquals(reason, error.reason());
  }

  @Test
  void depthHasALimit() {
    String deep = "2[\"a\"," + "[".repeat(100_000) + "]".repeat(100_000) + "]";

    assertThrows(MalformedPacket.class, () -> PacketCodec.decode(deep));
  }

  // Attachments.

  @Test
  void attachmentsGoToTheirPlaces() throws Exception {
    PacketDecoder decoder = new PacketDecoder();

    assertNull(
        decoder.text(
            "52-/a,7[\"x\",{\"deep\":[{\"_placeholder\":true,\"num\":1}]},"
                + "{\"_placeholder\":true,\"num\":0}]"));
    assertNull(decoder.binary(ONE));
    Packet whole = decoder.binary(TWO);

    assertEquals(Type.EVENT, whole.type());
    assertEquals("/a", whole.namespace());
    assertEquals(7, whole.id());
    JsonArray data = (JsonArray) whole.data();
    assertEquals(TWO, data.getJsonObject(1).getJsonArray("deep").getBuffer(0));
    assertEquals(ONE, data.getBuffer(2));
  }

  @Test
  void acknowledgementsHaveAttachmentsToo() throws Exception {
    PacketDecoder decoder = new PacketDecoder();

    decoder.text("61-789[{\"_placeholder\":true,\"num\":0}]");
    Packet whole = decoder.binary(ONE);

    assertEquals(Type.ACK, whole.type());
    assertEquals(List.of(ONE), ((JsonArray) whole.data()).getList());
    assertEquals(Type.EVENT, decoder.text("2[\"next\"]").type());
  }

  @Test
  void binaryPacketWithoutAttachmentsIsWholeAtOnce() throws Exception {
    assertEquals(Type.EVENT, new PacketDecoder().text("50-[\"a\"]").type());
    assertEquals(Type.ACK, new PacketDecoder().text("60-1[]").type());
  }

  @Test
  void placeholdersOfATextPacketAreValues() throws Exception {
    Packet packet = new PacketDecoder().text("2[\"a\",{\"_placeholder\":true,\"num\":0}]");

    assertEquals("[\"a\",{\"_placeholder\":true,\"num\":0}]", ((JsonArray) packet.data()).encode());
  }

  @Test
  void textAmongAttachmentsIsRefused() throws Exception {
    PacketDecoder decoder = new PacketDecoder();
    decoder.text("51-[\"a\",{\"_placeholder\":true,\"num\":0}]");

    MalformedPacket error = assertThrows(MalformedPacket.class, () -> decoder.text("2[\"other\"]"));

    assertEquals("got plaintext data when reconstructing a packet", error.reason());
  }

  @Test
  void attachmentWithoutAPacketIsRefused() {
    MalformedPacket error =
        assertThrows(MalformedPacket.class, () -> new PacketDecoder().binary(ONE));

    assertEquals("got binary data when not reconstructing a packet", error.reason());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"1", "-1", "0.5", "\"0\"", "null", "true", "99999999999", "{}"})
  void placeholderOutsideOfTheAttachmentsIsRefused(String number) throws Exception {
    PacketDecoder decoder = new PacketDecoder();
    decoder.text("51-[\"a\",{\"_placeholder\":true,\"num\":" + number + "}]");

    MalformedPacket error = assertThrows(MalformedPacket.class, () -> decoder.binary(ONE));

    assertEquals("illegal attachments", error.reason());
  }

  @Test
  void oneAttachmentForManyPlacesIsRefused() throws Exception {
    String placeholder = "{\"_placeholder\":true,\"num\":0}";
    PacketDecoder decoder = new PacketDecoder();
    decoder.text("51-[\"a\"," + placeholder + "," + placeholder + "]");

    assertThrows(MalformedPacket.class, () -> decoder.binary(ONE));
  }

  // Writing.

  @Test
  void eventsAndAcknowledgementsAreWritten() {
    assertEquals("42[\"a\",1,null]", encoded(Type.EVENT, "/", -1, "a", 1, null));
    assertEquals("42/admin,12[\"tellme\"]", encoded(Type.EVENT, "/admin", 12, "tellme"));
    assertEquals("43/admin,12[\"ok\"]", encoded(Type.ACK, "/admin", 12, "ok"));
    assertEquals("430[]", encoded(Type.ACK, "/", 0));
    assertEquals("42[\"€\",\"ß😀\"]", encoded(Type.EVENT, "/", -1, "€", "ß😀"));
  }

  @Test
  void bytesBecomeAttachmentsInTheOrderOfTheData() {
    assertEquals(
        "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]"
            + " + <010203> + <040506>",
        encoded(Type.EVENT, "/", -1, "message-back", ONE, TWO));
    assertEquals(
        "462-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]"
            + " + <010203> + <040506>",
        encoded(Type.ACK, "/", 789, ONE, TWO));
    assertEquals(
        "461-/admin,1[{\"_placeholder\":true,\"num\":0}] + <010203>",
        encoded(Type.ACK, "/admin", 1, ONE));
    assertEquals(
        "452-[\"x\",{\"a\":[{\"_placeholder\":true,\"num\":0}],\"b\":1},"
            + "[{\"_placeholder\":true,\"num\":1}]] + <040506> + <010203>",
        encoded(
            Type.EVENT,
            "/",
            -1,
            "x",
            new JsonObject().put("a", new JsonArray().add(TWO)).put("b", 1),
            new JsonArray().add(ONE)));
  }

  @Test
  void whatIsWrittenStaysAsItWas() {
    JsonObject value = new JsonObject().put("a", ONE);

    encoded(Type.EVENT, "/", -1, "x", value);

    assertEquals(ONE, value.getBuffer("a"));
  }

  @Test
  void answersToConnectAreWritten() {
    assertEquals("40{\"sid\":\"wZX3\"}", wire(PacketCodec.connect("/", "wZX3", null)));
    assertEquals("40/admin,{\"sid\":\"x\"}", wire(PacketCodec.connect("/admin", "x", null)));
    assertEquals(
        "44/random,{\"message\":\"Invalid namespace\"}",
        wire(PacketCodec.connectError("/random", "Invalid namespace", null)));
    assertEquals(
        "44{\"message\":\"no\",\"data\":{\"left\":0}}",
        wire(PacketCodec.connectError("/", "no", new JsonObject().put("left", 0))));
    assertEquals("41", wire(PacketCodec.disconnect("/")));
    assertEquals("41/admin,", wire(PacketCodec.disconnect("/admin")));
  }
}
