package dev.selvedge.router;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Clients that wait, first come first served within their kind of traffic. Guarded by its pool. */
final class WaitingLine {
  private final Map<Traffic, Set<Waiter>> lines = new EnumMap<>(Traffic.class);

  WaitingLine() {
    for (Traffic traffic : Traffic.values()) {
      lines.put(traffic, new LinkedHashSet<>());
    }
  }

  private Set<Waiter> of(Traffic traffic) {
    return lines.getOrDefault(traffic, Set.of());
  }

  void add(Waiter waiter) {
    of(waiter.traffic()).add(waiter);
  }

  boolean remove(Waiter waiter) {
    return of(waiter.traffic()).remove(waiter);
  }

  int size(Traffic traffic) {
    return of(traffic).size();
  }

  int size() {
    return size(Traffic.TUNNEL) + size(Traffic.REQUEST);
  }

  /** All, none of whom wait here any more. */
  List<Waiter> removeAll() {
    List<Waiter> all = new ArrayList<>();
    lines
        .values()
        .forEach(
            line -> {
              all.addAll(line);
              line.clear();
            });
    return all;
  }

  /**
   * Serves from the head until one cannot be served. One that is choosy, because it has tried some
   * members already, does not hold up those behind it.
   *
   * @param serve gives the waiter a place, or tells that there is none
   */
  void serve(Traffic traffic, Predicate<Waiter> serve) {
    var line = of(traffic).iterator();
    while (line.hasNext()) {
      Waiter waiter = line.next();
      if (serve.test(waiter)) {
        line.remove();
      } else if (waiter.tried().isEmpty()) {
        return;
      }
    }
  }
}
