package dev.selvedge.router;

/** Where a route leads. */
public sealed interface RouteTarget {
  /** A function of the cluster, by name. */
  record ToFunction(String function) implements RouteTarget {}

  /** A pool of external servers, by name. */
  record ToPool(String pool) implements RouteTarget {}

  /** A refusal with this status, 400–599. */
  record Deny(int status) implements RouteTarget {}

  /**
   * A redirect.
   *
   * @param status 301, 302, 303, 307 or 308
   * @param location where to; {@code {path}} and {@code {query}} (with its question mark) in it
   *     stand for the request's own
   */
  record Redirect(int status, String location) implements RouteTarget {}

  /** What the node itself serves below this path, such as the browser client. */
  record Own() implements RouteTarget {}
}
