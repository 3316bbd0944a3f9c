package dev.selvedge.router;

/**
 * A member of a pool as it is wanted.
 *
 * @param address {@code host:port}; its name in the pool, in commands and in meters
 * @param weight 1–256: how many connections it gets beside the others'
 * @param priority members of the highest priority are used; those of lower ones join while fewer
 *     than {@link PoolSpec#minActive} of the higher ones are active
 * @param state what the operator wants
 * @param maxTunnels WebSockets, event streams and L4 connections at once, over the whole cluster; 0
 *     for no limit
 * @param maxRequests plain HTTP requests at once, over the whole cluster; 0 for no limit
 * @param maxNewPerSecond new tunnels a second from each node; 0 for no limit
 */
public record MemberSpec(
    String address,
    int weight,
    int priority,
    AdminState state,
    int maxTunnels,
    int maxRequests,
    int maxNewPerSecond) {
  /** What an operator may want of a member. */
  public enum AdminState {
    /** Takes new clients. */
    UP,
    /** Takes only clients that stick to it. */
    DISABLED,
    /** Takes nobody; what is connected stays. */
    FORCED_OFFLINE
  }

  /** A member with a weight of 1, in state up, without limits. */
  public static MemberSpec of(String address) {
    return new MemberSpec(address, 1, 0, AdminState.UP, 0, 0, 0);
  }

  public String host() {
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  public int port() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
