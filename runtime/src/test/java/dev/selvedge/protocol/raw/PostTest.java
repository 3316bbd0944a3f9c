package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.protocol.FakeExchange;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostTest {
  private final RawFixture raw = new RawFixture();
  private JsonObject opened;

  @BeforeEach
  void open() {
    opened = raw.ask(new FakeExchange("POST", "/deli").asking("transport", "longpoll")).json();
  }

  private FakeExchange post() {
    return RawFixture.of(opened, "POST");
  }

  private FakeExchange postNumbered(long seq) {
    return raw.ask(
        post()
            .with("x-selvedge-seq", Long.toString(seq))
            .sendingJson("{\"event\":\"n\",\"args\":[" + seq + "]}"));
  }

  private List<String> received() {
    return raw.session().received;
  }

  @Test
  void bodyIsOneMessageOrAnArrayOfThem() {
    assertEquals(202, raw.ask(post().sendingJson("{\"event\":\"a\"}")).status);
    assertEquals(
        202, raw.ask(post().sendingJson("[{\"event\":\"b\",\"id\":1},{\"event\":\"c\"}]")).status);
    assertEquals(202, raw.ask(post().sendingJson("[]")).status);

    assertEquals(List.of("a[]", "b[]?1", "c[]"), received());
  }

  @Test
  void textAndBytesAreDefaultMessages() {
    raw.ask(post().sending("text/plain; charset=utf-8", Buffer.buffer("{}")));
    raw.ask(post().sending("application/octet-stream", Buffer.buffer("b")));

    assertEquals(List.of("message[{}]", "message[" + Buffer.buffer("b") + "]"), received());
  }

  @Test
  void whatIsNoMessageIsRefusedAsAWhole() {
    FakeExchange broken = raw.ask(post().sendingJson("{\"event\":"));
    FakeExchange half = raw.ask(post().sendingJson("[{\"event\":\"a\"},{}]"));
    FakeExchange notUtf8 =
        raw.ask(post().sending("text/plain", Buffer.buffer(new byte[] {(byte) 0xff})));

    assertEquals(400, broken.status);
    assertEquals("bad-message", broken.errorCode());
    assertEquals("bad-message", half.errorCode());
    assertEquals("bad-utf8", notUtf8.errorCode());
    assertTrue(received().isEmpty());
  }

  @Test
  void bodyBeyondTheMessageLimitIsRefused() {
    FakeExchange big = raw.ask(post().sending("text/plain", Buffer.buffer("x".repeat(2_049))));

    assertEquals(413, big.status);
    assertEquals(
        "body: 2049 bytes (expected: at most 2048)",
        big.json().getJsonObject("error").getString("text"));
  }

  @Test
  void numberedPostIsTakenOnceAndInOrder() {
    assertEquals(202, postNumbered(1).status);
    assertEquals(202, postNumbered(1).status);
    FakeExchange early = postNumbered(3);
    assertEquals(202, postNumbered(2).status);
    assertEquals(202, postNumbered(3).status);

    assertEquals(409, early.status);
    assertEquals("seq: 3 (expected: 2)", early.json().getJsonObject("error").getString("text"));
    assertEquals(List.of("n[1]", "n[2]", "n[3]"), received());
  }

  @Test
  void postIsAnsweredWhenTheFunctionHasCaughtUp() {
    raw.session().credit = 2;
    FakeExchange post =
        raw.ask(post().sendingJson("[{\"event\":\"a\"},{\"event\":\"b\"},{\"event\":\"c\"}]"));

    assertEquals(List.of("a[]", "b[]"), received());
    assertFalse(post.isAnswered());

    raw.on(() -> raw.session().port.resumeReading());

    assertEquals(List.of("a[]", "b[]", "c[]"), received());
    assertEquals(202, post.status);
  }

  @Test
  void beyondTheHeldPostsTheClientIsToldToWait() {
    raw.on(() -> raw.session().port.pauseReading());
    List<FakeExchange> held = new ArrayList<>();
    for (int i = 1; i <= Uplink.MAX_HELD; i++) {
      held.add(postNumbered(i));
    }

    FakeExchange busy = postNumbered(5);
    raw.on(() -> raw.session().port.resumeReading());

    assertEquals(503, busy.status);
    assertEquals("busy", busy.errorCode());
    assertTrue(held.stream().allMatch(post -> post.status == 202));
    assertEquals(202, postNumbered(5).status);
    assertEquals(List.of("n[1]", "n[2]", "n[3]", "n[4]", "n[5]"), received());
  }

  @Test
  void repeatOfAHeldPostGetsItsAnswer() {
    raw.on(() -> raw.session().port.pauseReading());
    FakeExchange lost = postNumbered(1);

    FakeExchange again = postNumbered(1);
    raw.on(() -> raw.session().port.resumeReading());

    assertEquals(409, lost.status);
    assertEquals(202, again.status);
    assertEquals(List.of("n[1]"), received());
  }

  @Test
  void heldPostLearnsOfTheClose() {
    raw.on(() -> raw.session().port.pauseReading());
    FakeExchange held = postNumbered(1);

    raw.on(() -> raw.session().close(CloseReason.KICKED));

    assertEquals(410, held.status);
    assertTrue(received().isEmpty());
  }

  @Test
  void sessionThatEndsWhileTheBodyArrivesTakesNothing() {
    Promise<Buffer> body = Promise.promise();
    FakeExchange slow = raw.ask(post().sending(body.future()));
    raw.on(() -> raw.session().close(CloseReason.KICKED));

    raw.on(() -> body.complete(Buffer.buffer("{\"event\":\"a\"}")));

    assertEquals(410, slow.status);
    assertTrue(received().isEmpty());
  }

  @Test
  void badSequenceNumberIsNamed() {
    FakeExchange post = raw.ask(post().with("x-selvedge-seq", "-1").sendingJson("[]"));

    assertEquals("bad-seq", post.errorCode());
  }
}
