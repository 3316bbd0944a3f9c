package dev.selvedge.router;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lines of {@code Cookie} and {@code Set-Cookie} (RFC 6265 §4.1, §4.2), looked at for names. */
public final class Cookies {
  private Cookies() {}

  /**
   * A {@code Cookie} line without some cookies; the others stay as they are.
   *
   * @return null if nothing is left
   */
  public static @Nullable String without(String line, Predicate<String> dropped) {
    StringBuilder kept = new StringBuilder(line.length());
    boolean changed = false;
    for (String pair : line.split(";", -1)) {
      if (dropped.test(name(pair))) {
        changed = true;
      } else if (!pair.isBlank()) {
        kept.append(kept.isEmpty() ? "" : "; ").append(pair.strip());
      }
    }
    if (!changed) {
      return line;
    }
    return kept.isEmpty() ? null : kept.toString();
  }

  /** The name of a pair, or of a whole {@code Set-Cookie} line. */
  public static String name(String pair) {
    int semicolon = pair.indexOf(';');
    String first = semicolon < 0 ? pair : pair.substring(0, semicolon);
    int equals = first.indexOf('=');
    return (equals < 0 ? first : first.substring(0, equals)).strip();
  }

  /** The value of a pair; null if it has no name, or no value. */
  static @Nullable String value(String pair) {
    int equals = pair.indexOf('=');
    return equals > 0 ? pair.substring(equals + 1).strip() : null;
  }

  /** The first cookie of that name in a {@code Cookie} line; null for none. */
  static @Nullable String value(@Nullable String line, String name) {
    for (String pair : line == null ? new String[0] : line.split(";", -1)) {
      String value = value(pair);
      if (value != null && name(pair).equals(name)) {
        return value;
      }
    }
    return null;
  }
}
