package dev.selvedge.protocol.raw;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawCodecTest {
  private static final Buffer BYTES = Buffer.buffer(new byte[] {0, 1, (byte) 0xff});

  // Client to server.

  private static ClientMessage message(String json) throws MalformedMessage {
    return ((FromClient.Said) JsonForm.one(json)).message();
  }

  @Test
  void aMessageMayWantAStreamAndBringStreams() throws MalformedMessage {
    assertEquals(
        new ClientMessage("e", List.of(), 7, true, List.of(1L, 2L)),
        message("{\"event\":\"e\",\"id\":7,\"stream\":true,\"streams\":[1,2]}"));
  }

  @Test
  void partsOfStreamsAnswersAndCancellationsAreRead() throws MalformedMessage {
    assertEquals(new FromClient.Item(1, "a"), JsonForm.one("{\"stream\":1,\"item\":\"a\"}"));
    assertEquals(
        new FromClient.Item(1, BYTES),
        JsonForm.one("{\"stream\":1,\"item\":{\"$binary\":\"AAH/\"}}"));
    assertEquals(new FromClient.Item(1, null), JsonForm.one("{\"stream\":1,\"item\":null}"));
    assertEquals(new FromClient.End(1, null), JsonForm.one("{\"stream\":1,\"end\":true}"));
    assertEquals(
        new FromClient.End(1, new ReplyError("c", "t", 3)),
        JsonForm.one("{\"stream\":1,\"error\":{\"code\":\"c\",\"text\":\"t\",\"data\":3}}"));
    assertEquals(new FromClient.Cancel(7), JsonForm.one("{\"cancel\":7}"));
    assertEquals(
        new FromClient.Answer(3, List.of("yes"), null),
        JsonForm.one("{\"answer\":3,\"args\":[\"yes\"]}"));
    assertEquals(
        new FromClient.Answer(3, List.of(), new ReplyError("c", "t", null)),
        JsonForm.one("{\"answer\":3,\"error\":{\"code\":\"c\",\"text\":\"t\"}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"stream\":1}",
        "{\"stream\":\"1\",\"end\":true}",
        "{\"stream\":1,\"end\":1}",
        "{\"stream\":1,\"error\":\"no\"}",
        "{\"cancel\":-1}",
        "{\"answer\":1.5}",
        "{\"answer\":1,\"args\":{}}",
        "{\"answer\":1,\"error\":{\"code\":1,\"text\":\"t\"}}",
        "{\"event\":\"e\",\"streams\":[\"1\"]}",
        "{\"event\":\"e\",\"streams\":1}",
        "{\"event\":\"e\",\"stream\":1}",
      })
  void malformedPartsOfStreamsCloseWith1008(String text) {
    MalformedMessage malformed = assertThrows(MalformedMessage.class, () -> JsonForm.one(text));

    assertEquals(1008, malformed.reason().code());
  }

  @Test
  void messageHasEventArgumentsAndReplyId() throws MalformedMessage {
    ClientMessage message = message("{\"event\":\"take\",\"args\":[1,\"a\"],\"id\":7}");

    assertEquals(new ClientMessage("take", List.of(1, "a"), 7), message);
  }

  @Test
  void argumentsAndReplyIdMayBeLeftOutAndUnknownMembersAreIgnored() throws MalformedMessage {
    ClientMessage message = message("{\"event\":\"take\",\"later\":true}");

    assertEquals(new ClientMessage("take", List.of(), ClientMessage.NO_REPLY), message);
  }

  @Test
  void argumentsAreJsonValues() throws MalformedMessage {
    ClientMessage message =
        message("{\"event\":\"e\",\"args\":[null,true,1.5,\"s\",{\"a\":[1]},[{}]]}");

    assertEquals(
        Arrays.asList(
            null,
            true,
            1.5,
            "s",
            new JsonObject().put("a", new JsonArray().add(1)),
            new JsonArray().add(new JsonObject())),
        message.args());
  }

  @Test
  void binaryArgumentsAreBuffers() throws MalformedMessage {
    ClientMessage message =
        message("{\"event\":\"e\",\"args\":[{\"$binary\":\"AAH/\"},{\"$binary\":\"\"}]}");

    assertEquals(List.of(BYTES, Buffer.buffer()), message.args());
  }

  @Test
  void binaryMemberInsideAnArgumentIsOrdinaryJson() throws MalformedMessage {
    ClientMessage message = message("{\"event\":\"e\",\"args\":[{\"in\":{\"$binary\":\"AAH/\"}}]}");

    assertEquals(
        new JsonObject().put("in", new JsonObject().put("$binary", "AAH/")), message.args().get(0));
  }

  @Test
  void objectWithMoreThanTheBinaryMemberIsAnOrdinaryObject() throws MalformedMessage {
    ClientMessage message =
        message("{\"event\":\"e\",\"args\":[{\"$binary\":\"AAH/\",\"x\":1},{\"$binary\":3}]}");

    assertEquals(new JsonObject().put("$binary", "AAH/").put("x", 1), message.args().get(0));
    assertEquals(new JsonObject().put("$binary", 3), message.args().get(1));
  }

  @Test
  void arrayOfMessagesIsReadInOrder() throws MalformedMessage {
    List<FromClient> messages = JsonForm.list("[{\"event\":\"a\"},{\"event\":\"b\",\"id\":0}]");

    assertEquals(
        List.of(
            new FromClient.Said(new ClientMessage("a", List.of(), ClientMessage.NO_REPLY)),
            new FromClient.Said(new ClientMessage("b", List.of(), 0))),
        messages);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"event\":\"a\"",
        "{\"event\":\"a\"} x",
        "``",
        "hello",
      })
  void whatIsNotJsonClosesWith1007(String text) {
    MalformedMessage malformed = assertThrows(MalformedMessage.class, () -> JsonForm.one(text));

    assertEquals(1007, malformed.reason().code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|message is an array (expected: an object)",
        "\"a\"|message is a string (expected: an object)",
        "null|message is null or missing (expected: an object)",
        "{}|\"event\" is null or missing (expected: a non-empty string)",
        "{\"event\":\"\"}|\"event\" is an empty string (expected: a non-empty string)",
        "{\"event\":1}|\"event\" is another number (expected: a non-empty string)",
        "{\"event\":\"a\",\"args\":{}}|\"args\" is an object (expected: an array)",
        "{\"event\":\"a\",\"args\":null}|\"args\" is null or missing (expected: an array)",
        "{\"event\":\"a\",\"id\":-1}|\"id\" is another number (expected: an integer of 0 to 2^53-1)",
        "{\"event\":\"a\",\"id\":1.5}|\"id\" is another number (expected: an integer of 0 to 2^53-1)",
        "{\"event\":\"a\",\"id\":9007199254740992}|\"id\" is another number (expected: an integer of 0 to 2^53-1)",
        "{\"event\":\"a\",\"id\":99999999999999999999}|\"id\" is another number (expected: an integer of 0 to 2^53-1)",
        "{\"event\":\"a\",\"id\":\"7\"}|\"id\" is a string (expected: an integer of 0 to 2^53-1)",
      })
  void jsonThatIsNoMessageClosesWith1008AndSaysWhy(String text, String why) {
    MalformedMessage malformed = assertThrows(MalformedMessage.class, () -> JsonForm.one(text));

    assertEquals(1008, malformed.reason().code());
    assertEquals(why, malformed.reason().text());
  }

  @Test
  void badBase64ClosesWith1008() {
    MalformedMessage malformed =
        assertThrows(
            MalformedMessage.class,
            () -> JsonForm.one("{\"event\":\"a\",\"args\":[{\"$binary\":\"*\"}]}"));

    assertEquals(1008, malformed.reason().code());
  }

  @Test
  void depthOfNestingIsBounded() {
    String deep = "{\"event\":\"a\",\"args\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";

    assertThrows(MalformedMessage.class, () -> JsonForm.one(deep));
  }

  // Server to client.

  @Test
  void eventIsWrittenWithItsArguments() {
    Outbound message =
        Outbound.event("board", Arrays.asList(1, null, "a", new JsonObject().put("n", 2)));

    assertEquals("{\"event\":\"board\",\"args\":[1,null,\"a\",{\"n\":2}]}", json(message));
  }

  @Test
  void buffersAreWrittenAsBinaryMembers() {
    assertEquals(
        "{\"event\":\"e\",\"args\":[{\"$binary\":\"AAH/\"},1]}",
        json(Outbound.event("e", List.of(BYTES, 1))));
    assertEquals(
        "{\"reply\":1,\"args\":[{\"$binary\":\"\"}]}",
        json(Outbound.reply(1, List.of(Buffer.buffer()))));
  }

  @Test
  void repliesAreWrittenWithTheClientsId() {
    assertEquals("{\"reply\":7,\"args\":[\"ok\"]}", json(Outbound.reply(7, List.of("ok"))));
    assertEquals(
        "{\"reply\":7,\"error\":{\"code\":\"sold-out\",\"text\":\"no more\"}}",
        json(Outbound.error(7, new ReplyError("sold-out", "no more", null))));
    assertEquals(
        "{\"reply\":7,\"error\":{\"code\":\"c\",\"text\":\"t\",\"data\":{\"left\":0}}}",
        json(Outbound.error(7, new ReplyError("c", "t", new JsonObject().put("left", 0)))));
  }

  @Test
  void oneEncodingServesAllSessions() {
    Outbound message = Outbound.event("e", List.of("x"));

    assertSame(message.in(RawCodec.JSON), message.in(RawCodec.JSON_FRAME).payload());
    assertSame(message.in(RawCodec.BARE_FRAME).payload(), message.in(RawCodec.JSON));
  }

  // The bare form.

  @Test
  void bareTextAndBytesAreFramesOfTheirKind() {
    assertEquals("t:hé", bare(Outbound.event("message", List.of("hé"))));
    assertEquals("b:0001ff", bare(Outbound.event("message", List.of(BYTES))));
  }

  @Test
  void whatIsNotOneTextOrBufferOfTheDefaultEventIsBareJson() {
    assertEquals(
        "t:{\"event\":\"other\",\"args\":[\"a\"]}", bare(Outbound.event("other", List.of("a"))));
    assertEquals(
        "t:{\"event\":\"message\",\"args\":[\"a\",\"b\"]}",
        bare(Outbound.event("message", List.of("a", "b"))));
    assertEquals(
        "t:{\"event\":\"message\",\"args\":[1]}", bare(Outbound.event("message", List.of(1))));
    assertEquals(
        "t:{\"event\":\"message\",\"args\":[]}", bare(Outbound.event("message", List.of())));
  }

  private static String json(Outbound message) {
    return new String(message.in(RawCodec.JSON), UTF_8);
  }

  private static String bare(Outbound message) {
    RawCodec.Frame frame = message.in(RawCodec.BARE_FRAME);
    return frame.text()
        ? "t:" + new String(frame.payload(), UTF_8)
        : "b:" + HexFormat.of().formatHex(frame.payload());
  }

  @Test
  void questionsItemsAndEndsOfStreamsAreWritten() {
    assertJson(
        "{\"event\":\"e\",\"args\":[1],\"request\":3}", Outbound.request(3, "e", List.of(1)));
    assertJson("{\"reply\":7,\"item\":{\"$binary\":\"AAH/\"}}", Outbound.item(7, BYTES));
    assertJson("{\"reply\":7,\"item\":null}", Outbound.item(7, null));
    assertJson("{\"reply\":7,\"end\":true}", Outbound.end(7, null));
    assertJson(
        "{\"reply\":7,\"end\":true,\"error\":{\"code\":\"c\",\"text\":\"t\"}}",
        Outbound.end(7, new ReplyError("c", "t", null)));
  }

  private static void assertJson(String expected, Outbound message) {
    assertEquals(expected, new String(message.in(RawCodec.JSON), UTF_8));
  }
}
