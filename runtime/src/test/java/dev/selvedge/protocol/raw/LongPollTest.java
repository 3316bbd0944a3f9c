package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.FakeExchange;
import dev.selvedge.session.Outbound;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongPollTest {
  private final RawFixture raw = new RawFixture();
  private JsonObject opened;

  private void open() {
    FakeExchange open = raw.ask(new FakeExchange("POST", "/deli").asking("transport", "longpoll"));
    assertEquals(200, open.status);
    opened = open.json();
  }

  private FakeExchange poll(long ack) {
    return raw.ask(RawFixture.of(opened, "GET").asking("ack", Long.toString(ack)));
  }

  private void send(Object... args) {
    raw.on(() -> raw.session().send("e", args));
    raw.pass(0);
  }

  @Test
  void openAnswersSessionAndToken() {
    open();

    assertEquals(raw.session().id, opened.getString("session"));
    assertTrue(opened.getString("token").matches("[A-Za-z0-9_-]{22}"));
    assertEquals(Transport.LONGPOLL, raw.session().port.transport());
  }

  @Test
  void whatIsSentWhileTheSessionOpensIsPolled() {
    raw.sessions.onOpen = session -> session.send("welcome");
    open();

    assertEquals("[{\"seq\":1,\"event\":\"welcome\",\"args\":[]}]", poll(0).answer.toString());
  }

  @Test
  void pollWaitsForMessagesAndGetsThoseOfOneGoTogether() {
    open();
    FakeExchange poll = poll(0);
    assertFalse(poll.isAnswered());

    raw.on(() -> raw.session().send("a", 1));
    raw.on(() -> raw.session().send(Outbound.reply(3, List.of("x"))));
    raw.pass(0);

    assertEquals(
        "[{\"seq\":1,\"event\":\"a\",\"args\":[1]},{\"seq\":2,\"reply\":3,\"args\":[\"x\"]}]",
        poll.answer.toString());
    assertEquals("no-store", poll.answerHeaders.get("cache-control"));
  }

  @Test
  void pollWithoutMessagesEndsEmptyAfterItsTime() {
    open();
    FakeExchange poll = poll(0);

    raw.pass(24_999);
    assertFalse(poll.isAnswered());
    raw.pass(1);

    assertEquals("[]", poll.answer.toString());
    assertNull(raw.session().ended);
  }

  @Test
  void messagesAreAnsweredAgainUntilTheyAreAcknowledged() {
    open();
    send(1);
    send(2);

    assertEquals(2, poll(0).jsonArray().size());
    assertEquals(2, poll(0).jsonArray().size());
    assertEquals("[{\"seq\":2,\"event\":\"e\",\"args\":[2]}]", poll(1).answer.toString());
    assertFalse(poll(2).isAnswered());
  }

  @Test
  void ackOfTheFutureIsRefused() {
    open();
    send(1);

    FakeExchange poll = poll(2);

    assertEquals(400, poll.status);
    assertEquals("bad-ack", poll.errorCode());
    assertEquals(1, poll(0).jsonArray().size());
  }

  @Test
  void ackMayBeAHeader() {
    open();
    send(1);

    FakeExchange poll = raw.ask(RawFixture.of(opened, "GET").with("x-selvedge-ack", "x"));
    assertEquals("bad-ack", poll.errorCode());
    assertFalse(raw.ask(RawFixture.of(opened, "GET").with("x-selvedge-ack", "1")).isAnswered());
  }

  @Test
  void secondPollEndsTheFirstWithAnEmptyArray() {
    open();
    FakeExchange first = poll(0);

    FakeExchange second = poll(0);
    send(1);

    assertEquals("[]", first.answer.toString());
    assertEquals(1, second.jsonArray().size());
  }

  @Test
  void abortedPollLosesNothing() {
    open();
    FakeExchange lost = poll(0);
    raw.on(lost::abort);
    send(1);

    assertFalse(lost.isAnswered());
    assertEquals(1, poll(0).jsonArray().size());
  }

  @Test
  void sessionEndsWhenNobodyPollsForTheLingerTime() {
    open();
    raw.pass(29_999);
    assertNull(raw.session().ended);
    raw.pass(1);

    assertEquals(CloseReason.LOST, raw.session().ended);
  }

  @Test
  void waitingPollKeepsTheSession() {
    open();
    for (int i = 0; i < 4; i++) {
      poll(0);
      raw.pass(25_000 + 29_000);
    }

    assertNull(raw.session().ended);
  }

  @Test
  void closedSessionDeliversWhatItSentAndThenSaysWhyItEnded() {
    open();
    send(1);
    raw.on(() -> raw.session().close(CloseReason.SERVICE_RESTART));

    assertEquals(1, poll(0).jsonArray().size());
    FakeExchange last = poll(1);

    assertEquals(410, last.status);
    assertEquals(
        "{\"error\":{\"code\":\"session-closed\",\"text\":\"service restart\"},"
            + "\"close\":{\"code\":1012,\"text\":\"service restart\",\"retry\":true}}",
        last.answer.toString());
  }

  @Test
  void waitingPollAndPostsLearnOfTheClose() {
    open();
    FakeExchange poll = poll(0);
    raw.on(() -> raw.session().close(CloseReason.KICKED));

    assertEquals(410, poll.status);
    assertEquals(
        410, raw.ask(RawFixture.of(opened, "POST").sendingJson("{\"event\":\"x\"}")).status);
  }

  @Test
  void endedSessionIsForgottenAfterTheLingerTime() {
    open();
    raw.on(() -> raw.session().close(CloseReason.KICKED));
    raw.pass(29_999);
    assertEquals(410, poll(0).status);
    raw.pass(1);

    FakeExchange poll = poll(0);

    assertEquals(404, poll.status);
    assertEquals("no-such-session", poll.errorCode());
  }

  @Test
  void deleteEndsTheSession() {
    open();
    FakeExchange poll = poll(0);

    FakeExchange delete = raw.ask(RawFixture.of(opened, "DELETE"));

    assertEquals(204, delete.status);
    assertEquals(CloseReason.NORMAL, raw.session().ended);
    assertEquals(1000, poll.json().getJsonObject("close").getInteger("code"));
    assertEquals(204, raw.ask(RawFixture.of(opened, "DELETE")).status);
  }

  @Test
  void refusedOpenSaysWhetherToTryAgain() {
    raw.sessions.onOpen = session -> session.close(CloseReason.SERVICE_RESTART);
    FakeExchange retry = raw.ask(new FakeExchange("POST", "/deli").asking("transport", "longpoll"));
    raw.sessions.onOpen = session -> session.close(CloseReason.FUNCTION_GONE);
    FakeExchange never = raw.ask(new FakeExchange("POST", "/deli").asking("transport", "longpoll"));

    assertEquals(503, retry.status);
    assertEquals(403, never.status);
    assertEquals(4004, never.json().getJsonObject("close").getInteger("code"));
  }

  @Test
  void unacknowledgedBytesStopTheSession() {
    open();
    String kibibyte = "x".repeat(1024);
    raw.on(
        () -> {
          for (int i = 0; i < 200; i++) {
            raw.session().send("e", kibibyte);
          }
        });
    assertFalse(raw.session().port.writable());

    int got = 0;
    for (int i = 0; i < 10; i++) {
      FakeExchange poll = poll(got);
      if (poll.isAnswered()) {
        got += poll.jsonArray().size();
      }
    }

    assertEquals(200, got);
    assertTrue(raw.session().port.writable());
  }

  @Test
  void unknownSessionsAndForgedTokensAreRefused() {
    open();

    FakeExchange unknown =
        raw.ask(
            new FakeExchange("GET", "/deli")
                .asking("session", "aaaaaaaa-0-" + "x".repeat(22))
                .asking("token", opened.getString("token")));
    FakeExchange nonsense = raw.ask(new FakeExchange("GET", "/deli").asking("session", "../.."));
    FakeExchange forged = raw.ask(RawFixture.of(opened, "GET").with("x-selvedge-token", "guess"));
    FakeExchange none =
        raw.ask(new FakeExchange("POST", "/deli").asking("session", opened.getString("session")));

    assertEquals("no-such-session", unknown.errorCode());
    assertEquals("no-such-session", nonsense.errorCode());
    assertEquals("bad-token", forged.errorCode());
    assertEquals("bad-token", none.errorCode());
    assertTrue(raw.session().received.isEmpty());
  }

  @Test
  void otherMethodsAreNamed() {
    open();

    FakeExchange put = raw.ask(RawFixture.of(opened, "PUT"));

    assertEquals(405, put.status);
    assertEquals("bad-method", put.errorCode());
  }
}
