package dev.selvedge.protocol.socketio.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.protocol.messagepack.MessagePackWriter;
import dev.selvedge.protocol.socketio.redis.PeerRequest.Change;
import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes were captured between Node servers, or are of their form. */
class ClassicCodecTest {
  private static final String UID = "-Svx6G";
  private static final Target EVERYBODY = new Target(List.of(), List.of());
  private static final Target ROOM = new Target(List.of("room1"), List.of());

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Object> data(Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  // ---- broadcasts

  static Stream<Arguments> broadcasts() {
    return Stream.of(
        Arguments.of(
            "93a62d537678364783a47479706502a46461746194a568656c6c6f01a13281a16192c3c0a36e7370a12f"
                + "83a5726f6f6d7390a665786365707490a5666c61677380",
            "/",
            new PeerRequest.Broadcast(
                data(
                    "hello",
                    1,
                    "2",
                    new JsonObject().put("a", new JsonArray().add(true).addNull())),
                EVERYBODY,
                false)),
        Arguments.of(
            "93a62d537678364783a47479706502a46461746191a568656c6c6fa36e7370a12f"
                + "83a5726f6f6d7391a5726f6f6d31a665786365707490a5666c61677380",
            "/",
            new PeerRequest.Broadcast(data("hello"), ROOM, false)),
        Arguments.of(
            "93a62d537678364783a47479706502a46461746192a362696ec403010203a36e7370a12f"
                + "83a5726f6f6d7390a665786365707490a5666c61677380",
            "/",
            new PeerRequest.Broadcast(
                data("bin", Buffer.buffer(new byte[] {1, 2, 3})), EVERYBODY, false)),
        Arguments.of(
            "93a62d537678364783a47479706502a46461746191a165a36e7370a72f637573746f6d"
                + "83a5726f6f6d7390a665786365707491a17aa5666c61677381a8766f6c6174696c65c3",
            "/custom",
            new PeerRequest.Broadcast(data("e"), new Target(List.of(), List.of("z")), true)));
  }

  @ParameterizedTest
  @MethodSource("broadcasts")
  void broadcastsAreOneForm(String bytes, String namespace, PeerRequest.Broadcast broadcast) {
    assertEquals(
        bytes, HexFormat.of().formatHex(ClassicCodec.broadcast(UID, namespace, broadcast)));
    assertEquals(
        Optional.of(new FromPeer(UID, broadcast)),
        ClassicCodec.readBroadcast(hex(bytes), namespace));
  }

  @Test
  void theEmittersBroadcastHasItsOptionsInAnotherOrder() {
    byte[] bytes =
        hex(
            "93a7656d697474657283a47479706502a46461746191a165a36e7370a72f637573746f6d"
                + "83a5726f6f6d7390a5666c61677380a665786365707490");

    assertEquals(
        Optional.of(
            new FromPeer("emitter", new PeerRequest.Broadcast(data("e"), EVERYBODY, false))),
        ClassicCodec.readBroadcast(bytes, "/custom"));
    assertEquals(Optional.empty(), ClassicCodec.readBroadcast(bytes, "/"));
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("c0", null),
        Arguments.of("d4 00 00", null),
        Arguments.of("d6 ff 00000001", "1970-01-01T00:00:01.000Z"),
        Arguments.of("d7 ff 0000000400000001", "1970-01-01T00:00:01.000Z"),
        Arguments.of("d7 ff 1dcd650000000001", "1970-01-01T00:00:01.125Z"),
        Arguments.of("c7 0c ff 00000000 ffffffffffffffff", "1969-12-31T23:59:59.000Z"),
        Arguments.of("d7 00 00000000000003e9", "1970-01-01T00:00:01.001Z"),
        Arguments.of("c7 03 00 010203", Buffer.buffer(new byte[] {1, 2, 3})),
        Arguments.of("c7 08 00 0102030405060708", Buffer.buffer(hex("0102030405060708"))),
        Arguments.of("cb 3ff8000000000000", 1.5),
        Arguments.of("cd 0100", 256),
        Arguments.of("81 a161 c0", new JsonObject().putNull("a")));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesOfNodeAreRead(String bytes, Object value) {
    byte[] message =
        hex(
            "93a162 82a47479706502a46461746192a165"
                + bytes
                + "83a5726f6f6d7390a665786365707490a5666c61677380");

    Optional<FromPeer> read = ClassicCodec.readBroadcast(message, "/");

    assertEquals(
        Optional.of(
            new FromPeer("b", new PeerRequest.Broadcast(data("e", value), EVERYBODY, false))),
        read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c1",
        "93",
        "90",
        "93a16280",
        "93a162c080",
        "93a1628080",
        "930182a47479706502a46461746191a16580", // a uid that is a number
        "93a16282a47479706502a46461746180", // without options
        "93a16282a47479706503a46461746191a16580", // an ACK
        "93a16282a47479706502a4646174619080", // without an event
        "93a16282a47479706502a4646174619101 80", // an event that is a number
        "93a16282a47479706502a46461746191a16581a5726f6f6d7301", // rooms that are a number
        "93a16282a47479706502a46461746192a165d4070080", // an unknown extension
        "ddffffffff",
      })
  void malformedBroadcastsAreIgnored(String bytes) {
    assertEquals(Optional.empty(), ClassicCodec.readBroadcast(hex(bytes), "/"));
  }

  // ---- requests

  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"requestId\":\"r\",\"type\":0,\"rooms\":[\"a\"]}",
            new PeerRequest.ListIds("r", List.of("a"))),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"requestId\":\"PvcJcM\",\"type\":1}",
            new PeerRequest.ListRooms("PvcJcM")),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"type\":2,\"opts\":{\"rooms\":[\"room1\"],\"except\":[]},"
                + "\"rooms\":[\"x\",\"y\"]}",
            new PeerRequest.Join(ROOM, List.of("x", "y"))),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"type\":3,\"opts\":{\"rooms\":[],\"except\":[\"b\"]},"
                + "\"rooms\":[\"x\"]}",
            new PeerRequest.Leave(new Target(List.of(), List.of("b")), List.of("x"))),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"type\":4,\"opts\":{\"rooms\":[\"ORr1wgLD4vOZQ4xNAAAB\"],"
                + "\"except\":[]},\"close\":false}",
            new PeerRequest.Disconnect(
                new Target(List.of("ORr1wgLD4vOZQ4xNAAAB"), List.of()), false)),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"requestId\":\"Rtm_4X\",\"type\":5,"
                + "\"opts\":{\"rooms\":[\"room1\"],\"except\":[]}}",
            new PeerRequest.Fetch("Rtm_4X", ROOM)),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"type\":6,\"data\":[\"ping\",\"x\"]}",
            new PeerRequest.ServerMessage(null, data("ping", "x"))),
        Arguments.of(
            "{\"uid\":\"-Svx6G\",\"requestId\":\"HlxHf-\",\"type\":6,\"data\":[\"ask\",\"x\"]}",
            new PeerRequest.ServerMessage("HlxHf-", data("ask", "x"))));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requestsAreOneForm(String json, PeerRequest request) {
    assertEquals(json, new String(ClassicCodec.request(UID, "/", request), StandardCharsets.UTF_8));
    assertEquals(
        Optional.of(new FromPeer(UID, request)), ClassicCodec.readRequest(utf8(json), "/"));
  }

  @Test
  void aBroadcastWithAnswersIsMessagePack() {
    String bytes =
        "85a3756964a62d5376783647a9726571756573744964a65f5559666253a47479706507a67061636b6574"
            + "83a47479706502a46461746191a171a36e7370a12fa46f70747383a5726f6f6d7390a665786365"
            + "707490a5666c61677381a774696d656f7574cd02bc";
    PeerRequest.AskedBroadcast asked =
        new PeerRequest.AskedBroadcast("_UYfbS", data("q"), EVERYBODY, 700);

    assertEquals(bytes, HexFormat.of().formatHex(ClassicCodec.request(UID, "/", asked)));
    assertEquals(Optional.of(new FromPeer(UID, asked)), ClassicCodec.readRequest(hex(bytes), "/"));
    assertEquals(Optional.empty(), ClassicCodec.readRequest(hex(bytes), "/custom"));
  }

  @Test
  void theEmittersRequestsHaveNoUid() {
    assertEquals(
        Optional.of(new FromPeer("", new PeerRequest.Join(ROOM, List.of("z")))),
        ClassicCodec.readRequest(
            utf8("{\"type\":2,\"opts\":{\"rooms\":[\"room1\"],\"except\":[]},\"rooms\":[\"z\"]}"),
            "/"));
    assertEquals(
        Optional.of(new FromPeer("", new PeerRequest.Disconnect(ROOM, true))),
        ClassicCodec.readRequest(
            utf8("{\"type\":4,\"opts\":{\"rooms\":[\"room1\"],\"except\":[]},\"close\":true}"),
            "/"));
    assertEquals(
        Optional.of(
            new FromPeer(
                "emitter", new PeerRequest.ServerMessage(null, data("ping", "from emitter")))),
        ClassicCodec.readRequest(
            utf8("{\"uid\":\"emitter\",\"type\":6,\"data\":[\"ping\",\"from emitter\"]}"), "/"));
  }

  @Test
  void olderServersNameOneSocket() {
    assertEquals(
        Optional.of(new FromPeer("", new PeerRequest.ToOne("r", "s", new Change.Join("a")))),
        ClassicCodec.readRequest(
            utf8("{\"requestId\":\"r\",\"type\":2,\"sid\":\"s\",\"room\":\"a\"}"), "/"));
    assertEquals(
        Optional.of(new FromPeer("", new PeerRequest.ToOne("r", "s", new Change.Leave("1")))),
        ClassicCodec.readRequest(
            utf8("{\"requestId\":\"r\",\"type\":3,\"sid\":\"s\",\"room\":1}"), "/"));
    assertEquals(
        Optional.of(new FromPeer("", new PeerRequest.ToOne("r", "s", new Change.Disconnect(true)))),
        ClassicCodec.readRequest(
            utf8("{\"requestId\":\"r\",\"type\":4,\"sid\":\"s\",\"close\":true}"), "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "x",
        "{\"type\":\"1\"}",
        "{\"type\":99,\"requestId\":\"r\"}",
        "{\"type\":-1}",
        "{\"type\":1}",
        "{\"type\":5,\"requestId\":\"r\"}",
        "{\"type\":5,\"requestId\":\"r\",\"opts\":[]}",
        "{\"type\":2,\"opts\":{}}",
        "{\"type\":2,\"opts\":{},\"rooms\":[{}]}",
        "{\"type\":6,\"data\":[]}",
        "{\"type\":6,\"data\":[1]}",
        "{\"type\":7,\"requestId\":\"r\",\"opts\":{}}",
        "{\"uid\":{},\"type\":1,\"requestId\":\"r\"}",
      })
  void malformedAndUnknownRequestsAreIgnored(String json) {
    assertEquals(Optional.empty(), ClassicCodec.readRequest(utf8(json), "/"));
  }

  // ---- responses

  static Stream<Arguments> responses() {
    JsonObject socket = new JsonObject().put("id", "s").put("rooms", new JsonArray().add("s"));
    return Stream.of(
        Arguments.of(
            "{\"requestId\":\"r\",\"sockets\":[{\"id\":\"s\",\"rooms\":[\"s\"]}]}",
            new PeerResponse.Sockets("r", List.of(socket))),
        Arguments.of(
            "{\"requestId\":\"r\",\"sockets\":[]}", new PeerResponse.Sockets("r", List.of())),
        Arguments.of(
            "{\"requestId\":\"r\",\"sockets\":[\"s\"]}",
            new PeerResponse.SocketIds("r", List.of("s"))),
        Arguments.of(
            "{\"requestId\":\"r\",\"rooms\":[\"a\"]}", new PeerResponse.Rooms("r", List.of("a"))),
        Arguments.of("{\"requestId\":\"r\"}", new PeerResponse.Done("r")),
        Arguments.of(
            "{\"type\":6,\"requestId\":\"HlxHf-\",\"data\":{\"got\":\"x\"}}",
            new PeerResponse.ServerAnswer("HlxHf-", new JsonObject().put("got", "x"), false)),
        Arguments.of(
            "{\"type\":6,\"requestId\":\"r\",\"data\":null,\"sibling\":true}",
            new PeerResponse.ServerAnswer("r", null, true)),
        Arguments.of(
            "{\"type\":8,\"requestId\":\"_UYfbS\",\"clientCount\":1}",
            new PeerResponse.ClientCount("_UYfbS", 1)));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void responsesAreOneForm(String json, PeerResponse response) {
    assertEquals(json, new String(ClassicCodec.response(response), StandardCharsets.UTF_8));
    assertEquals(Optional.of(response), ClassicCodec.readResponse(utf8(json)));
  }

  @Test
  void whatAClientAnswersIsMessagePack() {
    String bytes = "83a47479706509a9726571756573744964a65f5559666253a67061636b6574a6616e73776572";
    PeerResponse answer = new PeerResponse.ClientAnswer("_UYfbS", "answer");

    assertEquals(bytes, HexFormat.of().formatHex(ClassicCodec.response(answer)));
    assertEquals(Optional.of(answer), ClassicCodec.readResponse(hex(bytes)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{}", "[]", "{\"requestId\":{}}", "{\"type\":8,\"requestId\":\"r\"}"})
  void malformedResponsesAreIgnored(String json) {
    assertEquals(Optional.empty(), ClassicCodec.readResponse(utf8(json)));
  }

  @Test
  void bytesInJsonAreWhatNodeMakesOfThem() {
    Buffer bytes = Buffer.buffer(new byte[] {1, -1});

    assertEquals(
        "{\"type\":6,\"requestId\":\"r\",\"data\":{\"b\":{\"type\":\"Buffer\",\"data\":[1,255]}}}",
        new String(
            ClassicCodec.response(
                new PeerResponse.ServerAnswer("r", new JsonObject().put("b", bytes), false)),
            StandardCharsets.UTF_8));
  }

  @Test
  void nestingHasALimit() {
    StringBuilder deep = new StringBuilder("93a16282a47479706502a46461746192a165");
    deep.append("91".repeat(100)).append("c083a5726f6f6d7390a665786365707490a5666c61677380");

    assertEquals(Optional.empty(), ClassicCodec.readBroadcast(hex(deep.toString()), "/"));
    assertEquals(0x93, new MessagePackWriter().array(3).bytes()[0] & 0xFF);
  }
}
