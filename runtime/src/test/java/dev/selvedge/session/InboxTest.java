package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.session.ToFunction.Inbound;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Inbox inbox =
      new Inbox(new SessionId(new NodeId("aaaaaaaa"), 0, "x".repeat(22)), 4);

  private Inbound ask(long id) {
    return inbox.add("m", List.of(), id);
  }

  @Test
  void eachMessageGetsOneReply() {
    ask(7);
    ask(8);

    assertTrue(inbox.answer(7));
    assertTrue(inbox.answer(8));
    assertFalse(inbox.answer(7));
    assertFalse(inbox.answer(8));
  }

  @Test
  void whatIsDoneIsForgotten() {
    ask(7);
    ask(8);
    assertTrue(inbox.answer(7));

    inbox.done(1);

    assertTrue(inbox.answer(7), "a late reply, or one to a new message with that id");
    assertTrue(inbox.answer(8));
    inbox.done(2);
    ask(7);
    assertTrue(inbox.answer(7));
    assertFalse(inbox.answer(7));
  }

  @Test
  void replyThatOvertakesTheEndOfAnotherMessageIsKnownToo() {
    ask(7);
    ask(8);
    assertTrue(inbox.answer(8));
    inbox.done(1);

    inbox.lost();

    assertFalse(inbox.answer(8));
    assertTrue(inbox.answer(7));
  }

  @Test
  void messagesWithTheSameIdGetAReplyEach() {
    ask(7);
    ask(7);

    assertTrue(inbox.answer(7));
    assertTrue(inbox.answer(7));
    assertFalse(inbox.answer(7));
  }

  @Test
  void beyondSixtyFourNoReplyIsLost() {
    for (int id = 0; id < 70; id++) {
      ask(id);
    }

    for (int id = 0; id < 70; id++) {
      assertTrue(inbox.answer(id));
    }
    assertFalse(inbox.answer(63));
    assertTrue(inbox.answer(64), "not recognized as the second");
    inbox.done(65);
    assertTrue(inbox.answer(65));
  }

  @Test
  void onlyWhatWasSentToALostHostIsMarked() {
    inbox.send(ask(1));
    ask(2);

    inbox.lost();

    assertEquals(List.of(true, false), inbox.all().stream().map(Inbound::redelivered).toList());
  }

  @Test
  void creditIsUsedUpOnceAndComesBackAtHalf() {
    for (int i = 1; i <= 3; i++) {
      ask(i);
      assertFalse(inbox.becameExhausted());
    }
    ask(4);
    assertTrue(inbox.becameExhausted());
    ask(5);
    assertFalse(inbox.becameExhausted());

    inbox.done(2);
    assertFalse(inbox.becameFree());
    inbox.done(3);
    assertTrue(inbox.becameFree());
    inbox.done(4);
    assertFalse(inbox.becameFree());
  }
}
