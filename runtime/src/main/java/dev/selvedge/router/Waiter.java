package dev.selvedge.router;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client that wants a member. Its mutable part is guarded by the pool. */
final class Waiter {
  private final Asker asker;
  private final Traffic traffic;
  private final RequestView request;
  private final @Nullable String key;
  private final Set<Member> tried;
  private final Promise<Lease> lease;
  private Bond bond = Bond.NONE;
  private boolean gone;
  private @Nullable Member awaited;
  private Timing.@Nullable Timer deadline;

  /**
   * @param key what the pool hashes by, if it does and the request has it
   * @param tried members that this request does not get again
   */
  Waiter(
      Asker asker, Traffic traffic, RequestView request, @Nullable String key, Set<Member> tried) {
    this.asker = asker;
    this.traffic = traffic;
    this.request = request;
    this.key = key;
    this.tried = Set.copyOf(tried);
    this.lease = asker.promise();
  }

  Asker asker() {
    return asker;
  }

  Traffic traffic() {
    return traffic;
  }

  RequestView request() {
    return request;
  }

  @Nullable String key() {
    return key;
  }

  Set<Member> tried() {
    return tried;
  }

  Future<Lease> future() {
    return lease.future();
  }

  /** Not with a lock held: the asker's code may run in it. */
  void complete(Lease granted) {
    if (!lease.tryComplete(granted)) {
      granted.release();
    }
  }

  /** Not with a lock held. */
  void fail(RouterException failure) {
    lease.tryFail(failure);
  }

  // ---- guarded by the pool

  Bond bond() {
    return bond;
  }

  void bond(Bond found) {
    bond = found;
  }

  /** The client has gone before it was in a line. */
  boolean isGone() {
    return gone;
  }

  void gone() {
    gone = true;
  }

  /** The member in whose line it is; null for the pool's line, or none. */
  @Nullable Member awaited() {
    return awaited;
  }

  void await(@Nullable Member member) {
    awaited = member;
  }

  void deadline(Timing.Timer timer) {
    deadline = timer;
  }

  boolean isWaiting() {
    return deadline != null;
  }

  void stopWaiting() {
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }
}
