package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class JournalTest {
  private static final HubMessage COUNTED = new HubMessage.Done("1");

  private final Journal journal = new Journal(100);

  private void send(byte[] message) {
    journal.release(journal.add(message));
  }

  @Test
  void acknowledgedMessagesAreForgotten() throws HubViolation {
    send(new byte[60]);
    send(new byte[40]);
    assertTrue(journal.isFull());

    journal.acknowledged(1);

    assertFalse(journal.isFull());
    assertEquals(1, journal.unacknowledged().size());
    assertEquals(2, journal.firstUnacknowledged());
    assertEquals(40, journal.bytes());
  }

  @Test
  void withoutUnacknowledgedMessagesTheSequenceIsTheNextNumber() throws HubViolation {
    assertEquals(1, journal.firstUnacknowledged());

    send(new byte[1]);
    journal.acknowledged(1);

    assertEquals(2, journal.firstUnacknowledged());
  }

  @Test
  void whatWasNeverSentCannotBeAcknowledged() {
    send(new byte[1]);

    assertThrows(HubViolation.class, () -> journal.acknowledged(2));
  }

  @Test
  void anAcknowledgementMayComeTwice() throws HubViolation {
    send(new byte[1]);
    journal.acknowledged(1);
    journal.acknowledged(1);
    journal.acknowledged(0);
    journal.acknowledged(-5);

    assertEquals(0, journal.bytes());
  }

  @Test
  void repeatedMessagesAreDroppedAfterTheSequence() throws HubViolation {
    assertTrue(journal.isNew(COUNTED));
    assertTrue(journal.isNew(COUNTED));
    journal.resumed();
    assertFalse(journal.isNew(COUNTED), "before the sequence nothing counts");
    assertFalse(journal.isNew(new HubMessage.Ping()));

    journal.sequence(2);

    assertTrue(journal.isNew(new HubMessage.Ping()));
    assertFalse(journal.isNew(COUNTED), "number 2 was there already");
    assertTrue(journal.isNew(COUNTED));
    assertFalse(journal.owesAck(), "nothing is known elsewhere");
    journal.secured(3);
    assertTrue(journal.owesAck());
    assertEquals(3, journal.acknowledge());
    assertFalse(journal.owesAck());
  }

  @Test
  void aSequenceThatLeavesSomethingOutIsRefused() throws HubViolation {
    journal.isNew(COUNTED);
    journal.resumed();

    HubViolation refused = assertThrows(HubViolation.class, () -> journal.sequence(3));
    assertEquals("Sequence ID greater than amount of messages we've received.", refused.text());
    journal.sequence(2);
  }

  @Test
  void whatHasNotGoneOutIsNotRepeated() {
    send(new byte[1]);
    journal.add(new byte[2]);
    journal.add(new byte[3]);

    assertEquals(1, journal.unacknowledged().size());
    assertTrue(journal.release(2));
    assertEquals(2, journal.unacknowledged().size());
    assertThrows(HubViolation.class, () -> journal.acknowledged(3));
    assertEquals(1, journal.releaseAll().size());
    assertFalse(journal.release(3));
  }
}
