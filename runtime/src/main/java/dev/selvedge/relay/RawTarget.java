package dev.selvedge.relay;

import dev.selvedge.edge.HttpError;
import dev.selvedge.router.Route;

/** The target that a member gets: the client's own bytes, with another prefix if the route says. */
final class RawTarget {
  private RawTarget() {}

  /**
   * The target for the member. Routes are matched on a normal form, but members get the raw one; so
   * a prefix is only replaced where the two agree.
   *
   * @throws HttpError 400 for a path whose prefix is written in another way, or that has dots or
   *     empty segments
   */
  static String forMember(Route route, String raw) {
    if (route.rewrite().isEmpty() || raw.equals("*")) {
      return raw;
    }
    int question = raw.indexOf('?');
    String path = question < 0 ? raw : raw.substring(0, question);
    String query = question < 0 ? "" : raw.substring(question);
    String prefix = route.path().equals("/") ? "" : route.path();
    String rest = path.startsWith(prefix) ? path.substring(prefix.length()) : "?";
    if (!rest.isEmpty() && !rest.startsWith("/") || hasTricks(rest)) {
      throw new HttpError(400, "bad-target", "expected: a plain path below " + route.path());
    }
    String onto = route.rewrite().get();
    String trimmed = onto.endsWith("/") ? onto.substring(0, onto.length() - 1) : onto;
    String joined = trimmed + (rest.isEmpty() && !onto.equals(trimmed) ? "/" : rest);
    return (joined.isEmpty() ? "/" : joined) + query;
  }

  private static boolean hasTricks(String rest) {
    for (String segment : rest.substring(rest.isEmpty() ? 0 : 1).split("/", -1)) {
      String plain = segment.replace("%2e", ".").replace("%2E", ".");
      if (plain.equals(".") || plain.equals("..")) {
        return true;
      }
    }
    return rest.contains("//");
  }
}
