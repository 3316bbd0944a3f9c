package dev.selvedge.admin;

import java.util.Optional;

/**
 * Which sessions to list.
 *
 * @param after only ids greater than this one
 * @param limit at most so many, 1–1,000
 */
public record SessionQuery(
    Optional<String> function,
    Optional<String> node,
    Optional<String> group,
    Optional<String> protocol,
    Optional<String> after,
    int limit) {
  /** Whether a session is one of those asked for. */
  public boolean matches(SessionInfo session) {
    return is(function, session.function())
        && is(node, session.node())
        && is(protocol, session.protocol())
        && group.map(session.groups()::contains).orElse(true)
        && after.map(id -> session.id().compareTo(id) > 0).orElse(true);
  }

  private static boolean is(Optional<String> wanted, String actual) {
    return wanted.isEmpty() || wanted.get().equals(actual);
  }
}
