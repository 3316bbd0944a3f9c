package dev.selvedge.router;

import dev.selvedge.config.ConfigException;
import java.util.regex.Pattern;

/** What pools, routes and listeners may be called. */
final class Names {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  private Names() {}

  static void check(String path, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ConfigException(
          path, name, "a name of at most 63 lower-case letters, digits and dashes");
    }
  }

  /** A name made of words that may hold anything. */
  static String of(String words) {
    String name =
        words
            .toLowerCase(java.util.Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-+|-+$", "");
    String fitting = name.length() > 63 ? name.substring(0, 63).replaceAll("-+$", "") : name;
    return fitting.isEmpty() ? "root" : fitting;
  }
}
