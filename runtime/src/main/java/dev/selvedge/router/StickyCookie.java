package dev.selvedge.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The sticky cookie of a pool among a request's and a response's headers. Over TLS its name has the
 * prefix {@code __Host-}: then no other host of the domain can plant it. Pure.
 *
 * @param name without the prefix
 * @param sameSite {@code lax}, {@code strict} or {@code none}
 */
record StickyCookie(String name, String sameSite) {
  private static final String HOST_PREFIX = "__Host-";

  /** A browser sends one; more come from paths and prefixes of old, or from somebody who tries. */
  private static final int MAX_VALUES = 4;

  /** The name of a cookie without the prefix, if it has it. */
  static String plain(String cookieName) {
    return cookieName.startsWith(HOST_PREFIX)
        ? cookieName.substring(HOST_PREFIX.length())
        : cookieName;
  }

  private boolean isOurs(String cookieName) {
    return plain(cookieName).equals(name);
  }

  /** The values of ours in a Cookie header (RFC 6265 section 4.2), four at most. */
  List<String> values(@Nullable String cookieHeader) {
    if (cookieHeader == null || !cookieHeader.contains(name)) {
      return List.of();
    }
    List<String> values = new ArrayList<>();
    for (String pair : cookieHeader.split(";", -1)) {
      String value = Cookies.value(pair);
      if (value != null && isOurs(Cookies.name(pair)) && values.size() < MAX_VALUES) {
        values.add(value);
      }
    }
    return values;
  }

  /**
   * The Set-Cookie header for a value. A cookie for other sites' pages must be Secure; without TLS
   * it is for this site's only.
   */
  String set(String value, boolean secure) {
    String site = sameSite.toLowerCase(Locale.ROOT);
    if (!secure) {
      return name
          + "="
          + value
          + "; Path=/; HttpOnly; SameSite="
          + (site.equals("strict") ? "Strict" : "Lax");
    }
    String attributes =
        switch (site) {
          case "none" -> "SameSite=None; Partitioned";
          case "strict" -> "SameSite=Strict";
          default -> "SameSite=Lax";
        };
    return HOST_PREFIX + name + "=" + value + "; Path=/; HttpOnly; Secure; " + attributes;
  }
}
