package dev.selvedge.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that someone probably meant. */
final class Nearest {
  private Nearest() {}

  /** The word with the fewest letters to change, if these are few enough to be a slip. */
  static Optional<String> to(String typed, Collection<String> known) {
    int tolerance = Math.max(2, typed.length() / 4);
    return known.stream()
        .min(Comparator.comparingInt(word -> distance(typed, word)))
        .filter(word -> distance(typed, word) <= tolerance);
  }

  /** The number of letters to insert, delete or replace (Levenshtein). */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
