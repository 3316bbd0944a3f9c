package dev.selvedge.session;

import org.jspecify.annotations.Nullable;

/**
 * What a session that outlives its connection remembers for that: by what its client finds it, how
 * often the client was away, and what it was sent last. Confined to the session's lane.
 */
final class Keeping {
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
  Keeping(SessionId secret, @Nullable Notes notes) {
    this.secret = secret;
    this.adoptions = 0;
    this.past = SentLog.Past.NONE;
    this.notes = notes;
    this.receivedBefore = 0;
    this.cameBefore = 0;
  }

  /** Of a session that comes from another edge, without its client. */
  Keeping(Replica.Kept former, SentLog.Past past) {
    this.secret = former.opened.secret();
    this.adoptions = former.opened.adoptions() + 1;
    this.past = past;
    this.notes = former.notes;
    this.receivedBefore = former.notes == null ? 0 : former.notes.received();
    this.cameBefore = former.notes == null ? 0 : former.notes.came();
    this.absences = 1;
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

  /** Whether so many messages of the host to the edge before this one are more than are known. */
  boolean hasMissed(long posted) {
    return notes != null && posted > cameBefore;
  }

  /** Whether a message with that number of the client's own came to the edge before this one. */
  boolean isInherited(long number) {
    return notes != null && number <= receivedBefore;
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

  void settleAt(Mark mark) {
    settled = mark;
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
}
