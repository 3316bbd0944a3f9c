package dev.selvedge.router;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Session ids that members gave out, with the member; the ones not used for longest go first. Also
 * remembers for a moment which ids nobody knows. Any thread.
 */
final class LearnedIds {
  static final int MAX_IDS = 65_536;
  private static final int MAX_UNKNOWN = 4_096;
  private static final long UNKNOWN_NANOS = 2_000_000_000L;

  /** Ids of Engine.IO have 20 characters, those of SignalR 22. */
  private static final int MIN_LENGTH = 16;

  private static final int MAX_LENGTH = 64;

  /** Keeps the latest. */
  private static final class Latest<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1;
    private final int max;

    Latest(int max) {
      super(16, 0.75f, true);
      this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > max;
    }
  }

  private final Latest<String> members = new Latest<>(MAX_IDS);
  private final Latest<Long> unknown = new Latest<>(MAX_UNKNOWN);

  /** Whether it may be an id: what is not is not remembered, and nobody is asked about it. */
  static boolean looksLikeId(String text) {
    return text.length() >= MIN_LENGTH
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(LearnedIds::isIdCharacter);
  }

  private static boolean isIdCharacter(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '_';
  }

  synchronized void learn(String id, String member) {
    if (looksLikeId(id)) {
      members.put(id, member);
      unknown.remove(id);
    }
  }

  synchronized Optional<String> member(String id) {
    return Optional.ofNullable(members.get(id));
  }

  /** None of the other nodes knew it just now. */
  synchronized void unknown(String id, long now) {
    unknown.put(id, now);
  }

  synchronized boolean isUnknown(String id, long now) {
    Long since = unknown.get(id);
    return since != null && now - since < UNKNOWN_NANOS;
  }

  synchronized int size() {
    return members.size();
  }
}
