package dev.selvedge.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of sticky cookies: the current one signs, another one is believed too, the previous or
 * the next, so that a change of the secret loses no client. Immutable.
 */
public final class StickyKeys {
  private final List<StickyKey> keys;

  private StickyKeys(List<StickyKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * @param secret the cluster's
   * @param accepted another one whose cookies are to be believed
   */
  public static StickyKeys of(String secret, Optional<String> accepted) {
    List<StickyKey> keys = new ArrayList<>();
    keys.add(new StickyKey(secret));
    accepted
        .filter(other -> !other.equals(secret))
        .ifPresent(other -> keys.add(new StickyKey(other)));
    return new StickyKeys(keys);
  }

  StickyKey current() {
    return keys.get(0);
  }

  Optional<StickyKey> find(String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  List<StickyKey> all() {
    return keys;
  }
}
