package dev.selvedge.relay;

import java.util.List;

/** Comma-separated lists of tokens (RFC 9110 §5.6.1). */
final class Tokens {
  private Tokens() {}

  /** Whether one of the lines holds the token, whatever its case. */
  static boolean anyContains(List<String> lines, String token) {
    return lines.stream().anyMatch(line -> contains(line, token));
  }

  static boolean contains(String line, String token) {
    for (String item : line.split(",", -1)) {
      if (item.strip().equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }
}
