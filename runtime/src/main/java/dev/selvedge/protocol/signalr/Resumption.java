package dev.selvedge.protocol.signalr;

import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Note;
import dev.selvedge.session.Outbound;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lets a connection outlive its WebSocket, and its node: each counted message has its number
 * in the {@link Journal}, and is noted, so that the node that stands by knows it. Nobody gets to
 * see a message before that: not the client what it is sent, nor the function what the client says.
 * So whoever goes on with the connection counts as the client does. Confined to the connection's
 * lane.
 */
final class Resumption {
  /** Messages of the client that wait to be noted before no more are read. */
  private static final int MAX_WAITING = 64;

  private final HubConnection connection;
  private final ClientSession session;
  private final HubFormat format;
  private final Journal journal;
  private final boolean notes;
  private int waiting;
  private boolean full;

  /**
   * @param notes whether anything is noted
   */
  Resumption(
      HubConnection connection,
      ClientSession session,
      HubFormat format,
      Journal journal,
      boolean notes) {
    this.connection = connection;
    this.session = session;
    this.format = format;
    this.journal = journal;
    this.notes = notes;
  }

  // ---- towards the client

  /**
   * Sends a counted message.
   *
   * @param event what it is the form of, if it is an event
   */
  void send(byte[] message, @Nullable Outbound event) {
    long number = journal.add(message);
    if (notes) {
      session.note(Note.sent(number, message, event));
    }
    session.whenNoted(
        () -> {
          if (journal.release(number)) {
            connection.push(message);
          }
        });
  }

  /** The end comes after all that was sent. */
  void sendRest() {
    journal.releaseAll().forEach(connection::push);
  }

  /** The client is there again: what it may not have got goes out once more. */
  void resume() {
    journal.resumed();
    connection.push(format.encode(new HubMessage.Sequence(journal.firstUnacknowledged())));
    List<byte[]> again = journal.unacknowledged();
    again.forEach(connection::push);
    if (journal.owesAck()) {
      connection.owesAck();
    }
  }

  boolean writable() {
    return !journal.isFull();
  }

  long bytes() {
    return journal.bytes();
  }

  /** Tells the client what has come, if it has not been told. */
  void acknowledge() {
    if (journal.owesAck()) {
      connection.push(format.encode(new HubMessage.Ack(journal.acknowledge())));
    }
  }

  // ---- from the client

  void receive(HubMessage message) throws HubViolation {
    if (message instanceof HubMessage.Sequence sequence) {
      journal.sequence(sequence.sequenceId());
    } else if (journal.isNew(message)) {
      if (message instanceof HubMessage.Ack ack) {
        acknowledged(ack.sequenceId());
      } else if (message.counted()) {
        take(journal.received(), message);
      } else if (message instanceof HubMessage.Close) {
        session.whenNoted(() -> connection.handle(message, Hub.NO_NUMBER));
      } else {
        connection.handle(message, Hub.NO_NUMBER);
      }
    }
  }

  private void acknowledged(long number) throws HubViolation {
    boolean wasFull = journal.isFull();
    journal.acknowledged(number);
    session.note(Note.acknowledged(number));
    if (wasFull && !journal.isFull()) {
      connection.drained();
    }
  }

  private void take(long number, HubMessage message) {
    if (notes) {
      session.note(note(number, message));
    }
    waiting++;
    full = full || waiting >= MAX_WAITING;
    session.whenNoted(() -> noted(number, message));
  }

  private Note note(long number, HubMessage message) {
    if (message instanceof HubMessage.Invocation call) {
      return Note.heard(number, format.encode(message), call.id() == null ? "" : call.id());
    }
    return message instanceof HubMessage.StreamInvocation call
        ? Note.heard(number, format.encode(message), call.id())
        : Note.received(number);
  }

  private void noted(long number, HubMessage message) {
    waiting--;
    journal.secured(number);
    connection.owesAck();
    connection.handle(message, number);
    if (full && waiting <= MAX_WAITING / 2) {
      full = false;
      connection.goOnReading();
    }
  }

  /** Whether the client must not be read. */
  boolean isFull() {
    return full;
  }

  /** Runs that when all that the client has said has been handed on. */
  void afterAll(Runnable then) {
    session.whenNoted(then);
  }
}
