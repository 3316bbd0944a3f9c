package dev.selvedge.protocol.signalr;

import static dev.selvedge.protocol.signalr.HubFixture.HELLO;
import static dev.selvedge.protocol.signalr.HubFixture.RS;
import static dev.selvedge.protocol.signalr.HubFixture.WELCOME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.SignalRConfig;
import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubTest {
  private final HubFixture hub = new HubFixture();

  /** What was sent since the last call, without separators. */
  private static List<String> taken(FakeWebSocketConnection socket) {
    List<String> sent = socket.sent.stream().map(each -> each.replace(RS, "")).toList();
    socket.sent.clear();
    return sent;
  }

  // ---- handshake

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"protocol\":\"x\",\"version\":1} | The protocol 'x' is not supported.",
        "{\"protocol\":\"json\",\"version\":3} | The server does not support version 3 of the 'json' protocol.",
        "{\"protocol\":\"json\"} | An unexpected error occurred during connection handshake.",
        "nothing | An unexpected error occurred during connection handshake.",
        "{\"type\":6} | An unexpected error occurred during connection handshake.",
      })
  void aHandshakeThatIsRefusedGetsAnErrorAndNothingElse(String request, String error) {
    FakeWebSocketConnection socket = hub.webSocket(hub.token());
    hub.receive(socket, request + RS);

    assertEquals(List.of("{\"error\":\"" + error + "\"}" + RS), socket.sent);
    assertEquals(1000, socket.closed.code());
    assertEquals(0, hub.connections());
    assertTrue(hub.sessions.opened.isEmpty());
  }

  @Test
  void versionTwoIsAccepted() {
    FakeWebSocketConnection socket = hub.webSocket(hub.token());
    hub.receive(socket, HELLO.replace("1", "2"));

    assertEquals(List.of(WELCOME), socket.sent);
  }

  @Test
  void aHandshakeThatDoesNotComeIsCanceled() {
    FakeWebSocketConnection socket = hub.webSocket(hub.token());
    hub.pass(14_000);
    assertNull(socket.closed);

    hub.pass(2_000);

    assertEquals(List.of("{\"error\":\"Handshake was canceled.\"}" + RS), socket.sent);
    assertEquals(0, hub.connections());
  }

  @Test
  void aHandshakeThatIsTooLongIsCanceled() {
    FakeWebSocketConnection socket = hub.webSocket(hub.token());
    hub.receive(socket, "x".repeat(32 * 1024 + 1));

    assertEquals(List.of("{\"error\":\"Handshake was canceled.\"}" + RS), socket.sent);
  }

  @Test
  void detailsAreToldIfTheyAreWanted() {
    HubFixture detailed =
        new HubFixture(
            HubFixture.configured(
                SignalRConfig.DEFAULT.resumeBufferBytes(), true, Optional.empty()));
    FakeWebSocketConnection socket = detailed.webSocket(detailed.token());
    detailed.receive(socket, "{}" + RS);

    assertEquals(
        List.of(
            "{\"error\":\"An unexpected error occurred during connection handshake."
                + " InvalidDataException: Missing required property 'protocol'.\"}"
                + RS),
        socket.sent);
  }

  @Test
  void aHandshakeMayComeByteByByte() {
    FakeWebSocketConnection socket = hub.webSocket(hub.token());
    for (char each :
        (HELLO + "{\"type\":1,\"target\":\"a\",\"arguments\":[]}" + RS).toCharArray()) {
      hub.receive(socket, String.valueOf(each));
    }

    assertEquals(List.of(WELCOME), socket.sent);
    assertEquals(List.of("a[]"), hub.session().received);
  }

  @Test
  void aSecondHandshakeIsAProtocolError() {
    FakeWebSocketConnection socket = hub.open();
    hub.receive(socket, HELLO);

    assertEquals(
        List.of("{\"type\":7,\"error\":\"Connection closed with an error.\"}"), taken(socket));
    assertEquals(CloseReason.PROTOCOL_ERROR.code(), hub.session().ended.code());
  }

  // ---- invocations

  @Test
  void anInvocationGetsOneCompletionWithItsOwnId() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket,
        "{\"type\":1,\"invocationId\":\"abc\",\"target\":\"add\",\"arguments\":[1,2]}",
        "{\"type\":1,\"invocationId\":\"7\",\"target\":\"none\",\"arguments\":[]}",
        "{\"type\":1,\"invocationId\":\"8\",\"target\":\"pair\",\"arguments\":[]}");
    assertEquals(List.of("add[1, 2]?1", "none[]?2", "pair[]?3"), hub.session().received);

    hub.session().send(Outbound.reply(1, List.of(3)));
    hub.session().send(Outbound.reply(2, List.of()));
    hub.session().send(Outbound.reply(3, List.of("a", "b")));
    hub.session().send(Outbound.reply(3, List.of("again")));

    assertEquals(
        List.of(
            "{\"type\":3,\"invocationId\":\"abc\",\"result\":3}",
            "{\"type\":3,\"invocationId\":\"7\",\"result\":null}",
            "{\"type\":3,\"invocationId\":\"8\",\"result\":[\"a\",\"b\"]}"),
        taken(socket));
  }

  @Test
  void withoutAnIdNoAnswerIsWanted() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, "{\"type\":1,\"target\":\"say\",\"arguments\":[]}");

    assertEquals(-1, hub.session().messages.get(0).replyTo());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-event | no event go | Unknown hub method 'go'",
        "bad-argument | go: argument 0 is missing | Failed to invoke 'go' due to an error on the server. go: argument 0 is missing",
        "forbidden | not you | Failed to invoke 'go' because user is unauthorized",
        "sold-out | no more | An unexpected error occurred invoking 'go' on the server. HubException: no more",
        "internal | the function failed | An unexpected error occurred invoking 'go' on the server.",
      })
  void errorsHaveTheTextsOfDotNet(String code, String text, String error) {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"go\",\"arguments\":[]}");
    hub.session().send(Outbound.error(1, new ReplyError(code, text, null)));

    assertEquals(
        List.of("{\"type\":3,\"invocationId\":\"1\",\"error\":\"" + error + "\"}"), taken(socket));
  }

  @Test
  void anIdInUseIsRefused() {
    FakeWebSocketConnection socket = hub.open();
    String go = "{\"type\":4,\"invocationId\":\"1\",\"target\":\"go\",\"arguments\":[]}";
    hub.receiveEach(socket, go, go);

    assertEquals(
        List.of(
            "{\"type\":3,\"invocationId\":\"1\",\"error\":\"Invocation ID '1' is already in"
                + " use.\"}"),
        taken(socket));
    assertEquals(1, hub.session().received.size());
  }

  @Test
  void unansweredInvocationsAreBounded() {
    FakeWebSocketConnection socket = hub.open();
    for (int i = 0; i < Invocations.MAX_PENDING; i++) {
      hub.receiveEach(
          socket, "{\"type\":1,\"invocationId\":\"" + i + "\",\"target\":\"t\",\"arguments\":[]}");
    }
    assertEquals(List.of(), taken(socket));

    hub.receiveEach(
        socket, "{\"type\":1,\"invocationId\":\"x\",\"target\":\"t\",\"arguments\":[]}");

    assertEquals(
        List.of(
            "{\"type\":3,\"invocationId\":\"x\",\"error\":\"Failed to invoke 't' due to an error on"
                + " the server. HubException: invocations without an answer: more than 4096\"}"),
        taken(socket));
  }

  // ---- streams

  @Test
  void aStreamIsItemsAndACompletion() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket, "{\"type\":4,\"invocationId\":\"1\",\"target\":\"count\",\"arguments\":[2]}");
    assertTrue(hub.session().messages.get(0).wantsStream());

    hub.session().send(Outbound.item(1, 1));
    hub.session().send(Outbound.item(1, null));
    hub.session().send(Outbound.end(1, null));
    hub.session().send(Outbound.item(1, 3));

    assertEquals(
        List.of(
            "{\"type\":2,\"invocationId\":\"1\",\"item\":1}",
            "{\"type\":2,\"invocationId\":\"1\",\"item\":null}",
            "{\"type\":3,\"invocationId\":\"1\"}"),
        taken(socket));
  }

  @Test
  void aStreamThatFailsLaterHasAnErrorOfItsOwn() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket,
        "{\"type\":4,\"invocationId\":\"1\",\"target\":\"t\",\"arguments\":[]}",
        "{\"type\":4,\"invocationId\":\"2\",\"target\":\"t\",\"arguments\":[]}");
    hub.session().send(Outbound.item(1, 1));
    hub.session().send(Outbound.end(1, new ReplyError("torn", "it tore", null)));
    hub.session().send(Outbound.end(2, new ReplyError("internal", "…", null)));

    assertEquals(
        List.of(
            "{\"type\":2,\"invocationId\":\"1\",\"item\":1}",
            "{\"type\":3,\"invocationId\":\"1\",\"error\":\"An error occurred on the server while"
                + " streaming results. HubException: it tore\"}",
            "{\"type\":3,\"invocationId\":\"2\",\"error\":\"An unexpected error occurred invoking"
                + " 't' on the server.\"}"),
        taken(socket));
  }

  @Test
  void aStreamInvocationThatIsAnsweredWithOneReplyFails() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket, "{\"type\":4,\"invocationId\":\"1\",\"target\":\"t\",\"arguments\":[]}");
    hub.session().send(Outbound.reply(1, List.of(1)));

    assertEquals(
        List.of(
            "{\"type\":3,\"invocationId\":\"1\",\"error\":\"The client attempted to invoke the"
                + " non-streaming 't' method with a streaming invocation.\"}"),
        taken(socket));
  }

  @Test
  void aCanceledStreamIsCompletedAtOnce() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket,
        "{\"type\":4,\"invocationId\":\"1\",\"target\":\"t\",\"arguments\":[]}",
        "{\"type\":5,\"invocationId\":\"1\"}",
        "{\"type\":5,\"invocationId\":\"1\"}",
        "{\"type\":5,\"invocationId\":\"never\"}");
    hub.session().send(Outbound.item(1, 1));

    assertEquals(List.of("{\"type\":3,\"invocationId\":\"1\"}"), taken(socket));
    assertEquals(List.of("t[]?1", "cancel 1"), hub.session().received);
  }

  @Test
  void streamsOfTheClientReachTheMessageThatBroughtThem() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket,
        "{\"type\":1,\"invocationId\":\"1\",\"target\":\"sum\",\"arguments\":[],\"streamIds\":[\"a\",\"b\"]}",
        "{\"type\":2,\"invocationId\":\"a\",\"item\":5}",
        "{\"type\":2,\"invocationId\":\"nobody's\",\"item\":6}",
        "{\"type\":3,\"invocationId\":\"a\"}",
        "{\"type\":2,\"invocationId\":\"a\",\"item\":7}",
        "{\"type\":3,\"invocationId\":\"b\",\"error\":\"torn\"}");

    assertEquals(List.of(1L, 2L), hub.session().messages.get(0).streams());
    assertEquals(
        List.of(
            "sum[]?3",
            "item 1 5",
            "end 1",
            "end 2 " + new ReplyError("client-error", "torn", null)),
        hub.session().received);
  }

  @Test
  void streamsEndWithTheirInvocation() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(
        socket,
        "{\"type\":1,\"invocationId\":\"1\",\"target\":\"t\",\"arguments\":[],\"streamIds\":[\"a\"]}");
    hub.session().send(Outbound.reply(2, List.of()));
    hub.receiveEach(socket, "{\"type\":2,\"invocationId\":\"a\",\"item\":5}");

    assertEquals(List.of("t[]?2"), hub.session().received);
  }

  @Test
  void streamsThatAreNeverCompletedAreBounded() {
    FakeWebSocketConnection socket = hub.open();
    for (int i = 0; i < Invocations.MAX_STREAMS; i++) {
      hub.receiveEach(
          socket, "{\"type\":1,\"target\":\"t\",\"arguments\":[],\"streamIds\":[\"" + i + "\"]}");
    }
    hub.receiveEach(
        socket,
        "{\"type\":1,\"invocationId\":\"x\",\"target\":\"t\",\"arguments\":[],\"streamIds\":[\"x\"]}");

    assertEquals(
        List.of(
            "{\"type\":3,\"invocationId\":\"x\",\"error\":\"Failed to invoke 't' due to an error on"
                + " the server. HubException: streams of a client: more than 256\"}"),
        taken(socket));
  }

  // ---- from the server

  @Test
  void eventsAreInvocationsWithoutAnId() {
    FakeWebSocketConnection socket = hub.open();
    hub.session().send("said", "ann", new JsonArray().add(1));

    assertEquals(
        List.of("{\"type\":1,\"target\":\"said\",\"arguments\":[\"ann\",[1]]}"), taken(socket));
  }

  @Test
  void aPublicationIsEncodedOnceForAllConnectionsOfAForm() {
    hub.open();
    hub.open();
    Outbound event = Outbound.event("said", List.of("x"));

    assertTrue(HubFormat.JSON.invocation(event) == HubFormat.JSON.invocation(event));
    assertTrue(HubFormat.MESSAGEPACK.invocation(event) == HubFormat.MESSAGEPACK.invocation(event));
  }

  @Test
  void clientsAnswerQuestions() {
    FakeWebSocketConnection socket = hub.open();
    hub.session().send(Outbound.request(12, "name", List.of()));
    assertEquals(
        List.of("{\"type\":1,\"invocationId\":\"s12\",\"target\":\"name\",\"arguments\":[]}"),
        taken(socket));

    hub.receiveEach(
        socket,
        "{\"type\":3,\"invocationId\":\"s12\",\"result\":\"Ann\"}",
        "{\"type\":3,\"invocationId\":\"s13\",\"error\":\"Client didn't provide a result.\"}",
        "{\"type\":3,\"invocationId\":\"s14\"}",
        "{\"type\":3,\"invocationId\":\"15\",\"result\":1}",
        "{\"type\":3,\"invocationId\":\"sx\",\"result\":1}");

    assertEquals(
        List.of(
            "answer 12[Ann]",
            "answer 13 " + new ReplyError("client-error", "Client didn't provide a result.", null),
            "answer 14[]"),
        hub.session().received);
  }

  // ---- the end

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1000 | {\"type\":7}",
        "1012 | {\"type\":7,\"allowReconnect\":true}",
        "1013 | {\"type\":7,\"error\":\"Connection closed with an error. HubException: try again later\",\"allowReconnect\":true}",
        "4005 | {\"type\":7,\"error\":\"Connection closed with an error. HubException: closed by operator\"}",
      })
  void theClientIsToldWhyAndWhetherItMayComeBack(int code, String close) {
    FakeWebSocketConnection socket = hub.open();
    hub.on(() -> hub.session().close(CloseReason.of(code).orElseThrow()));

    assertEquals(List.of(close), taken(socket));
    assertEquals(1000, socket.closed.code());
    assertEquals(0, hub.connections());
  }

  @Test
  void aFailureOfTheServerClosesWith1011() {
    FakeWebSocketConnection socket = hub.open();
    hub.on(() -> hub.session().close(CloseReason.INTERNAL_ERROR));

    assertEquals(1011, socket.closed.code());
  }

  @Test
  void aClientThatTheFunctionRefusesIsToldSo() {
    FakeWebSocketConnection socket = hub.open();
    hub.on(
        () ->
            hub.session()
                .port
                .refused(CloseReason.REFUSED, new ReplyError("banned", "you are banned", null)));

    assertEquals(
        List.of(
            "{\"type\":7,\"error\":\"Connection closed with an error. HubException: you are"
                + " banned\"}"),
        taken(socket));
  }

  @Test
  void aCloseOfTheClientIsNoError() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, "{\"type\":7,\"error\":\"I go\"}");

    assertEquals(CloseReason.NORMAL, hub.session().ended);
    assertEquals(1000, socket.closed.code());
    assertEquals(List.of(), taken(socket));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{}", "[]", "{\"type\":1}", "{\"type\":3,\"invocationId\":5}"})
  void whatBreaksTheProtocolEndsTheConnection(String message) {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, message);

    assertEquals(
        List.of("{\"type\":7,\"error\":\"Connection closed with an error.\"}"), taken(socket));
    assertEquals(CloseReason.PROTOCOL_ERROR.code(), hub.session().ended.code());
    assertEquals(0, hub.connections());
  }

  @Test
  void aMessageThatIsTooLongEndsTheConnection() {
    FakeWebSocketConnection socket = hub.open();
    hub.receive(socket, "x".repeat(32 * 1024 + 1));

    assertEquals(
        List.of("{\"type\":7,\"error\":\"Connection closed with an error.\"}"), taken(socket));
    assertEquals(CloseReason.MESSAGE_TOO_BIG, hub.session().ended);
  }

  @Test
  void unknownMessagesAreIgnored() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, "{\"type\":99}", "{\"type\":8,\"sequenceId\":1}");

    assertNull(socket.closed);
    assertEquals(List.of(), taken(socket));
  }

  @Test
  void anInvocationWithoutAMethodIsAnswered() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"\",\"arguments\":[]}");

    assertEquals(
        List.of("{\"type\":3,\"invocationId\":\"1\",\"error\":\"Unknown hub method ''\"}"),
        taken(socket));
  }

  // ---- time

  @Test
  void aPingIsSentWhenNothingElseWas() {
    FakeWebSocketConnection socket = hub.open();
    hub.pass(10_000);
    hub.session().send("a");
    taken(socket);
    hub.pass(14_000);
    assertEquals(List.of(), taken(socket));

    hub.pass(2_000);
    assertEquals(List.of("{\"type\":6}"), taken(socket));
    hub.pass(16_000);
    assertEquals(List.of("{\"type\":6}"), taken(socket));
  }

  @Test
  void aClientThatNeverSentAPingMayBeSilent() {
    hub.open();
    hub.pass(3_600_000);

    assertNull(hub.session().ended);
  }

  @Test
  void aClientThatSentAPingMustGoOn() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, "{\"type\":6}");
    assertEquals(List.of(), taken(socket), "pings are not answered");
    hub.pass(29_000);
    assertNull(hub.session().ended);
    hub.receiveEach(socket, "{\"type\":6}");
    hub.pass(29_000);
    assertNull(hub.session().ended);
    taken(socket);

    hub.pass(2_000);

    assertEquals(CloseReason.HEARTBEAT, hub.session().ended);
    assertEquals(
        "{\"type\":7,\"error\":\"Connection closed with an error. HubException: heartbeat"
            + " time-out\",\"allowReconnect\":true}",
        socket.sent.get(socket.sent.size() - 1).replace(RS, ""));
  }

  @Test
  void silenceDoesNotCountWhileTheFunctionIsBehind() {
    FakeWebSocketConnection socket = hub.open();
    hub.receiveEach(socket, "{\"type\":6}");
    hub.on(() -> hub.session().port.pauseReading());
    hub.pass(120_000);
    assertNull(hub.session().ended);

    hub.on(() -> hub.session().port.resumeReading());
    hub.pass(29_000);
    assertNull(hub.session().ended);
    hub.pass(62_000);
    assertEquals(CloseReason.HEARTBEAT, hub.session().ended);
  }
}
