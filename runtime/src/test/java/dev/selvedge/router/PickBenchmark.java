package dev.selvedge.router;

import dev.selvedge.router.PoolSpec.Key;
import dev.selvedge.router.PoolSpec.Policy;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A client gets a member of sixteen, each with connections already, and gives it back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickBenchmark {
  private static final int MEMBERS = 16;
  private static final int CONNECTIONS = 400;
  private static final String COOKIE =
      StickyCookieCodec.encode(key(), "shop", "Q2h6RTkxZ3A", 1_800_000_000, 1_800_000_060);

  private final Pool leastConnections = pool(new Policy.LeastConnections());
  private final Pool powerOfTwo = pool(new Policy.PowerOfTwo());
  private final Pool hash = pool(new Policy.Hash(new Key.Query("user")));
  private final FakeRequest plain = FakeRequest.plain();
  private final FakeRequest keyed = FakeRequest.plain().asking("user", "ann");
  private final FakeRequest sticky = Fixture.back(Fixture.take(leastConnections));

  private static StickyKey key() {
    return Fixture.KEYS.current();
  }

  private static Pool pool(Policy policy) {
    MemberSpec[] members =
        IntStream.range(0, MEMBERS)
            .mapToObj(i -> Fixture.member("10.0.0." + i + ":80"))
            .toArray(MemberSpec[]::new);
    Pool pool = new Fixture().pool(Fixture.with(Fixture.of(members), policy));
    Fixture.take(pool, CONNECTIONS);
    return pool;
  }

  private static Member pick(Pool pool, RequestView request) {
    Lease lease = pool.admit(Traffic.TUNNEL, request).lease().result();
    lease.release();
    return lease.member();
  }

  @Benchmark
  public Object leastConnections() {
    return pick(leastConnections, plain);
  }

  @Benchmark
  public Object powerOfTwo() {
    return pick(powerOfTwo, plain);
  }

  @Benchmark
  public Object hash() {
    return pick(hash, keyed);
  }

  @Benchmark
  public Object stickyCookie() {
    return pick(leastConnections, sticky);
  }

  @Benchmark
  public Object writeAStickyCookie() {
    return StickyCookieCodec.encode(key(), "shop", "Q2h6RTkxZ3A", 1_800_000_000, 1_800_000_060);
  }

  @Benchmark
  public Object readAStickyCookie() {
    return StickyCookieCodec.decode(Fixture.KEYS, "shop", COOKIE);
  }
}
