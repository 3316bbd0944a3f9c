package dev.selvedge.health;

import dev.selvedge.router.ConnectListener;
import dev.selvedge.router.Member;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.Pool;
import dev.selvedge.router.Pools;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Checks the members of all pools, as their pools want it, and tells the members what came out.
 * Each node checks for itself: it may reach a member that another does not. The first check of a
 * member comes at a random time within the interval, the others after the interval ± a tenth, so
 * that nodes do not check together.
 *
 * <p>A member is up until {@link dev.selvedge.router.PoolSpec.Health#fall} checks in a row have
 * failed, or as many connects of clients in a row; then it is checked on, over TCP if the pool has
 * no check of its own, until {@code rise} checks in a row were good. The end of a tunnel says
 * nothing about health.
 *
 * <p>All checks run on one event loop; methods may be called on any thread.
 */
public final class HealthChecks implements ConnectListener {
  private final Context context;
  private final Pools pools;
  private final Probes probes;
  private final Map<Member, MemberMonitor> monitors = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * @param context an event loop's
   */
  public HealthChecks(Vertx vertx, Context context, Pools pools) {
    this.context = context;
    this.pools = pools;
    this.probes = new Probes(vertx);
  }

  /** Begins to check members that are new and ends it for those that are gone. */
  public void follow() {
    context.runOnContext(now -> followNow());
  }

  private void followNow() {
    if (closed) {
      return;
    }
    Set<Member> wanted = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    for (Pool pool : pools.all()) {
      Set<String> addresses =
          new HashSet<>(pool.spec().members().stream().map(MemberSpec::address).toList());
      for (Member member : pool.members()) {
        if (addresses.contains(member.address())) {
          wanted.add(member);
          monitors.computeIfAbsent(member, key -> monitor(pool, key));
        }
      }
    }
    for (Member member : List.copyOf(monitors.keySet())) {
      if (!wanted.contains(member)) {
        end(member);
      }
    }
  }

  private MemberMonitor monitor(Pool pool, Member member) {
    MemberMonitor monitor = new MemberMonitor(context.owner(), probes, pool, member);
    monitor.start();
    return monitor;
  }

  private void end(Member member) {
    MemberMonitor monitor = monitors.remove(member);
    if (monitor != null) {
      monitor.stop();
    }
  }

  @Override
  public void connected(Pool pool, Member member) {
    MemberMonitor monitor = monitors.get(member);
    if (monitor != null) {
      monitor.clientConnected();
    }
  }

  @Override
  public void connectFailed(Pool pool, Member member) {
    MemberMonitor monitor = monitors.get(member);
    if (monitor != null && monitor.clientFailed()) {
      context.runOnContext(now -> monitor.clientsFail());
    }
  }

  /** Ends all checks. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          closed = true;
          List.copyOf(monitors.keySet()).forEach(this::end);
          probes.close().onComplete(done);
        });
    return done.future();
  }
}
