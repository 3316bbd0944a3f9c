package dev.selvedge.router;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Hashing of keys to members that moves as little as possible: each member draws a number for the
 * key, weighted, and the highest wins (highest random weight). A member that comes takes its share
 * of keys evenly from all; the keys of one that goes are spread evenly over the rest. Every router
 * gets the same result.
 */
final class Rendezvous {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Rendezvous() {}

  /** All members, the one for the key first. */
  static List<Member> order(String key, List<Member> members) {
    long hash = hash(key);
    return members.stream()
        .sorted(
            Comparator.comparingDouble((Member member) -> -draw(hash, member))
                .thenComparing(Member::address))
        .toList();
  }

  /** The first of {@link #order}, of one member or more. */
  static Member first(String key, List<Member> members) {
    long hash = hash(key);
    Member first = members.get(0);
    double highest = draw(hash, first);
    for (int i = 1; i < members.size(); i++) {
      Member member = members.get(i);
      double draw = draw(hash, member);
      if (draw > highest || draw == highest && member.address().compareTo(first.address()) < 0) {
        first = member;
        highest = draw;
      }
    }
    return first;
  }

  /** A short name of a key, which tells nothing of it: 16 digits. */
  static String id(String key) {
    return HexFormat.of().toHexDigits(hash(key));
  }

  private static double draw(long key, Member member) {
    long mixed = mix(key ^ hash(member.address()));
    double uniform = ((mixed >>> 11) + 0.5) * 0x1p-53;
    return -member.spec().weight() / Math.log(uniform);
  }

  private static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return mix(hash);
  }

  /** The finalizer of SplitMix64: each bit of the input moves half of those of the output. */
  private static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
