package dev.selvedge.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of sticky cookies: the current one signs, the previous one is still believed, so that a
 * changed secret loses no client. Immutable.
 */
public final class StickyKeys {
  private final List<StickyKey> keys;

  private StickyKeys(List<StickyKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * @param secret the cluster's
   * @param previous the one before, as long as its cookies are to be believed
   */
  public static StickyKeys of(String secret, Optional<String> previous) {
    List<StickyKey> keys = new ArrayList<>();
    keys.add(new StickyKey(secret));
    previous.filter(old -> !old.equals(secret)).ifPresent(old -> keys.add(new StickyKey(old)));
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
