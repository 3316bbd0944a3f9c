package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonHubCodecTest {
  static Stream<Arguments> golden() {
    return Stream.of(
        Arguments.of(
            "{\"type\":1,\"invocationId\":\"123\",\"target\":\"Target\",\"arguments\":[1,\"Foo\"]}",
            new HubMessage.Invocation("123", "Target", List.of(1, "Foo"), List.of())),
        Arguments.of(
            "{\"type\":1,\"target\":\"Target\",\"arguments\":[],\"streamIds\":[\"__test_id__\"]}",
            new HubMessage.Invocation(null, "Target", List.of(), List.of("__test_id__"))),
        Arguments.of(
            "{\"type\":1,\"target\":\"T\",\"arguments\":[null,true,2.5,4294967296,{\"a\":[]}]}",
            new HubMessage.Invocation(
                null,
                "T",
                Arrays.asList(
                    null, true, 2.5, 4294967296L, new JsonObject().put("a", new JsonArray())),
                List.of())),
        Arguments.of(
            "{\"type\":2,\"invocationId\":\"123\",\"item\":null}",
            new HubMessage.StreamItem("123", null)),
        Arguments.of(
            "{\"type\":2,\"invocationId\":\"123\",\"item\":1}",
            new HubMessage.StreamItem("123", 1)),
        Arguments.of(
            "{\"type\":3,\"invocationId\":\"123\",\"result\":null}",
            new HubMessage.Result("123", null)),
        Arguments.of(
            "{\"type\":3,\"invocationId\":\"123\",\"error\":\"Whoops!\"}",
            new HubMessage.Failed("123", "Whoops!")),
        Arguments.of("{\"type\":3,\"invocationId\":\"123\"}", new HubMessage.Done("123")),
        Arguments.of(
            "{\"type\":4,\"invocationId\":\"123\",\"target\":\"Target\",\"arguments\":[\"ü\"]}",
            new HubMessage.StreamInvocation("123", "Target", List.of("ü"), List.of())),
        Arguments.of(
            "{\"type\":5,\"invocationId\":\"123\"}", new HubMessage.CancelInvocation("123")),
        Arguments.of("{\"type\":6}", new HubMessage.Ping()),
        Arguments.of("{\"type\":7}", new HubMessage.Close(null, false)),
        Arguments.of(
            "{\"type\":7,\"error\":\"Error!\",\"allowReconnect\":true}",
            new HubMessage.Close("Error!", true)),
        Arguments.of("{\"type\":8,\"sequenceId\":42}", new HubMessage.Ack(42)),
        Arguments.of("{\"type\":9,\"sequenceId\":146}", new HubMessage.Sequence(146)));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void messagesAreReadAsTheSpecificationHasThem(String json, HubMessage message)
      throws HubViolation {
    assertEquals(message, JsonHubCodec.decode(json.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void messagesAreWrittenAsTheSpecificationHasThem(String json, HubMessage message) {
    assertArrayEquals(
        (json + "\u001e").getBytes(StandardCharsets.UTF_8), JsonHubCodec.encode(message));
  }

  @Test
  void bytesAreWrittenInBase64() {
    byte[] json =
        JsonHubCodec.encode(new HubMessage.Result("1", Buffer.buffer(new byte[] {-1, -2})));

    assertEquals(
        "{\"type\":3,\"invocationId\":\"1\",\"result\":\"//4=\"}\u001e",
        new String(json, StandardCharsets.UTF_8));
  }

  @Test
  void aSeparatorInATextIsEscaped() {
    byte[] json = JsonHubCodec.encode(new HubMessage.StreamItem("1", "\u001e"));

    assertEquals(
        "{\"type\":2,\"invocationId\":\"1\",\"item\":\"\\u001E\"}\u001e",
        new String(json, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"arguments\":[1],\"target\":\"T\",\"type\":1}",
        "{\"target\":\"T\",\"more\":{\"deep\":[1,{}]},\"type\":1,\"arguments\":[1]}",
        "{\"type\":1,\"headers\":{\"a\":\"b\"},\"target\":\"T\",\"arguments\":[1]}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":[1],\"streamIds\":[]}",
      })
  void membersMayBeInAnyOrderAndUnknownOnesAreSkipped(String json) throws HubViolation {
    assertEquals(
        new HubMessage.Invocation(null, "T", List.of(1), List.of()),
        JsonHubCodec.decode(json.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":99,\"target\":5}", "{\"type\":0}", "{\"type\":-1}"})
  void unknownTypesAreIgnoredWhateverIsInThem(String json) throws HubViolation {
    HubMessage message = JsonHubCodec.decode(json.getBytes(StandardCharsets.UTF_8));

    assertEquals(HubMessage.Unknown.class, message.getClass());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "42",
        "[]",
        "null",
        "{",
        "{}",
        "{\"type\":null}",
        "{\"type\":\"1\"}",
        "{\"type\":1.5}",
        "{\"Type\":6}",
        "{\"type\":6} {}",
        "{\"type\":1}",
        "{\"type\":1,\"target\":\"T\"}",
        "{\"type\":1,\"arguments\":[]}",
        "{\"type\":1,\"target\":7,\"arguments\":[]}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":{}}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":[],\"invocationId\":1}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":[],\"streamIds\":[null]}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":[],\"streamIds\":\"1\"}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":[],\"headers\":[]}",
        "{\"type\":1,\"target\":\"T\",\"arguments\":[],\"headers\":{\"a\":1}}",
        "{\"type\":2,\"invocationId\":\"1\"}",
        "{\"type\":2,\"item\":1}",
        "{\"type\":3}",
        "{\"type\":3,\"invocationId\":\"1\",\"result\":1,\"error\":\"e\"}",
        "{\"type\":3,\"invocationId\":\"1\",\"error\":{}}",
        "{\"type\":4,\"target\":\"T\",\"arguments\":[]}",
        "{\"type\":5}",
        "{\"type\":7,\"allowReconnect\":1}",
        "{\"type\":7,\"error\":1}",
        "{\"type\":8}",
        "{\"type\":9,\"sequenceId\":\"1\"}",
        "{\"type\":9,\"sequenceId\":99999999999999999999}",
      })
  void whatTheSpecificationDoesNotHaveIsRefused(String json) {
    assertThrows(
        HubViolation.class, () -> JsonHubCodec.decode(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void nestingHasALimit() throws HubViolation {
    JsonHubCodec.decode(nested(60).getBytes(StandardCharsets.UTF_8));

    assertThrows(
        HubViolation.class, () -> JsonHubCodec.decode(nested(70).getBytes(StandardCharsets.UTF_8)));
    assertThrows(
        HubViolation.class,
        () -> JsonHubCodec.decode(nested(10_000).getBytes(StandardCharsets.UTF_8)));
  }

  private static String nested(int depth) {
    return "{\"type\":2,\"invocationId\":\"1\",\"item\":"
        + "[".repeat(depth)
        + "]".repeat(depth)
        + "}";
  }
}
