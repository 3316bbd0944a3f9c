package dev.selvedge.router;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A place at a member, counted from the pick until {@link #release}. On the event loop that asked
 * for it, unless a method says otherwise.
 */
public final class Lease {
  /** Whether the client came back to its member. */
  public enum Stickiness {
    /** It had no tie. */
    NONE,
    /** To the member of its tie. */
    HIT,
    /** Its tie is not valid, or its member takes it no more: it was balanced afresh. */
    REHOMED
  }

  private final Pool pool;
  private final Member member;
  private final Traffic traffic;
  private final RequestView request;
  private final Set<Member> tried;
  private final AtomicBoolean released = new AtomicBoolean();

  Lease(Pool pool, Member member, Traffic traffic, RequestView request, Set<Member> tried) {
    this.pool = pool;
    this.member = member;
    this.traffic = traffic;
    this.request = request;
    this.tried = Set.copyOf(tried);
  }

  public Pool pool() {
    return pool;
  }

  public Member member() {
    return member;
  }

  public Traffic traffic() {
    return traffic;
  }

  public Stickiness stickiness() {
    return Stickiness.NONE;
  }

  /**
   * The value of a {@code Set-Cookie} header that the answer must carry, also a 101.
   *
   * @param secure whether the client came over TLS
   * @return null if the client's cookie is as it should be, or the pool sets none
   */
  public @Nullable String setCookie(boolean secure) {
    return null;
  }

  /** The member's answer named a session id: requests with it stick to the member. */
  public void learn(String sessionId) {}

  /** The member took the connection, so many nanoseconds after the pick. */
  public void connected(long nanos) {}

  /**
   * No connection to the member could be made, or it ended before a byte of the request was sent.
   * Counts against the member's health and releases this lease.
   *
   * @return another member, none of those that were tried for this request
   */
  public Admission retry() {
    release();
    return pool.admit(traffic, request, Set.of(member));
  }

  /**
   * Registers what closes this tunnel in an orderly way when its member is drained. Called at most
   * once, on the event loop of the lease.
   */
  public void onEvict(Runnable close) {
    onEvict(close, () -> {});
  }

  /**
   * As {@link #onEvict(Runnable)}.
   *
   * @param cut ends the tunnel at once: it was still open {@link PoolSpec.Drain#hardStop} after the
   *     last orderly close
   */
  public void onEvict(Runnable close, Runnable cut) {}

  /**
   * The client's Cookie header as the member may see it: without the cookie that is ours.
   *
   * @return null if nothing is left of it
   */
  public @Nullable String backendCookies(String cookieHeader) {
    return cookieHeader;
  }

  /**
   * Whether a Set-Cookie header of the member sets the cookie that is ours: it is not passed on.
   */
  public boolean isOwnCookie(String setCookieHeader) {
    return false;
  }

  /** Gives the place back. Idempotent, any thread. */
  public void release() {
    if (released.compareAndSet(false, true)) {
      pool.released(this);
    }
  }

  Set<Member> tried() {
    return tried;
  }
}
