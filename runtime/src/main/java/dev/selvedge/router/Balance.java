package dev.selvedge.router;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Picks the member with the least load for its weight. */
final class Balance {
  /** Beyond so many members two random ones are compared instead of all. */
  static final int FULL_SCAN = 64;

  private Balance() {}

  /**
   * @param estimate connections over all routers
   * @return the members' order: the least is the best
   */
  static double score(long estimate, double weight) {
    return (estimate + 1) / weight;
  }

  /** The least of all; of equal ones any, each with the same chance. */
  static <T> T least(List<T> all, ToDoubleFunction<T> score, RandomGenerator random) {
    T best = all.get(0);
    double least = score.applyAsDouble(best);
    int ties = 1;
    for (T one : all.subList(1, all.size())) {
      double its = score.applyAsDouble(one);
      if (its < least) {
        best = one;
        least = its;
        ties = 1;
      } else if (its == least && random.nextInt(++ties) == 0) {
        best = one;
      }
    }
    return best;
  }

  /** The better of two different random ones. */
  static <T> T lessOfTwo(List<T> all, ToDoubleFunction<T> score, RandomGenerator random) {
    if (all.size() == 1) {
      return all.get(0);
    }
    int first = random.nextInt(all.size());
    int second = random.nextInt(all.size() - 1);
    T one = all.get(first);
    T other = all.get(second < first ? second : second + 1);
    return score.applyAsDouble(other) < score.applyAsDouble(one) ? other : one;
  }
}
