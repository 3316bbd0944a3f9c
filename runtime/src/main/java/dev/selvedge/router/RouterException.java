package dev.selvedge.router;

/** No member for a client. */
public final class RouterException extends Exception {
  private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    /** No member is up. */
    NO_MEMBER,
    /** All are at their limits and the queue is full. */
    QUEUE_FULL,
    /** None became free in time. */
    QUEUE_TIMEOUT,
    /** The member that the client is tied to takes it no more, and the pool is strict. */
    MEMBER_GONE,
    /** The client went away while it waited. */
    ABANDONED
  }

  private final Reason reason;
  private final int retryAfterSeconds;

  public RouterException(Reason reason, String message, int retryAfterSeconds) {
    super(message, null, false, false);
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public Reason reason() {
    return reason;
  }

  /** When the client may try again, in seconds, at least 1; drawn at random. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
