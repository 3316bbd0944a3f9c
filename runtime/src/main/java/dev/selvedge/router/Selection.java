package dev.selvedge.router;

import dev.selvedge.router.PoolSpec.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which member a client gets that belongs to none. Guarded by the pool. */
final class Selection {
  private final Timing timing;
  private final LoadBoard board;
  private final Slots slots;

  Selection(Timing timing, LoadBoard board, Slots slots) {
    this.timing = timing;
    this.board = board;
    this.slots = slots;
  }

  /**
   * What came of it.
   *
   * @param member null: none now
   * @param room why there is none; null: there is none at all
   */
  record Choice(@Nullable Member member, @Nullable Room room) {
    static final Choice NOBODY = new Choice(null, null);
  }

  Choice choose(PoolSpec spec, Collection<Member> members, Waiter waiter) {
    List<Member> eligible = new ArrayList<>();
    for (Member member : members) {
      if (member.state().takesNew() && !waiter.tried().contains(member)) {
        eligible.add(member);
      }
    }
    if (eligible.isEmpty()) {
      return Choice.NOBODY;
    }
    long now = timing.nanos();
    return choose(spec, members, active(spec, eligible, waiter.traffic(), now), waiter, now);
  }

  private Choice choose(
      PoolSpec spec, Collection<Member> all, List<Member> active, Waiter waiter, long now) {
    List<Member> free = new ArrayList<>();
    Room best = Room.FULL;
    for (Member member : active) {
      Room room = member.room(waiter.traffic(), slots, now);
      if (room == Room.FREE) {
        free.add(member);
      } else if (room == Room.FULL) {
        member.counters().limitHits.increment();
      }
      best = room.compareTo(best) < 0 ? room : best;
    }
    return new Choice(free.isEmpty() ? null : pick(spec, all, free, waiter.key(), now), best);
  }

  /**
   * The members of the highest priority, and of each next one while fewer than so many are active.
   * One at its limit is not active.
   */
  private List<Member> active(PoolSpec spec, List<Member> eligible, Traffic traffic, long now) {
    if (spec.minActive() == 0) {
      return eligible;
    }
    List<Member> used = new ArrayList<>();
    int active = 0;
    for (List<Member> group : byPriority(eligible)) {
      used.addAll(group);
      active += (int) group.stream().filter(m -> m.room(traffic, slots, now) != Room.FULL).count();
      if (active >= spec.minActive()) {
        break;
      }
    }
    return used;
  }

  private static Collection<List<Member>> byPriority(List<Member> members) {
    return members.stream()
        .sorted(Comparator.comparingInt((Member member) -> -member.spec().priority()))
        .collect(
            Collectors.groupingBy(
                member -> member.spec().priority(),
                java.util.LinkedHashMap::new,
                Collectors.toList()))
        .values();
  }

  private Member pick(
      PoolSpec spec, Collection<Member> all, List<Member> free, @Nullable String key, long now) {
    if (key != null) {
      return Rendezvous.first(key, free);
    }
    boolean ramps = ramps(spec, all, now);
    ToDoubleFunction<Member> score =
        member ->
            Balance.score(
                member.tally().estimate(), ramps ? weight(spec, member, now) : member.weight());
    boolean scan =
        !(spec.policy() instanceof Policy.PowerOfTwo)
            && free.size() <= Balance.FULL_SCAN
            && board.isFresh();
    return scan
        ? Balance.least(free, score, timing.random())
        : Balance.lessOfTwo(free, score, timing.random());
  }

  /** Whether slow start counts: not if all are new, for then there is nobody to spare them. */
  private static boolean ramps(PoolSpec spec, Collection<Member> all, long now) {
    long ramp = spec.slowStart().toNanos();
    return ramp > 0
        && all.stream()
            .filter(member -> member.state().takesNew())
            .anyMatch(member -> !member.slowStart().isRamping(now, ramp));
  }

  private static double weight(PoolSpec spec, Member member, long now) {
    return member.weight() * member.slowStart().share(now, spec.slowStart().toNanos());
  }

  /** The weight that a member has at this moment. */
  double weight(PoolSpec spec, Collection<Member> all, Member member) {
    long now = timing.nanos();
    return ramps(spec, all, now) ? weight(spec, member, now) : member.weight();
  }
}
