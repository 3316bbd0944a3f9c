package dev.selvedge.router;

import java.util.HashSet;
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
  private final Asker asker;
  private final Traffic traffic;
  private final Stickiness stickiness;
  private final @Nullable StickyTicket ticket;
  private final AtomicBoolean released = new AtomicBoolean();

  /** Until the member has taken the connection: what a retry needs. */
  private @Nullable Waiter waiter;

  private @Nullable Runnable close;
  private @Nullable Runnable cut;
  private boolean evicted;
  private boolean isCut;
  private String reason = "";
  private Timing.@Nullable Timer ageing;

  Lease(Pool pool, Member member, Waiter waiter) {
    this.pool = pool;
    this.member = member;
    this.asker = waiter.asker();
    this.traffic = waiter.traffic();
    this.waiter = waiter;
    this.ticket = waiter.bond().ticket();
    this.stickiness = stickiness(waiter.bond(), member);
  }

  private static Stickiness stickiness(Bond bond, Member member) {
    if (member.equals(bond.member())) {
      return Stickiness.HIT;
    }
    return bond.presented() ? Stickiness.REHOMED : Stickiness.NONE;
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
    return stickiness;
  }

  /**
   * The value of a {@code Set-Cookie} header that the answer must carry, also a 101.
   *
   * @param secure whether the client came over TLS
   * @return null if the client's cookie is as it should be, or the pool sets none
   */
  public @Nullable String setCookie(boolean secure) {
    return pool.cookieFor(member, ticket, secure);
  }

  /**
   * The member's answer named a session id: requests with it, as the query's {@code sid} or {@code
   * id}, stick to the member. What does not look like one (16–64 letters, digits, {@code -} or
   * {@code _}) is ignored.
   */
  public void learn(String sessionId) {
    pool.learn(sessionId, member);
  }

  /**
   * The member took the connection, so many nanoseconds after the pick; 0 for one that was there
   * already.
   */
  public void connected(long nanos) {
    waiter = null;
    member.counters().connected(nanos);
    pool.connected(member);
  }

  /** The member accepted a WebSocket, so many nanoseconds after the client's request. */
  public void upgraded(long nanos) {
    member.counters().handshakes.increment();
    member.counters().handshakeNanos.add(nanos);
  }

  /**
   * No connection to the member could be made, or it ended before a byte of the request was sent.
   * Counts against the member's health and releases this lease. Not after {@link #connected}.
   *
   * @return another member, none of those that were tried for this request
   */
  public Admission retry() {
    Waiter before = waiter;
    if (before == null) {
      throw new IllegalStateException("retry after connected (expected: before)");
    }
    member.counters().connectFailures.increment();
    release();
    pool.connectFailed(member);
    Set<Member> tried = new HashSet<>(before.tried());
    tried.add(member);
    return pool.admit(traffic, before.request(), tried);
  }

  /**
   * Registers what closes this tunnel in an orderly way when its member is drained. Called at most
   * once, on the event loop of the lease.
   */
  public void onEvict(Runnable orderly) {
    onEvict(orderly, () -> {});
  }

  /**
   * As {@link #onEvict(Runnable)}.
   *
   * @param hard ends the tunnel at once: it was still open {@link PoolSpec.Drain#hardStop} after
   *     the last orderly close
   */
  public void onEvict(Runnable orderly, Runnable hard) {
    boolean closeNow;
    boolean cutNow;
    synchronized (this) {
      close = orderly;
      cut = hard;
      closeNow = evicted;
      cutNow = isCut;
    }
    if (closeNow) {
      asker.run(orderly);
    }
    if (cutNow) {
      asker.run(hard);
    }
  }

  /** Why the tunnel is to close: {@code drain} or {@code age}; empty if it is not. */
  public synchronized String evictionReason() {
    return reason;
  }

  /** The next thing that its age brings. Any thread. */
  void ageing(Timing.Timer next) {
    synchronized (this) {
      ageing = next;
    }
    if (released.get()) {
      next.cancel();
    }
  }

  private synchronized void cancelAgeing() {
    if (ageing != null) {
      ageing.cancel();
      ageing = null;
    }
  }

  /** The tunnel is to close. Any thread. */
  void evict(String why) {
    Runnable orderly;
    synchronized (this) {
      reason = reason.isEmpty() ? why : reason;
      evicted = true;
      orderly = close;
    }
    if (orderly != null && !released.get()) {
      asker.run(orderly);
    }
  }

  /** The tunnel is to end. Any thread. */
  void cut() {
    Runnable hard;
    synchronized (this) {
      isCut = true;
      hard = cut;
    }
    if (hard != null && !released.get()) {
      asker.run(hard);
    }
  }

  /** Gives the place back. Idempotent, any thread. */
  public void release() {
    if (released.compareAndSet(false, true)) {
      cancelAgeing();
      pool.released(this);
    }
  }
}
