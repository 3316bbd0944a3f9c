package dev.selvedge.router;

import org.jspecify.annotations.Nullable;

/**
 * This node's slots of one limit of one member. Its mutable part is guarded by the pool; {@link
 * Slots} says what it means.
 */
final class Allotment {
  private final String key;
  private final Admissions pool;
  private final Member member;
  private final Traffic traffic;
  int held;
  long expires;
  boolean scarce;
  @Nullable Long askedAt;

  /**
   * @param key names the limit on all nodes
   */
  Allotment(String key, Admissions pool, Member member, Traffic traffic) {
    this.key = key;
    this.pool = pool;
    this.member = member;
    this.traffic = traffic;
  }

  String key() {
    return key;
  }

  Admissions pool() {
    return pool;
  }

  Member member() {
    return member;
  }

  Traffic traffic() {
    return traffic;
  }

  int used() {
    return member.tally().of(traffic).get();
  }

  int limit() {
    return member.limit(traffic);
  }
}
