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

  /** How often the client has gone, and come back: odd while it is away. */
  private long absences;

  private @Nullable Mark last;
  private long lastMillis;

  /** What the client had got for certain, or was sent before a long silence. */
  private @Nullable Mark settled;

  /** Of a session whose client is here. */
  Keeping(SessionId secret) {
    this.secret = secret;
    this.adoptions = 0;
    this.past = SentLog.Past.NONE;
  }

  /** Of a session that comes from another edge, without its client. */
  Keeping(StandbyWire.Kept former, SentLog.Past past) {
    this.secret = former.secret();
    this.adoptions = former.adoptions() + 1;
    this.past = past;
    this.absences = 1;
  }

  SessionId secret() {
    return secret;
  }

  /** How often an edge has taken the session over from another one. */
  long adoptions() {
    return adoptions;
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
