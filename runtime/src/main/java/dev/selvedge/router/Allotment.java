package dev.selvedge.router;

/**
 * This node's slots of one limit of one member. Its mutable part is guarded by the pool; {@link
 * Slots} says what it means.
 */
final class Allotment {
  private final String key;
  private final Admissions pool;
  private final Member member;
  private final Traffic traffic;

  /** Connections that this node may have, until {@link #expires}. */
  int held;

  long expires;

  /** Other nodes lack slots: none is kept in reserve. */
  boolean scarce;

  /** Whether the owner, when it answered last, knew what all nodes hold. */
  boolean settled = true;

  /** The member is gone: all is given back. */
  boolean closed;

  /**
   * @param key names the limit on all nodes
   */
  Allotment(String key, Admissions pool, Member member, Traffic traffic) {
    this.key = key;
    this.pool = pool;
    this.member = member;
    this.traffic = traffic;
  }

  /** Nothing speaks against more slots, as far as is known. */
  boolean isHopeful() {
    return settled && !scarce;
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
