package dev.selvedge.protocol.socketio.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedCodecTest {
  private static final String UID = "0e50e964e105ff0e";
  private static final String ROOM = "\"opts\":{\"rooms\":[\"room1\"],\"except\":[],\"flags\":{}}";
  private static final Target IN_ROOM = new Target(List.of("room1"), List.of());

  private static List<Object> data(Object... values) {
    return Arrays.asList(values);
  }

  private static String message(int type, String data) {
    return "{\"type\":" + type + ",\"data\":{" + data + "},\"uid\":\"" + UID + "\",\"nsp\":\"/\"}";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of(
            message(3, "\"packet\":{\"type\":2,\"data\":[\"hello\"]}," + ROOM),
            new PeerRequest.Broadcast(data("hello"), IN_ROOM, false)),
        Arguments.of(
            message(
                3,
                "\"packet\":{\"type\":2,\"data\":[\"q\"]},\"requestId\":\"r\","
                    + ROOM.replace("{}", "{\"timeout\":700}")),
            new PeerRequest.AskedBroadcast("r", data("q"), IN_ROOM, 700)),
        Arguments.of(
            message(4, ROOM + ",\"rooms\":[\"x\"]"), new PeerRequest.Join(IN_ROOM, List.of("x"))),
        Arguments.of(
            message(5, ROOM + ",\"rooms\":[\"x\"]"), new PeerRequest.Leave(IN_ROOM, List.of("x"))),
        Arguments.of(
            message(6, ROOM + ",\"close\":true"), new PeerRequest.Disconnect(IN_ROOM, true)),
        Arguments.of(
            message(7, ROOM + ",\"requestId\":\"faf744ad1488ffdd\""),
            new PeerRequest.Fetch("faf744ad1488ffdd", IN_ROOM)),
        Arguments.of(
            message(9, "\"packet\":[\"ping\",\"x\"]"),
            new PeerRequest.ServerMessage(null, data("ping", "x"))),
        Arguments.of(
            message(9, "\"packet\":[\"ask\"],\"requestId\":\"r\""),
            new PeerRequest.ServerMessage("r", data("ask"))));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requestsAreOneForm(String json, PeerRequest request) {
    assertEquals(json, new String(ShardedCodec.request(UID, "/", request), StandardCharsets.UTF_8));
    assertEquals(
        Optional.of(new FromPeer(UID, request)), ShardedCodec.readRequest(utf8(json), "/"));
    assertEquals(Optional.empty(), ShardedCodec.readRequest(utf8(json), "/custom"));
  }

  static Stream<Arguments> responses() {
    return Stream.of(
        Arguments.of(
            message(8, "\"requestId\":\"r\",\"sockets\":[{\"id\":\"s\"}]"),
            new PeerResponse.Sockets("r", List.of(new JsonObject().put("id", "s")))),
        Arguments.of(
            message(10, "\"requestId\":\"r\",\"packet\":\"p\""),
            new PeerResponse.ServerAnswer("r", "p", false)),
        Arguments.of(
            message(11, "\"requestId\":\"r\",\"clientCount\":3"),
            new PeerResponse.ClientCount("r", 3)),
        Arguments.of(
            message(12, "\"requestId\":\"r\",\"packet\":[1]"),
            new PeerResponse.ClientAnswer("r", new JsonArray().add(1))));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void responsesAreOneForm(String json, PeerResponse response) {
    assertEquals(
        json, new String(ShardedCodec.response(UID, "/", response), StandardCharsets.UTF_8));
    assertEquals(Optional.of(response), ShardedCodec.readResponse(utf8(json), "/"));
  }

  @Test
  void bytesMakeItMessagePack() {
    PeerRequest request =
        new PeerRequest.Broadcast(data("bin", Buffer.buffer(new byte[] {1})), IN_ROOM, false);
    byte[] message = ShardedCodec.request(UID, "/", request);

    assertNotEquals('{', message[0]);
    assertEquals(Optional.of(new FromPeer(UID, request)), ShardedCodec.readRequest(message, "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "{\"type\":3,\"uid\":\"u\",\"nsp\":\"/\"}",
        "{\"type\":1,\"data\":{},\"uid\":\"u\",\"nsp\":\"/\"}",
        "{\"type\":13,\"data\":{},\"uid\":\"u\",\"nsp\":\"/\"}",
        "{\"type\":4,\"data\":{\"opts\":{}},\"uid\":\"u\",\"nsp\":\"/\"}",
        "{\"type\":7,\"data\":{\"opts\":{}},\"uid\":\"u\",\"nsp\":\"/\"}",
        "{\"type\":9,\"data\":{\"packet\":\"x\"},\"uid\":\"u\",\"nsp\":\"/\"}",
        "{\"type\":7,\"data\":{\"opts\":{},\"requestId\":\"r\"},\"nsp\":\"/\"}",
      })
  void malformedAndUnknownMessagesAreIgnored(String json) {
    assertEquals(Optional.empty(), ShardedCodec.readRequest(utf8(json), "/"));
    assertEquals(Optional.empty(), ShardedCodec.readResponse(utf8(json), "/"));
  }
}
