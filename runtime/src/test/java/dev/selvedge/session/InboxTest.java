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

  private Inbound ask(int count) {
    Inbound last = null;
    for (int i = 0; i < count; i++) {
      last = inbox.add(new ClientMessage("m", List.of(), i));
    }
    return last;
  }

  @Test
  void eachMessageGetsOneReply() {
    ask(2);

    assertTrue(inbox.answer(1));
    assertTrue(inbox.answer(2));
    assertFalse(inbox.answer(1));
    assertFalse(inbox.answer(2));
  }

  @Test
  void replyThatOvertakesTheEndOfAnotherMessageIsKnownToo() {
    ask(2);
    assertTrue(inbox.answer(2));
    inbox.done(1);

    inbox.lost();

    assertFalse(inbox.answer(2));
  }

  @Test
  void whatIsDoneIsForgotten() {
    ask(2);
    assertTrue(inbox.answer(1));

    inbox.done(1);

    assertTrue(inbox.answer(1), "a late reply");
    assertTrue(inbox.answer(2));
    inbox.done(2);
    assertTrue(inbox.answer(2), "a late reply");
    ask(1);
    assertTrue(inbox.answer(3));
    assertFalse(inbox.answer(3));
  }

  @Test
  void beyondSixtyFourNoReplyIsLost() {
    ask(70);

    for (int sequence = 1; sequence <= 70; sequence++) {
      assertTrue(inbox.answer(sequence));
    }
    assertFalse(inbox.answer(64));
    assertTrue(inbox.answer(65), "not recognized as the second");
    inbox.done(10);
    assertFalse(inbox.answer(64));
    assertTrue(inbox.answer(66));
    assertFalse(inbox.answer(66));
  }

  @Test
  void onlyWhatWasSentToALostHostIsMarked() {
    inbox.send(ask(1));
    ask(1);

    inbox.lost();

    assertEquals(List.of(true, false), inbox.all().stream().map(Inbound::redelivered).toList());
  }

  @Test
  void creditIsUsedUpAndHalfFreeAgainAsMessagesAreHandled() {
    ask(3);
    assertFalse(inbox.isExhausted());
    ask(1);
    assertTrue(inbox.isExhausted());
    ask(1);
    assertTrue(inbox.isExhausted());

    inbox.done(2);
    assertFalse(inbox.isExhausted());
    assertFalse(inbox.isHalfFree());
    inbox.done(3);
    assertTrue(inbox.isHalfFree());
  }
}
