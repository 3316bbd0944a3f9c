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

  private boolean isOurs(String cookieName) {
    return cookieName.equals(name)
        || cookieName.startsWith(HOST_PREFIX) && cookieName.substring(7).equals(name);
  }

  private static String nameOf(String pair) {
    int equals = pair.indexOf('=');
    return (equals < 0 ? pair : pair.substring(0, equals)).strip();
  }

  /** The values of ours in a Cookie header (RFC 6265 section 4.2), four at most. */
  List<String> values(@Nullable String cookieHeader) {
    if (cookieHeader == null || !cookieHeader.contains(name)) {
      return List.of();
    }
    List<String> values = new ArrayList<>();
    for (String pair : cookieHeader.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && isOurs(nameOf(pair)) && values.size() < MAX_VALUES) {
        values.add(pair.substring(equals + 1).strip());
      }
    }
    return values;
  }

  /** The header without ours, otherwise as it was; null if nothing is left. */
  @Nullable String without(String cookieHeader) {
    if (!cookieHeader.contains(name)) {
      return cookieHeader;
    }
    List<String> left = new ArrayList<>();
    boolean found = false;
    for (String pair : cookieHeader.split(";", -1)) {
      boolean ours = isOurs(nameOf(pair));
      found |= ours;
      if (!ours && !pair.isBlank()) {
        left.add(pair.strip());
      }
    }
    if (!found) {
      return cookieHeader;
    }
    return left.isEmpty() ? null : String.join("; ", left);
  }

  /** Whether a Set-Cookie header (RFC 6265 section 4.1) sets ours. */
  boolean isSetBy(String setCookieHeader) {
    return isOurs(nameOf(setCookieHeader.split(";", 2)[0]));
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
