package dev.selvedge.store;

import java.util.regex.Pattern;

/** How stores are called, and how their keys look in what several stores share. */
final class StoreNames {
  /** Of the Hazelcast map that holds every store of the cluster. */
  static final String CLUSTER_MAP = "selvedge.store";

  /** Of every key in Redis. */
  static final String REDIS_PREFIX = "selvedge:";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  private StoreNames() {}

  /**
   * The name itself.
   *
   * @throws dev.selvedge.function.FunctionException code {@code bad-argument}
   */
  static String checked(String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw StoreFailures.badArgument(
          "store name", String.valueOf(name), "1 to 64 of A-Z a-z 0-9 _ . -");
    }
    return name;
  }

  /**
   * What keys of a store begin with; no store's keys begin like another's, as names have no colon.
   */
  static String prefix(String name) {
    return name + ":";
  }
}
