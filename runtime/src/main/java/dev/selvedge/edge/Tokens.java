package dev.selvedge.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens, and comma-separated lists of them (RFC 9110 §5.6.1, §5.6.2). */
public final class Tokens {
  private static final String OTHERS = "!#$%&'*+-.^_`|~";

  private Tokens() {}

  public static boolean isToken(String text) {
    return isToken(text, text.length());
  }

  /** Whether the text up to {@code end} is one. */
  public static boolean isToken(String text, int end) {
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean ok = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      if (!ok && OTHERS.indexOf(c) < 0) {
        return false;
      }
    }
    return end > 0;
  }

  /** Whether it consists of digits. */
  public static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether a list holds the token, whatever its case; null is an empty list. */
  public static boolean contains(@Nullable String list, String token) {
    if (list == null) {
      return false;
    }
    for (String item : list.split(",", -1)) {
      if (item.strip().equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of the lists holds the token. */
  public static boolean anyContains(List<String> lists, String token) {
    return lists.stream().anyMatch(list -> contains(list, token));
  }
}
