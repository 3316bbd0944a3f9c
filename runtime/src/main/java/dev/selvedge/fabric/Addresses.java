package dev.selvedge.fabric;

/**
 * Every bus address and every name of a shared map, in one place.
 *
 * <p>Two families of addresses: those that start with {@code @} lead to one node and cost the
 * cluster nothing; the others are registered in the cluster and are the public bus contract.
 */
public final class Addresses {
  /** Followed by a function's name: calls it. */
  public static final String CALL = "selvedge.call.";

  /** Sends an event to one session. */
  public static final String SEND = "selvedge.send";

  /** Closes one session. */
  public static final String CLOSE = "selvedge.close";

  /** Publishes an event to a group. */
  public static final String PUBLISH = "selvedge.publish";

  /** Adds a session to a group. */
  public static final String JOIN = "selvedge.join";

  /** Takes a session out of a group. */
  public static final String LEAVE = "selvedge.leave";

  /** Tells who is in a group. */
  public static final String MEMBERS = "selvedge.members";

  /** Followed by a store's name: its shared map. */
  public static final String STORE_MAP = "selvedge.store.";

  /** Followed by the registers' name: their shared map. */
  public static final String REGISTERS_MAP = "selvedge.registers.";

  /** The registers with what is deployed. */
  public static final String CATALOG = "catalog";

  /** The registers with the router's pools, routes and listeners. */
  public static final String ROUTER = "router";

  /** What the address of one node starts with; the node's id follows, then a slash. */
  static final String NODE = "@";

  private Addresses() {}

  /** Calls that function. */
  public static String call(String function) {
    return CALL + function;
  }

  /** Frames of the links that lead to that lane. */
  static String lane(NodeId node, int lane) {
    return NODE + node + "/lane/" + lane;
  }

  /** Requests to the services of that node. */
  static String services(NodeId node) {
    return NODE + node + "/services";
  }

  /** Announcements to that node. */
  static String announcements(NodeId node) {
    return NODE + node + "/announcements";
  }
}
