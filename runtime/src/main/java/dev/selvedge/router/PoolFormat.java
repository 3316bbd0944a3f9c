package dev.selvedge.router;

import dev.selvedge.config.Section;
import dev.selvedge.router.PoolSpec.Check;
import dev.selvedge.router.PoolSpec.Drain;
import dev.selvedge.router.PoolSpec.Health;
import dev.selvedge.router.PoolSpec.Key;
import dev.selvedge.router.PoolSpec.Kind;
import dev.selvedge.router.PoolSpec.Policy;
import dev.selvedge.router.PoolSpec.Queue;
import dev.selvedge.router.PoolSpec.Relaying;
import dev.selvedge.router.PoolSpec.Tls;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pool in {@code selvedge.yaml} ({@code pools: {NAME: …}}) and in the admin API: the same keys,
 * each with the default of {@link PoolSpec#of} where it is left out. What is written names them
 * all, and reads as the same pool.
 */
public final class PoolFormat {
  private static final Set<String> KEYS =
      Set.of(
          "kind",
          "policy",
          "hash",
          "sticky",
          "members",
          "min-active",
          "queue",
          "slow-start",
          "health",
          "tls",
          "timeouts",
          "keep-alive",
          "rewrite-host",
          "proxy-protocol",
          "drain");
  private static final Set<String> HEALTH =
      Set.of(
          "check",
          "path",
          "interval",
          "timeout",
          "rise",
          "fall",
          "status",
          "agent-port",
          "on-down");
  private static final Set<String> TIMEOUTS = Set.of("connect", "answer", "tunnel-idle", "fin");
  private static final Pattern STATUS = Pattern.compile("([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?");
  private static final Pattern TARGET = Pattern.compile("/[!-~]{0,1023}");
  private static final Pattern ANY = Pattern.compile("[^\\x00-\\x1f]{0,4096}");
  private static final Duration TICK = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration YEAR = Duration.ofDays(366);

  private PoolFormat() {}

  /**
   * Throws {@link dev.selvedge.config.ConfigException} on the first thing that is wrong.
   *
   * @param path what the keys are named after in complaints, such as {@code pools.chat}
   */
  public static PoolSpec read(String path, String name, @Nullable Object value) {
    Names.check(path, name);
    Section pool = Section.of(path, value, KEYS);
    PoolSpec standard = PoolSpec.of(name, List.of());
    Kind kind = pool.word("kind", standard.kind(), Kind.class);
    return new PoolSpec(
        name,
        kind,
        policy(pool, kind),
        StickyFormat.read(pool, standard.sticky(), kind),
        members(pool),
        pool.number("min-active", standard.minActive(), 0, 10_000),
        queue(pool, standard.queue()),
        pool.duration("slow-start", standard.slowStart(), Duration.ZERO, DAY),
        health(pool.section("health", HEALTH), standard.health(), kind),
        relaying(pool, standard.relaying(), kind),
        drain(pool, standard.drain()));
  }

  private static Policy policy(Section pool, Kind kind) {
    String words = "least-connections, power-of-two or hash";
    Object word = pool.has("policy") ? pool.value("policy") : pool.has("hash") ? "hash" : null;
    if (pool.has("hash") && !"hash".equals(word)) {
      throw pool.wrong("hash", "no key of that name, or policy: hash");
    }
    if (word == null || word.equals("least-connections")) {
      return new Policy.LeastConnections();
    }
    if (word.equals("power-of-two")) {
      return new Policy.PowerOfTwo();
    }
    if (!word.equals("hash")) {
      throw pool.wrong("policy", words);
    }
    Key key = KeyFormat.read(pool.path("hash"), pool.value("hash"));
    if (kind == Kind.TCP && !(key instanceof Key.Source)) {
      throw pool.wrong("hash", "source: a pool of kind tcp sees no requests");
    }
    return new Policy.Hash(key);
  }

  private static List<MemberSpec> members(Section pool) {
    Set<String> addresses = new HashSet<>();
    return pool.list(
        "members",
        (path, item) -> {
          MemberSpec member = MemberFormat.read(path, item);
          if (!addresses.add(member.address())) {
            throw Section.bad(path, member.address(), "each address once");
          }
          return member;
        });
  }

  private static Queue queue(Section pool, Queue standard) {
    Section queue = pool.section("queue", Set.of("depth", "timeout"));
    return new Queue(
        queue.number("depth", standard.depth(), 0, 1_000_000),
        queue.duration("timeout", standard.timeout(), TICK, Duration.ofHours(1)));
  }

  private static Health health(Section health, Health standard, Kind kind) {
    Check check = health.word("check", standard.check(), Check.class);
    if (kind == Kind.TCP && (check == Check.HTTP || check == Check.WEBSOCKET)) {
      throw health.wrong("check", "passive or tcp: a pool of kind tcp speaks no HTTP");
    }
    String status = standard.statusFrom() + "-" + standard.statusTo();
    String expected = "a status or a range of them, such as 200-399";
    Matcher range = STATUS.matcher(health.text("status", status, STATUS, expected));
    if (!range.matches()) {
      throw health.wrong("status", expected);
    }
    int from = Integer.parseInt(range.group(1));
    int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
    if (to < from) {
      throw health.wrong("status", expected);
    }
    return new Health(
        check,
        health.text("path", standard.path(), TARGET, "a path, such as /healthz"),
        health.duration("interval", standard.interval(), Duration.ofMillis(50), DAY),
        health.duration("timeout", standard.timeout(), TICK, Duration.ofHours(1)),
        health.number("rise", standard.rise(), 1, 100),
        health.number("fall", standard.fall(), 1, 100),
        from,
        to,
        health.number("agent-port", standard.agentPort(), 0, 65_535),
        health.word("on-down", standard.onDown(), PoolSpec.OnDown.class));
  }

  private static Relaying relaying(Section pool, Relaying standard, Kind kind) {
    Section timeouts = pool.section("timeouts", TIMEOUTS);
    boolean proxyProtocol = pool.truth("proxy-protocol", standard.proxyProtocol());
    if (proxyProtocol && kind != Kind.TCP) {
      throw pool.wrong("proxy-protocol", "false, or kind: tcp; HTTP members get Forwarded");
    }
    return new Relaying(
        tls(pool),
        timeouts.duration("connect", standard.connect(), TICK, Duration.ofHours(1)),
        timeouts.duration("answer", standard.answer(), TICK, DAY),
        timeouts.duration("tunnel-idle", standard.tunnelIdle(), TICK, YEAR),
        timeouts.duration("fin", standard.fin(), TICK, DAY),
        pool.number("keep-alive", standard.keepAlive(), 0, 100_000),
        pool.truth("rewrite-host", standard.rewriteHost()),
        proxyProtocol);
  }

  private static Optional<Tls> tls(Section pool) {
    if (!pool.has("tls") || Boolean.FALSE.equals(pool.value("tls"))) {
      return Optional.empty();
    }
    if (Boolean.TRUE.equals(pool.value("tls"))) {
      return Optional.of(new Tls(true, "", ""));
    }
    Section tls = pool.section("tls", Set.of("verify", "server-name", "ca"));
    return Optional.of(
        new Tls(
            tls.truth("verify", true),
            tls.text("server-name", "", ANY, "a host name"),
            tls.text("ca", "", ANY, "a PEM file")));
  }

  private static Drain drain(Section pool, Drain standard) {
    Section drain = pool.section("drain", Set.of("spread", "hard-stop", "max-tunnel-age"));
    return new Drain(
        drain.duration("spread", standard.spread(), Duration.ZERO, DAY),
        drain.duration("hard-stop", standard.hardStop(), Duration.ZERO, DAY),
        drain.duration("max-tunnel-age", standard.maxTunnelAge(), Duration.ZERO, YEAR));
  }

  // ---- and back

  public static JsonObject write(PoolSpec pool) {
    JsonArray members = new JsonArray();
    pool.members().forEach(member -> members.add(MemberFormat.write(member)));
    JsonObject json = new JsonObject().put("kind", Section.wordOf(pool.kind()));
    write(pool.policy(), json);
    Relaying relaying = pool.relaying();
    return json.put("sticky", StickyFormat.write(pool.sticky()))
        .put("members", members)
        .put("min-active", pool.minActive())
        .put(
            "queue",
            new JsonObject()
                .put("depth", pool.queue().depth())
                .put("timeout", text(pool.queue().timeout())))
        .put("slow-start", text(pool.slowStart()))
        .put("health", write(pool.health()))
        .put("tls", write(relaying.tls()))
        .put(
            "timeouts",
            new JsonObject()
                .put("connect", text(relaying.connect()))
                .put("answer", text(relaying.answer()))
                .put("tunnel-idle", text(relaying.tunnelIdle()))
                .put("fin", text(relaying.fin())))
        .put("keep-alive", relaying.keepAlive())
        .put("rewrite-host", relaying.rewriteHost())
        .put("proxy-protocol", relaying.proxyProtocol())
        .put(
            "drain",
            new JsonObject()
                .put("spread", text(pool.drain().spread()))
                .put("hard-stop", text(pool.drain().hardStop()))
                .put("max-tunnel-age", text(pool.drain().maxTunnelAge())));
  }

  private static void write(Policy policy, JsonObject json) {
    if (policy instanceof Policy.Hash hash) {
      json.put("policy", "hash").put("hash", KeyFormat.write(hash.key()));
    } else {
      boolean two = policy instanceof Policy.PowerOfTwo;
      json.put("policy", two ? "power-of-two" : "least-connections");
    }
  }

  private static JsonObject write(Health health) {
    return new JsonObject()
        .put("check", Section.wordOf(health.check()))
        .put("path", health.path())
        .put("interval", text(health.interval()))
        .put("timeout", text(health.timeout()))
        .put("rise", health.rise())
        .put("fall", health.fall())
        .put("status", health.statusFrom() + "-" + health.statusTo())
        .put("agent-port", health.agentPort())
        .put("on-down", Section.wordOf(health.onDown()));
  }

  private static Object write(Optional<Tls> tls) {
    return tls.<Object>map(
            to ->
                new JsonObject()
                    .put("verify", to.verify())
                    .put("server-name", to.serverName())
                    .put("ca", to.ca()))
        .orElse(false);
  }

  static String text(Duration duration) {
    return Section.durationText(duration);
  }
}
