package dev.selvedge.router;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The members of a pool, as they come and go. With the pool's lock held. */
final class PoolMembers {
  private final Admissions pool;
  private final Timing timing;
  private final LoadBoard board;
  private final Slots slots;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<String, Member> departed = new LinkedHashMap<>();

  PoolMembers(Admissions pool, Timing timing, LoadBoard board, Slots slots) {
    this.pool = pool;
    this.timing = timing;
    this.board = board;
    this.slots = slots;
  }

  Collection<Member> present() {
    return members.values();
  }

  /** Those that are wanted, then those that left and still have connections. */
  List<Member> all() {
    List<Member> all = new ArrayList<>(members.values());
    all.addAll(departed.values());
    return all;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  int size() {
    return members.size();
  }

  /** What is not wanted any more stays in sight until it is idle. */
  void follow(PoolSpec changed, boolean later, List<Runnable> then) {
    Map<String, Member> before = new LinkedHashMap<>(members);
    members.clear();
    for (MemberSpec wanted : changed.members()) {
      Member known = before.remove(wanted.address());
      Member member = known == null ? comer(changed.name(), wanted, later) : known;
      members.put(wanted.address(), member);
      pool.shift(member, () -> member.follow(wanted, timing.nanos()), then);
    }
    before.forEach((address, member) -> depart(member, then));
  }

  private Member comer(String name, MemberSpec wanted, boolean later) {
    Member returned = departed.remove(wanted.address());
    Member member = returned == null ? open(name, wanted) : returned;
    if (later) {
      member.slowStart().begin(timing.nanos());
    }
    return member;
  }

  private Member open(String name, MemberSpec wanted) {
    String key = MemberKey.of(name, wanted.address());
    Member member = new Member(pool, wanted, key, board.open(key));
    for (Traffic traffic : Traffic.values()) {
      slots.open(member.allotment(traffic));
    }
    return member;
  }

  private void depart(Member member, List<Runnable> then) {
    departed.put(member.address(), member);
    pool.shift(member, member::remove, then);
    forgetIfIdle(member);
  }

  /** Of one that left and has no connections any more nothing is kept. */
  void forgetIfIdle(Member member) {
    if (member.state() == MemberState.DRAINING && member.isIdle()) {
      departed.remove(member.address(), member);
      board.close(member.tally());
      for (Traffic traffic : Traffic.values()) {
        slots.close(member.allotment(traffic));
      }
    }
  }

  /** Not faster than the others may take the clients. */
  Duration paced(Member leaving, Duration spread) {
    long perSecond = 0;
    for (Member member : members.values()) {
      if (member != leaving && member.state().takesNew()) {
        if (member.spec().maxNewPerSecond() == 0) {
          return spread;
        }
        perSecond += member.spec().maxNewPerSecond();
      }
    }
    if (perSecond == 0) {
      return spread;
    }
    Duration least = Duration.ofMillis(1_000L * leaving.leases().size() / perSecond);
    return least.compareTo(spread) > 0 ? least : spread;
  }
}
