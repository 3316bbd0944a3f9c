package dev.selvedge.session;

import java.util.function.Predicate;

/** Whom a publication is meant for. */
interface Audience {
  /**
   * @param session the id of a session
   * @param function its function
   * @param inGroup its groups
   */
  boolean includes(String session, String function, Predicate<String> inGroup);
}
