package dev.selvedge.node;

import dev.selvedge.admin.PoolMemberInfo;
import dev.selvedge.config.Section;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Gathering;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.metrics.MemberReading;
import dev.selvedge.metrics.PoolReading;
import dev.selvedge.router.Member;
import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.MemberStats;
import dev.selvedge.router.Pool;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.Pools;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Asks all nodes what their routers see of the members of pools, and has tunnels closed there. */
final class PoolCensus {
  private static final String COUNT = "pools";
  private static final String CLOSE = "close-tunnels";
  private static final String CONNECT_NANOS = "connectNanos";
  private static final String CONNECTS = "connects";
  private static final String HANDSHAKE_NANOS = "handshakeNanos";
  private static final String HANDSHAKES = "handshakes";
  private static final String WAITING = "waiting";

  private final Fabric fabric;
  private final Pools pools;

  PoolCensus(Fabric fabric, Pools pools) {
    this.fabric = fabric;
    this.pools = pools;
    fabric.serve(
        COUNT, question -> Future.succeededFuture(countHere(question.toString()).toBuffer()));
    fabric.serve(
        CLOSE,
        question ->
            Future.succeededFuture(
                new JsonArray().add(closeHere(new JsonObject(question))).toBuffer()));
  }

  /** Asks for one pool, or for all. */
  Future<Counted> count(Optional<String> pool) {
    return Gathering.ask(fabric, nodes(), COUNT, Buffer.buffer(pool.orElse("")))
        .map(found -> new Counted(found.stream().map(JsonObject.class::cast).toList()));
  }

  /** How many tunnels all nodes are going to close. */
  Future<Integer> close(String pool, String member, Duration spread) {
    JsonObject question =
        new JsonObject().put("pool", pool).put("member", member).put("millis", spread.toMillis());
    return Gathering.ask(fabric, nodes(), CLOSE, question.toBuffer())
        .map(found -> found.stream().mapToInt(Integer.class::cast).sum());
  }

  /** What this node's router sees, for its meters. */
  List<MemberReading> readings() {
    List<MemberReading> readings = new ArrayList<>();
    for (Pool pool : pools.all()) {
      pool.members().forEach(member -> readings.add(reading(pool, member)));
    }
    return readings;
  }

  /** The same of whole pools. */
  List<PoolReading> poolReadings() {
    return pools.all().stream().map(pool -> new PoolReading(pool.name(), pool.waiting())).toList();
  }

  private static MemberReading reading(Pool pool, Member member) {
    MemberStats stats = member.stats();
    return new MemberReading(
        pool.name(),
        member.address(),
        Section.wordOf(stats.state()),
        stats.weight(),
        stats.tunnels(),
        stats.requests(),
        stats.queued(),
        stats.picks(),
        stats.stickyHits(),
        stats.stickyMisses(),
        stats.limitHits(),
        stats.connects(),
        stats.connectFailures(),
        stats.connectNanos() / 1e9,
        stats.handshakes(),
        stats.handshakeNanos() / 1e9,
        stats.bytesIn(),
        stats.bytesOut());
  }

  private Collection<NodeId> nodes() {
    return fabric.membership().nodes().stream().map(Node::id).toList();
  }

  private JsonArray countHere(String name) {
    JsonArray members = new JsonArray();
    for (Pool pool : pools.all()) {
      if (name.isEmpty() || name.equals(pool.spec().name())) {
        members.add(new JsonObject().put("pool", pool.name()).put(WAITING, pool.waiting()));
        pool.members().forEach(member -> members.add(seen(pool, member)));
      }
    }
    return members;
  }

  private static JsonObject seen(Pool pool, Member member) {
    MemberStats stats = member.stats();
    return new JsonObject()
        .put("pool", pool.spec().name())
        .put("member", member.address())
        .put("state", Section.wordOf(stats.state()))
        .put("reason", stats.reason())
        .put("weight", stats.weight())
        .put("counts", counts(stats));
  }

  /** What may be summed over nodes. */
  private static JsonObject counts(MemberStats stats) {
    return new JsonObject()
        .put("tunnels", stats.tunnels())
        .put("requests", stats.requests())
        .put("queued", stats.queued())
        .put("picks", stats.picks())
        .put("stickyHits", stats.stickyHits())
        .put("stickyMisses", stats.stickyMisses())
        .put("limitHits", stats.limitHits())
        .put(CONNECTS, stats.connects())
        .put("connectFailures", stats.connectFailures())
        .put(CONNECT_NANOS, stats.connectNanos())
        .put(HANDSHAKES, stats.handshakes())
        .put(HANDSHAKE_NANOS, stats.handshakeNanos())
        .put("bytesIn", stats.bytesIn())
        .put("bytesOut", stats.bytesOut());
  }

  private int closeHere(JsonObject question) {
    Optional<Pool> pool = pools.find(question.getString("pool"));
    Duration spread = Duration.ofMillis(question.getLong("millis"));
    return pool.stream()
        .flatMap(found -> found.members().stream())
        .filter(member -> member.address().equals(question.getString("member")))
        .mapToInt(member -> pool.orElseThrow().closeTunnels(member, spread))
        .sum();
  }

  /** What the nodes have answered. */
  record Counted(List<JsonObject> answers) {
    /** The clients that wait for any member of a pool. */
    long waiting(String pool) {
      return answers.stream()
          .filter(answer -> pool.equals(answer.getString("pool")))
          .mapToLong(answer -> answer.getLong(WAITING, 0L))
          .sum();
    }

    /** The members that are wanted, in their order, and those that nodes still have. */
    List<PoolMemberInfo> members(PoolSpec pool) {
      Set<String> addresses = new LinkedHashSet<>();
      pool.members().stream().map(MemberSpec::address).forEach(addresses::add);
      List<JsonObject> here =
          answers.stream()
              .filter(answer -> pool.name().equals(answer.getString("pool")))
              .filter(answer -> answer.containsKey("member"))
              .toList();
      here.forEach(answer -> addresses.add(answer.getString("member")));
      return addresses.stream().map(address -> member(address, here)).toList();
    }

    private static PoolMemberInfo member(String address, List<JsonObject> answers) {
      Map<String, Integer> states = new TreeMap<>();
      Map<String, Long> counts = new TreeMap<>();
      List<String> reasons = new ArrayList<>();
      double weight = Double.MAX_VALUE;
      for (JsonObject answer : answers) {
        if (answer.getString("member").equals(address)) {
          states.merge(answer.getString("state"), 1, Integer::sum);
          reasons.add(answer.getString("reason"));
          weight = Math.min(weight, answer.getDouble("weight"));
          JsonObject seen = answer.getJsonObject("counts");
          seen.forEach(
              one -> counts.merge(one.getKey(), ((Number) one.getValue()).longValue(), Long::sum));
        }
      }
      double connectMillis = meanMillis(counts, CONNECT_NANOS, CONNECTS);
      double handshakeMillis = meanMillis(counts, HANDSHAKE_NANOS, HANDSHAKES);
      return new PoolMemberInfo(
          address,
          states,
          reasons.stream().filter(reason -> !reason.isEmpty()).findFirst().orElse(""),
          states.isEmpty() ? 0 : weight,
          counts,
          connectMillis,
          handshakeMillis);
    }

    private static double meanMillis(Map<String, Long> counts, String nanos, String times) {
      long sum = counts.getOrDefault(nanos, 0L);
      long all = counts.getOrDefault(times, 0L);
      counts.remove(nanos);
      return all > 0 ? sum / 1e6 / all : 0;
    }
  }
}
