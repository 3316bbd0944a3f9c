package dev.selvedge.router;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A pool as it is wanted: members and how they are used. Immutable; {@link Pool#update} makes a
 * live pool follow a new one without touching what is connected.
 *
 * @param policy how a member is picked for a client that does not stick to one
 * @param minActive members of a priority that make the lower ones unnecessary; 0: priorities do not
 *     count
 * @param slowStart how long the weight of a member that came up rises to its full value; zero: at
 *     once
 */
public record PoolSpec(
    String name,
    Kind kind,
    Policy policy,
    Sticky sticky,
    List<MemberSpec> members,
    int minActive,
    Queue queue,
    Duration slowStart,
    Health health,
    Relaying relaying,
    Drain drain) {
  public PoolSpec {
    members = List.copyOf(members);
  }

  /** What the members speak. */
  public enum Kind {
    HTTP,
    /** Bytes: for listeners of layer 4. */
    TCP
  }

  /** How a member is picked. */
  public sealed interface Policy {
    /** The one with the least estimated connections for its weight. */
    record LeastConnections() implements Policy {}

    /** The better of two random ones. */
    record PowerOfTwo() implements Policy {}

    /** By a key of the request; without it, least connections. */
    record Hash(Key key) implements Policy {}
  }

  /** A value of a request. */
  public sealed interface Key {
    record Header(String lowerCaseName) implements Key {}

    record Cookie(String name) implements Key {}

    record Query(String name) implements Key {}

    /** A segment of the path, from 1: 2 is {@code 42} in {@code /room/42/x}. */
    record PathSegment(int number) implements Key {}

    record Source() implements Key {}
  }

  /**
   * What ties a client to a member, tried in this order.
   *
   * @param by empty: nothing does
   * @param cookieName the cookie's name; stable over changes of the pool
   * @param idle life of a cookie that is not presented; zero for none
   * @param life life of a cookie from its first issue; zero for none
   * @param sameSite {@code lax}, {@code strict} or {@code none} (which is Secure and Partitioned)
   * @param atLimit what a client gets whose member is at its limit
   * @param strict whether a client whose member takes it no more is refused, not balanced afresh
   */
  public record Sticky(
      List<Tie> by,
      String cookieName,
      Duration idle,
      Duration life,
      String sameSite,
      AtLimit atLimit,
      boolean strict) {
    public Sticky {
      by = List.copyOf(by);
    }
  }

  /** A tie between a client and its member. */
  public sealed interface Tie {
    /** A signed cookie of ours. */
    record SignedCookie() implements Tie {}

    /** Engine.IO's {@code sid} and SignalR's {@code id}, learned from the member's answers. */
    record SessionId() implements Tie {}

    record ByKey(Key key) implements Tie {}
  }

  /** What happens to a sticky client whose member is at its limit. */
  public enum AtLimit {
    QUEUE,
    REBALANCE,
    EXCEED
  }

  /**
   * The queue for clients that find all members at their limits.
   *
   * @param depth 0: none may wait
   */
  public record Queue(int depth, Duration timeout) {}

  /**
   * How members are checked.
   *
   * @param path for {@code HTTP} and {@code WEBSOCKET}
   * @param rise good checks in a row that bring a member up
   * @param fall bad checks, or failed connects of clients, in a row that take it down
   * @param agentPort where an agent answers with HAProxy's agent-check words; 0 for none
   */
  public record Health(
      Check check,
      String path,
      Duration interval,
      Duration timeout,
      int rise,
      int fall,
      int statusFrom,
      int statusTo,
      int agentPort,
      OnDown onDown) {}

  /** How a member is asked whether it is well. */
  public enum Check {
    /** Only failed connects of clients count. */
    PASSIVE,
    TCP,
    HTTP,
    WEBSOCKET
  }

  /** What happens to the tunnels of a member that went down. */
  public enum OnDown {
    KEEP,
    CLOSE_PACED
  }

  /**
   * How bytes pass.
   *
   * @param tls towards the members; empty: plain
   * @param connect time for a connection to a member
   * @param answer time for the head of a member's answer, also to an upgrade
   * @param tunnelIdle a tunnel without a byte either way for so long is closed
   * @param fin how long one half of a closed tunnel may outlive the other
   * @param keepAlive idle connections that are kept to each member, on each event loop
   * @param rewriteHost members see their own address as Host, not the client's
   * @param proxyProtocol L4 only: a PROXY v2 header goes first
   */
  public record Relaying(
      Optional<Tls> tls,
      Duration connect,
      Duration answer,
      Duration tunnelIdle,
      Duration fin,
      int keepAlive,
      boolean rewriteHost,
      boolean proxyProtocol) {}

  /**
   * TLS to members.
   *
   * @param verify whether chain and name are checked
   * @param serverName for SNI and the check; empty: the host of the address
   * @param ca a PEM file of trusted authorities; empty: those of the JVM
   */
  public record Tls(boolean verify, String serverName, String ca) {}

  /**
   * How tunnels of a member are closed when they are to go.
   *
   * @param spread over which the closes are spread at random
   * @param hardStop after the spread: what is still open is cut
   * @param maxTunnelAge a tunnel that is so old, a fifth more or less at random, is closed; zero:
   *     none is
   */
  public record Drain(Duration spread, Duration hardStop, Duration maxTunnelAge) {}

  /** A pool of HTTP servers with everything at its default. */
  public static PoolSpec of(String name, List<MemberSpec> members) {
    return new PoolSpec(
        name,
        Kind.HTTP,
        new Policy.LeastConnections(),
        new Sticky(
            List.of(new Tie.SignedCookie(), new Tie.SessionId()),
            "selvedge-" + name,
            Duration.ofHours(1),
            Duration.ofHours(24),
            "lax",
            AtLimit.QUEUE,
            false),
        members,
        0,
        new Queue(1_000, Duration.ofSeconds(5)),
        Duration.ZERO,
        new Health(
            Check.TCP,
            "/",
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            2,
            3,
            200,
            399,
            0,
            OnDown.KEEP),
        new Relaying(
            Optional.empty(),
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            Duration.ofSeconds(30),
            64,
            false,
            false),
        new Drain(Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ZERO));
  }

  public PoolSpec withMembers(List<MemberSpec> changed) {
    return new PoolSpec(
        name, kind, policy, sticky, changed, minActive, queue, slowStart, health, relaying, drain);
  }
}
