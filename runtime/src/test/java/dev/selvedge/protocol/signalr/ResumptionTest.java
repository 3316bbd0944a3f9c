package dev.selvedge.protocol.signalr;

import static dev.selvedge.protocol.signalr.HubFixture.RS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeWebSocketConnection;
import dev.selvedge.session.Note;
import dev.selvedge.session.Outbound;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResumptionTest {
  private final HubFixture hub = new HubFixture();
  private String token;
  private FakeWebSocketConnection socket;

  @BeforeEach
  void open() {
    token = hub.resumableToken();
    socket = hub.openResumable(token);
  }

  private static String event(String name) {
    return "{\"type\":1,\"target\":\"" + name + "\",\"arguments\":[]}" + RS;
  }

  private static String sequence(int id) {
    return "{\"type\":9,\"sequenceId\":" + id + "}" + RS;
  }

  private static String ack(int id) {
    return "{\"type\":8,\"sequenceId\":" + id + "}" + RS;
  }

  private void drop(FakeWebSocketConnection which) {
    hub.on(() -> which.listener.closed(CloseReason.LOST));
  }

  @Test
  void whatWasNotAcknowledgedIsSentAgain() {
    hub.session().send("a");
    hub.session().send("b");
    hub.receive(socket, ack(1));
    drop(socket);
    hub.session().send("c");
    assertNull(hub.session().ended);

    FakeWebSocketConnection next = hub.webSocket(token);

    assertEquals(List.of(sequence(2), event("b"), event("c")), next.sent);
    hub.session().send("d");
    assertEquals(event("d"), next.sent.get(3));
    assertEquals(1, hub.sessions.opened.size());
  }

  @Test
  void withoutUnacknowledgedMessagesTheNextNumberIsSaid() {
    drop(socket);

    assertEquals(List.of(sequence(1)), hub.webSocket(token).sent);
  }

  @Test
  void whatTheClientRepeatsIsHandledOnce() {
    hub.receive(socket, event("one"));
    hub.receive(socket, event("two").substring(0, 10));
    drop(socket);
    FakeWebSocketConnection next = hub.webSocket(token);
    hub.receive(next, event("too early"));
    hub.receive(next, sequence(1) + event("one") + event("two"));

    assertEquals(List.of("one[]", "two[]"), hub.session().received);
  }

  @Test
  void receivedMessagesAreAcknowledgedOnceASecond() {
    hub.receive(socket, event("one") + event("two"));
    assertEquals(List.of(), socket.sent);
    hub.pass(1_100);
    assertEquals(List.of(ack(2)), socket.sent);

    hub.pass(5_000);
    assertEquals(1, socket.sent.size());
    hub.receive(socket, event("three"));
    hub.pass(1_100);
    assertEquals(ack(3), socket.sent.get(1));
  }

  @Test
  void aSecondWebSocketTakesThePlaceOfALiveOne() {
    hub.session().send("a");
    FakeWebSocketConnection next = hub.webSocket(token);

    assertEquals(1000, socket.closed.code());
    assertEquals(List.of(sequence(1), event("a")), next.sent);
    drop(socket);
    assertNull(hub.session().ended);
    hub.receive(next, sequence(1) + event("one"));
    assertEquals(List.of("one[]"), hub.session().received);
  }

  @Test
  void aClientThatDoesNotComeBackIsLost() {
    drop(socket);
    hub.pass(14_000);
    assertNull(hub.session().ended);

    hub.pass(2_000);

    assertEquals(CloseReason.LOST, hub.session().ended);
    assertEquals(
        404,
        hub.ask(HubFixture.of(token, "GET").upgradingTo(new FakeWebSocketConnection())).status);
  }

  @Test
  void aCloseFrameEndsTheConnection() {
    hub.on(() -> socket.listener.closed(CloseReason.NO_STATUS));

    assertEquals(CloseReason.NORMAL, hub.session().ended);
    assertEquals(0, hub.connections());
  }

  @Test
  void aCloseMessageEndsTheConnection() {
    hub.receive(socket, "{\"type\":7}" + RS);

    assertEquals(CloseReason.NORMAL, hub.session().ended);
    assertEquals(0, hub.connections());
  }

  @Test
  void aFullBufferMakesTheSessionWait() {
    String big = "x".repeat(30_000);
    for (int i = 0; i < 6; i++) {
      hub.session().send("e", big);
    }
    assertEquals(4, socket.sent.size());

    hub.receive(socket, ack(1));
    assertEquals(5, socket.sent.size());
    hub.receive(socket, ack(5));
    assertEquals(6, socket.sent.size());
  }

  @Test
  void withoutASocketTheBufferIsTheBound() {
    drop(socket);
    assertTrue(hub.session().port.writable());
    for (int i = 0; i < 6; i++) {
      hub.session().send("e", "x".repeat(30_000));
    }

    assertFalse(hub.session().port.writable());
    assertEquals(2, hub.session().waiting.size());
  }

  @Test
  void aClientThatComesBackWaitsForAFunctionThatIsBehind() {
    hub.on(() -> hub.session().port.pauseReading());
    drop(socket);
    FakeWebSocketConnection next = hub.webSocket(token);

    assertFalse(next.reading);
    hub.receive(next, sequence(1) + event("one"));
    assertEquals(List.of(), hub.session().received);
    hub.on(() -> hub.session().port.resumeReading());
    assertTrue(next.reading);
    assertEquals(List.of("one[]"), hub.session().received);
  }

  @Test
  void aSequenceThatLeavesSomethingOutClosesTheConnection() {
    drop(socket);
    FakeWebSocketConnection next = hub.webSocket(token);
    hub.receive(next, sequence(5));

    assertEquals(
        "{\"type\":7,\"error\":\"Connection closed with an error.\"}" + RS, next.sent.get(1));
    assertEquals(CloseReason.PROTOCOL_ERROR.code(), hub.session().ended.code());
  }

  @Test
  void itIsOnlyForClientsThatNegotiatedIt() {
    FakeWebSocketConnection plain = hub.open();
    drop(plain);

    assertEquals(CloseReason.LOST, hub.session().ended);
    FakeExchange late =
        HubFixture.of(hub.resumableToken(), "GET").upgradingTo(new FakeWebSocketConnection());
    assertEquals(101, hub.ask(late).status);
  }

  // ---- with a window for recovery

  private void openKept() {
    hub.sessions.recoverable = true;
    token = hub.resumableToken();
    socket = hub.openResumable(token);
  }

  private List<Note.Kind> noted() {
    return hub.session().notes.stream().map(Note::kind).toList();
  }

  @Test
  void nobodySeesWhatIsNotNoted() {
    openKept();
    hub.session().unnoted = new ArrayDeque<>();
    hub.session().send("a");
    hub.receive(socket, event("one"));
    hub.pass(2_000);
    assertEquals(List.of(), socket.sent);
    assertEquals(List.of(), hub.session().received);

    hub.on(() -> hub.session().noted());

    assertEquals(List.of(event("a")), socket.sent);
    assertEquals(List.of("one[]"), hub.session().received);
    hub.pass(1_100);
    assertEquals(ack(1), socket.sent.get(1));
  }

  @Test
  void aSocketThatBreaksMeanwhileIsNotToldTooMuch() {
    openKept();
    hub.session().send("a");
    hub.session().unnoted = new ArrayDeque<>();
    hub.session().send("b");
    drop(socket);
    FakeWebSocketConnection next = hub.webSocket(token);
    assertEquals(List.of(sequence(1), event("a")), next.sent);

    hub.on(() -> hub.session().noted());

    assertEquals(event("b"), next.sent.get(2));
    assertEquals(3, next.sent.size());
  }

  @Test
  void aClientThatSaysMoreThanCanBeNotedIsNotRead() {
    openKept();
    hub.session().unnoted = new ArrayDeque<>();
    for (int i = 0; i < 70; i++) {
      hub.receive(socket, event("e" + i));
    }
    assertFalse(socket.reading);

    while (!hub.session().unnoted.isEmpty()) {
      hub.on(() -> hub.session().noted());
    }

    assertTrue(socket.reading);
    assertEquals(70, hub.session().received.size());
  }

  @Test
  void whatTheClientSaidBeforeItClosedIsHandled() {
    openKept();
    hub.session().unnoted = new ArrayDeque<>();
    hub.receive(socket, event("one") + "{\"type\":7}" + RS);
    assertNull(hub.session().ended);

    hub.on(() -> hub.session().noted());

    assertEquals(List.of("one[]"), hub.session().received);
    assertEquals(CloseReason.NORMAL, hub.session().ended);
  }

  @Test
  void theEndComesAfterWhatWasSent() {
    openKept();
    hub.session().unnoted = new ArrayDeque<>();
    hub.session().send("a");
    hub.on(() -> hub.session().close(CloseReason.NORMAL));

    assertEquals(event("a"), socket.sent.get(0));
    assertEquals(2, socket.sent.size());
    assertEquals(1000, socket.closed.code());
    hub.on(() -> hub.session().noted());
    assertEquals(2, socket.sent.size());
  }

  @Test
  void whatMattersIsNoted() {
    openKept();
    hub.session().send("a");
    hub.receive(socket, ack(1));
    hub.receive(
        socket, "{\"type\":1,\"invocationId\":\"7\",\"target\":\"t\",\"arguments\":[]}" + RS);
    hub.receive(socket, "{\"type\":5,\"invocationId\":\"x\"}" + RS);
    hub.session().send(Outbound.reply(hub.session().messages.get(0).replyTo(), List.of()));

    assertEquals(
        List.of(
            Note.Kind.ABOUT,
            Note.Kind.SENT,
            Note.Kind.ACKNOWLEDGED,
            Note.Kind.HEARD,
            Note.Kind.RECEIVED,
            Note.Kind.SENT,
            Note.Kind.SETTLED),
        noted());
    assertEquals(token, hub.session().secret.toString());
  }

  @Test
  void aConnectionThatIsHandedOverLooksLost() {
    openKept();
    hub.on(() -> hub.session().port.handedOver(CloseReason.SERVICE_RESTART));

    assertEquals(CloseReason.LOST, socket.closed);
    assertEquals(List.of(), socket.sent);
    assertEquals(1, hub.connections(), "that of the other client");
  }
}
