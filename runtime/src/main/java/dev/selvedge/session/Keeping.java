package dev.selvedge.session;

import dev.selvedge.session.ToFunction.Inbound;
import org.jspecify.annotations.Nullable;

/**
 * What a session that outlives its connection remembers for that, and has its standby told: by what
 * its client finds it, how often the client was away, what it was sent last, and what its protocol
 * notes. Confined to the session's lane.
 */
final class Keeping {
  private final EdgeSession session;
  private final Recovery recovery;
  private final SessionId secret;
  private final long adoptions;
  private final SentLog.Past past;

  /** Null if the protocol notes nothing. */
  private final @Nullable Notes notes;

  /** The client's messages up to this number came to the edge before this one. */
  private final long receivedBefore;

  /** So many messages to the client came from its host to the edge before this one. */
  private final long cameBefore;

  /** How often the client has gone, and come back: odd while it is away. */
  private long absences;

  private @Nullable Mark last;
  private long lastMillis;

  /** What the client had got for certain, or was sent before a long silence. */
  private @Nullable Mark settled;

  /**
   * Of a session whose client is here.
   *
   * @param notes null if the protocol notes nothing
   */
  Keeping(EdgeSession session, Recovery recovery, SessionId secret, @Nullable Notes notes) {
    this.session = session;
    this.recovery = recovery;
    this.secret = secret;
    this.adoptions = 0;
    this.past = SentLog.Past.NONE;
    this.notes = notes;
    this.receivedBefore = 0;
    this.cameBefore = 0;
  }

  /** Of a session that comes from another edge, without its client. */
  Keeping(EdgeSession session, Recovery recovery, Replica.Kept former, SentLog.Past past) {
    this.session = session;
    this.recovery = recovery;
    this.secret = former.opened.secret();
    this.adoptions = former.opened.adoptions() + 1;
    this.past = past;
    this.notes = former.notes;
    this.receivedBefore = former.notes == null ? 0 : former.notes.received();
    this.cameBefore = former.notes == null ? 0 : former.notes.came();
    this.absences = 1;
  }

  EdgeSession session() {
    return session;
  }

  SessionId secret() {
    return secret;
  }

  /** How often an edge has taken the session over from another one. */
  long adoptions() {
    return adoptions;
  }

  @Nullable Notes notes() {
    return notes;
  }

  /** What it was sent at the edge before this one. */
  SentLog.Past past() {
    return past;
  }

  /** Whether a publication that comes only now has its place in that past. */
  boolean isOfThePast(Outbound message) {
    return !past.late().isEmpty()
        && message.mark() != null
        && past.late().containsKey(message.mark());
  }

  // ---- the client goes and comes back

  /** A number that differs from absence to absence. */
  long absences() {
    return absences;
  }

  boolean isAway() {
    return absences % 2 == 1;
  }

  /** The client has gone, or has come back. */
  void moved() {
    absences++;
  }

  // ---- what the client is sent

  /** A marked event goes to the client. */
  void marked(Mark mark, long millis) {
    last = mark;
    lastMillis = millis;
  }

  @Nullable Mark settled() {
    return settled;
  }

  /** That is what the client has got for certain. */
  void settleAt(Mark mark) {
    settled = mark;
    recovery.standby().settled(session, mark);
  }

  /**
   * Takes the latest event as settled if it is that old.
   *
   * @return whether that is news
   */
  boolean settle(long millis) {
    if (last == null || last.equals(settled) || lastMillis > millis) {
      return false;
    }
    settled = last;
    return true;
  }

  // ---- what the protocol notes

  /** Notes it here and at the standby. Does nothing if the protocol notes nothing. */
  void note(Note note) {
    if (notes != null) {
      notes.add(note);
      recovery.standby().noted(session, note);
    }
  }

  /** Runs that when the standby knows what was noted until now. */
  void whenNoted(Runnable then) {
    if (notes == null) {
      then.run();
    } else {
      recovery.standby().whenTold(session.lane(), then);
    }
  }

  /** A message to the client has come from the session's host. */
  void cameFromHost() {
    if (notes != null) {
      note(Note.came(notes.came() + 1));
    }
  }

  /** The host counts anew what it sends here. */
  void hostCounts() {
    note(Note.came(0));
  }

  /** Whether the host sent more to the edge before this one than that one had noted. */
  boolean hasMissed(long posted) {
    return notes != null && posted > cameBefore;
  }

  /**
   * The function has handled the messages up to that number. If a reply to one that came to the
   * edge before this one is missing, it may have been lost with that edge: the client is told.
   */
  void handled(Inbox inbox, long sequence) {
    if (notes == null) {
      return;
    }
    for (Inbound message : inbox.upTo(sequence)) {
      if (!session.isOpen()) {
        return; // a reply was too much for the client
      }
      long number = message.sequence();
      if (message.message().replyTo() == ClientMessage.NO_REPLY) {
        note(Note.settled(number));
      } else if (inbox.owesReply(message) && number <= receivedBefore) {
        session.reply(number, Outbound.error(message.message().replyTo(), ReplyError.EDGE_LOST));
      } else if (inbox.owesReply(message)) {
        note(Note.done(number)); // the protocol notes it as settled when it answers
      }
    }
  }

  /**
   * What is added to the numbers of questions to the client: what it answers to the edge before
   * this one must not be taken for an answer to this one.
   */
  long questionBase() {
    return notes == null ? 0 : adoptions << 40;
  }
}
