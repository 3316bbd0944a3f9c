package dev.selvedge.router;

import org.jspecify.annotations.Nullable;

/**
 * What a request says of the member that its client belongs to.
 *
 * @param member null: nothing valid
 * @param presented the client showed a tie, valid or not
 * @param ticket the content of a valid cookie, or null
 */
record Bond(@Nullable Member member, boolean presented, @Nullable StickyTicket ticket) {
  static final Bond NONE = new Bond(null, false, null);

  /** It belongs there no more. */
  Bond broken() {
    return new Bond(null, true, ticket);
  }

  /** The next kind of tie, if this one leads nowhere. */
  Bond or(Bond next) {
    return member != null ? this : new Bond(next.member, presented || next.presented, next.ticket);
  }
}
