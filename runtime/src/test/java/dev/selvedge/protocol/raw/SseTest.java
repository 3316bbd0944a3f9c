package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.protocol.FakeSessions;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseTest {
  private final RawFixture raw = new RawFixture();
  private JsonObject opened;

  private static FakeExchange get() {
    return new FakeExchange("GET", "/deli").with("accept", "text/event-stream");
  }

  /** Opens a session and takes its open event. */
  private FakeExchange open() {
    FakeExchange stream = raw.ask(get());
    assertEquals(200, stream.status);
    String text = stream.stream.takeText();
    opened = new JsonObject(text.substring(text.indexOf("data: ") + 6));
    return stream;
  }

  private String id(long seq) {
    return opened.getString("session") + "." + opened.getString("token") + "." + seq;
  }

  private FakeExchange reconnect(long seen) {
    return raw.ask(get().with("last-event-id", id(seen)));
  }

  @Test
  void openEventTellsSessionTokenAndHeartbeat() {
    FakeExchange stream = raw.ask(get());

    String text = stream.stream.takeText();
    String session = raw.session().id;
    assertEquals("text/event-stream", stream.answerHeaders.get("content-type"));
    assertEquals("no-store, no-transform", stream.answerHeaders.get("cache-control"));
    assertTrue(
        text.matches(
            "event: open\nretry: [12][0-9]{3}\nid: (%s\\.[A-Za-z0-9_-]{22})\\.0\n"
                    .formatted(session)
                + "data: \\{\"session\":\"%s\",\"token\":\"[A-Za-z0-9_-]{22}\",\"heartbeat\":25000}\n\n"
                    .formatted(session)),
        text);
    assertEquals(Transport.SSE, raw.session().port.transport());
  }

  @Test
  void messagesAreNumberedEvents() {
    FakeExchange stream = open();

    raw.on(() -> raw.session().send("board", 1, "a\nb"));
    raw.on(() -> raw.session().send("message", "hi"));
    raw.on(() -> raw.session().send(Outbound.reply(7, List.of())));
    raw.on(() -> raw.session().send(Outbound.error(8, new ReplyError("c", "t", null))));
    raw.on(() -> raw.session().send("two\nlines", 1));

    assertEquals(
        "id: %s\nevent: board\ndata: [1,\"a\\nb\"]\n\n".formatted(id(1))
            + "id: %s\nevent: message\ndata: [\"hi\"]\n\n".formatted(id(2))
            + "id: %s\nevent: reply\ndata: {\"reply\":7,\"args\":[]}\n\n".formatted(id(3))
            + "id: %s\nevent: reply\ndata: {\"reply\":8,\"error\":{\"code\":\"c\",\"text\":\"t\"}}\n\n"
                .formatted(id(4))
            + "id: %s\nevent: any\ndata: {\"event\":\"two\\nlines\",\"args\":[1]}\n\n"
                .formatted(id(5)),
        stream.stream.takeText());
  }

  @Test
  void whatIsSentWhileTheSessionOpensComesAfterTheOpenEvent() {
    raw.sessions.onOpen = session -> session.send("welcome");

    String text = raw.ask(get()).stream.takeText();

    assertTrue(text.indexOf("event: open") < text.indexOf("event: welcome"), text);
  }

  @Test
  void heartbeatsKeepTheStreamAlive() {
    FakeExchange stream = open();

    raw.pass(50_000);

    assertEquals(":\n\n:\n\n", stream.stream.takeText());
  }

  @Test
  void reconnectedClientGetsWhatItMissedAndNothingTwice() {
    FakeExchange first = open();
    raw.on(() -> raw.session().send("e", 1));
    raw.on(() -> raw.session().send("e", 2));
    first.abort();
    raw.on(() -> raw.session().send("e", 3));

    FakeExchange second = reconnect(1);
    raw.on(() -> raw.session().send("e", 4));

    assertEquals(
        ":\n\nid: %s\nevent: e\ndata: [2]\n\n".formatted(id(2))
            + "id: %s\nevent: e\ndata: [3]\n\n".formatted(id(3))
            + "id: %s\nevent: e\ndata: [4]\n\n".formatted(id(4)),
        second.stream.takeText());
    assertEquals(1, raw.sessions.opened.size());
  }

  @Test
  void streamThatTheNodeStillBelievesInIsReplaced() {
    FakeExchange first = open();

    FakeExchange second = reconnect(0);
    raw.pass(60_000);
    raw.on(() -> raw.session().send("e"));

    assertTrue(first.stream.ended);
    assertNull(raw.session().ended);
    assertTrue(second.stream.takeText().endsWith("event: e\ndata: []\n\n"));
  }

  @Test
  void sessionOutlivesItsStreamForTheLingerTime() {
    open().abort();

    raw.pass(29_999);
    assertNull(raw.session().ended);
    raw.pass(1);
    assertEquals(CloseReason.LOST, raw.session().ended);
  }

  @Test
  void clientThatComesTooLateGetsANewSession() {
    open().abort();
    raw.pass(70_000);

    FakeExchange again = reconnect(0);

    assertEquals(2, raw.sessions.opened.size());
    assertTrue(again.stream.takeText().startsWith("event: open\n"));
  }

  @Test
  void clientThatMissedMoreThanIsKeptGetsANewSession() {
    FakeExchange stream = open();
    FakeSessions.Opened first = raw.session();
    raw.on(
        () -> {
          for (int i = 1; i <= SseDownlink.KEPT_MESSAGES + 2; i++) {
            first.send("e", i);
          }
        });
    stream.abort();

    FakeExchange again = reconnect(1);

    assertEquals(1013, first.ended.code());
    assertEquals(2, raw.sessions.opened.size());
    assertTrue(again.stream.takeText().startsWith("event: open\n"));
  }

  @Test
  void theLastMessagesOfABusyStreamAreKept() {
    FakeExchange stream = open();
    raw.on(
        () -> {
          for (int i = 1; i <= SseDownlink.KEPT_MESSAGES + 2; i++) {
            raw.session().send("e", i);
          }
        });
    stream.abort();

    FakeExchange again = reconnect(2);

    assertTrue(again.stream.takeText().startsWith(":\n\nid: " + id(3) + "\n"));
    assertEquals(1, raw.sessions.opened.size());
  }

  @Test
  void whatWasWrittenLongAgoIsForgotten() {
    open();
    raw.on(() -> raw.session().send("e", 1));
    raw.pass(60_000);

    reconnect(0);

    assertEquals(1013, raw.sessions.opened.get(0).ended.code());
  }

  @Test
  void withoutAStreamSixtyFourKibibytesWaitAndNoneIsDropped() {
    open().abort();
    FakeSessions.Opened session = raw.session();
    String kibibyte = "x".repeat(1024);
    raw.on(
        () -> {
          for (int i = 1; i <= 100; i++) {
            session.send("e", kibibyte);
          }
        });

    assertFalse(session.port.writable());
    assertTrue(session.port.pendingBytes() >= 64 * 1024);
    assertTrue(session.waiting.size() > 30);

    String text = reconnect(0).stream.takeText();

    assertEquals(100, text.split("event: e\n", -1).length - 1);
    assertTrue(session.waiting.isEmpty());
  }

  @Test
  void slowClientHoldsMessagesInTheSession() {
    FakeExchange stream = open();
    stream.stream.full = true;
    raw.on(() -> raw.session().send("e", 1));
    assertEquals("", stream.stream.takeText());

    raw.on(stream.stream::drain);

    assertTrue(stream.stream.takeText().contains("data: [1]"));
  }

  @Test
  void closeIsToldAndForgetsThePlaceInTheStream() {
    FakeExchange stream = open();

    raw.on(() -> raw.session().close(CloseReason.SERVICE_RESTART));

    String text = stream.stream.takeText();
    assertTrue(
        text.matches(
            "event: close\nretry: [1-4][0-9]{3}\nid:\n"
                + "data: \\{\"code\":1012,\"text\":\"service restart\",\"retry\":true}\n\n"),
        text);
    assertTrue(stream.stream.ended);
  }

  @Test
  void clientThatWasAwayIsToldWhyItsSessionWasClosed() {
    open().abort();
    raw.on(() -> raw.session().send("e", 1));
    raw.on(() -> raw.session().close(CloseReason.KICKED));

    FakeExchange again = reconnect(0);

    String text = again.stream.takeText();
    assertTrue(
        text.startsWith(":\n\nid: " + id(1) + "\nevent: e\ndata: [1]\n\nevent: close\n"), text);
    assertTrue(again.stream.ended);
    assertEquals(1, raw.sessions.opened.size());
  }

  @Test
  void refusedSessionIsToldInTheStream() {
    raw.sessions.onOpen = session -> session.close(CloseReason.FUNCTION_GONE);

    FakeExchange stream = raw.ask(get());

    assertTrue(stream.stream.takeText().startsWith("event: close\n"));
    assertTrue(stream.stream.ended);
  }

  @Test
  void forgedTokenIsRefused() {
    open();

    FakeExchange forged =
        raw.ask(
            get().with("last-event-id", opened.getString("session") + "." + "A".repeat(22) + ".0"));

    assertEquals(403, forged.status);
    assertEquals("bad-token", forged.errorCode());
    assertNull(raw.session().ended);
  }

  @Test
  void unreadableLastEventIdOpensANewSession() {
    FakeExchange stream = raw.ask(get().with("last-event-id", "17"));

    assertTrue(stream.stream.takeText().startsWith("event: open\n"));
  }

  @Test
  void streamOfALongPollSessionIsRefused() {
    FakeExchange poll = raw.ask(new FakeExchange("POST", "/deli").asking("transport", "longpoll"));

    FakeExchange stream =
        raw.ask(
            get()
                .with("x-selvedge-session", poll.json().getString("session"))
                .with("x-selvedge-token", poll.json().getString("token")));

    assertEquals("wrong-transport", stream.errorCode());
  }

  @Test
  void postsAndDeleteReachTheSession() {
    FakeExchange stream = open();

    FakeExchange post =
        raw.ask(RawFixture.of(opened, "POST").sendingJson("{\"event\":\"take\",\"id\":1}"));
    FakeExchange delete = raw.ask(RawFixture.of(opened, "DELETE"));

    assertEquals(202, post.status);
    assertEquals(List.of("take[]?1"), raw.session().received);
    assertEquals(204, delete.status);
    assertEquals(CloseReason.NORMAL, raw.session().ended);
    assertTrue(stream.stream.ended);
  }
}
