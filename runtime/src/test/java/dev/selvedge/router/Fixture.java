package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.PoolSpec.Policy;
import dev.selvedge.router.PoolSpec.Queue;
import dev.selvedge.router.PoolSpec.Sticky;
import dev.selvedge.router.PoolSpec.Tie;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pools of one router under a test's clock. */
final class Fixture {
  static final StickyKeys KEYS =
      StickyKeys.of("a secret of the cluster, long enough", Optional.empty());

  final FakeTiming timing;
  final LoadBoard board;
  final Pools pools;
  StickyKeys keys = KEYS;

  Fixture() {
    this(1);
  }

  Fixture(long seed) {
    this(seed, Colleagues.NONE);
  }

  Fixture(long seed, Colleagues colleagues) {
    timing = new FakeTiming(seed);
    board = new LoadBoard(timing, LoadBoard.Rhythm.USUAL, report -> {});
    pools = new Pools(timing, board, Slots.ALONE, colleagues, () -> keys);
  }

  Pool pool(PoolSpec spec) {
    pools.apply(List.of(spec));
    return pools.find(spec.name()).orElseThrow();
  }

  // ---- specs

  static MemberSpec member(String address) {
    return MemberSpec.of(address);
  }

  static MemberSpec limited(String address, int tunnels, int requests) {
    return new MemberSpec(address, 1, 0, MemberSpec.AdminState.UP, tunnels, requests, 0);
  }

  static MemberSpec weighted(String address, int weight) {
    return new MemberSpec(address, weight, 0, MemberSpec.AdminState.UP, 0, 0, 0);
  }

  static MemberSpec in(MemberSpec spec, MemberSpec.AdminState state) {
    return new MemberSpec(
        spec.address(),
        spec.weight(),
        spec.priority(),
        state,
        spec.maxTunnels(),
        spec.maxRequests(),
        spec.maxNewPerSecond());
  }

  static PoolSpec of(MemberSpec... members) {
    return PoolSpec.of("shop", List.of(members));
  }

  static PoolSpec with(PoolSpec s, Policy policy) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        policy,
        s.sticky(),
        s.members(),
        s.minActive(),
        s.queue(),
        s.slowStart(),
        s.health(),
        s.relaying(),
        s.drain());
  }

  static PoolSpec with(PoolSpec s, Queue queue) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        s.sticky(),
        s.members(),
        s.minActive(),
        queue,
        s.slowStart(),
        s.health(),
        s.relaying(),
        s.drain());
  }

  static PoolSpec with(PoolSpec s, Sticky sticky) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        sticky,
        s.members(),
        s.minActive(),
        s.queue(),
        s.slowStart(),
        s.health(),
        s.relaying(),
        s.drain());
  }

  static PoolSpec with(PoolSpec s, PoolSpec.Drain drain) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        s.sticky(),
        s.members(),
        s.minActive(),
        s.queue(),
        s.slowStart(),
        s.health(),
        s.relaying(),
        drain);
  }

  static PoolSpec with(PoolSpec s, PoolSpec.Health health) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        s.sticky(),
        s.members(),
        s.minActive(),
        s.queue(),
        s.slowStart(),
        health,
        s.relaying(),
        s.drain());
  }

  static PoolSpec slowStart(PoolSpec s, Duration slowStart) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        s.sticky(),
        s.members(),
        s.minActive(),
        s.queue(),
        slowStart,
        s.health(),
        s.relaying(),
        s.drain());
  }

  static PoolSpec minActive(PoolSpec s, int minActive) {
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        s.sticky(),
        s.members(),
        minActive,
        s.queue(),
        s.slowStart(),
        s.health(),
        s.relaying(),
        s.drain());
  }

  static PoolSpec tied(PoolSpec s, Tie... by) {
    return with(s, sticky(s.sticky(), s.sticky().atLimit(), by));
  }

  static PoolSpec atLimit(PoolSpec s, PoolSpec.AtLimit atLimit) {
    return with(s, sticky(s.sticky(), atLimit, s.sticky().by().toArray(new Tie[0])));
  }

  private static Sticky sticky(Sticky s, PoolSpec.AtLimit atLimit, Tie... by) {
    return new Sticky(
        List.of(by), s.cookieName(), s.idle(), s.life(), s.sameSite(), atLimit, s.strict());
  }

  // ---- clients

  static Admission ask(Pool pool, RequestView request) {
    return pool.admit(Traffic.TUNNEL, request);
  }

  static Lease got(Admission admission) {
    Future<Lease> lease = admission.lease();
    assertTrue(lease.succeeded(), () -> "no lease: " + lease.cause());
    return lease.result();
  }

  static Lease take(Pool pool) {
    return take(pool, FakeRequest.plain());
  }

  static Lease take(Pool pool, RequestView request) {
    return got(ask(pool, request));
  }

  static List<Lease> take(Pool pool, int times) {
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      leases.add(take(pool));
    }
    return leases;
  }

  static RouterException.Reason refusal(Admission admission) {
    Future<Lease> lease = admission.lease();
    assertTrue(lease.failed(), () -> "not refused: " + lease);
    return ((RouterException) lease.cause()).reason();
  }

  static Member at(Pool pool, String address) {
    return pool.member(address).orElseThrow();
  }

  /** A request that shows the cookie which the lease's answer sets. */
  static FakeRequest back(Lease lease) {
    String header = lease.setCookie(true);
    assertTrue(header != null, "no cookie is set");
    return FakeRequest.plain().with("cookie", header.substring(0, header.indexOf(';')));
  }
}
