package dev.selvedge.edge;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a client's connection is secured; connections that are secured alike share one.
 *
 * @param encrypted whether it is TLS
 * @param names whom the connection was opened for, as the shown certificate has it; null if
 *     requests for any host may come over it
 * @param hsts what answers say about the time that browsers shall come encrypted for (RFC 6797), or
 *     null
 */
record ConnectionSecurity(boolean encrypted, @Nullable List<String> names, @Nullable String hsts) {
  static final ConnectionSecurity PLAIN = new ConnectionSecurity(false, null, null);

  /**
   * Whether requests for this host may come over the connection (RFC 9110 §7.4).
   *
   * @param authority the Host header, with or without a port; null for none
   */
  boolean serves(@Nullable String authority) {
    if (names == null || authority == null) {
      return true;
    }
    String host = hostOf(authority);
    return names.stream().anyMatch(name -> matches(name, host));
  }

  private static String hostOf(String authority) {
    int colon = authority.lastIndexOf(':');
    String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return bare.toLowerCase(Locale.ROOT);
  }

  /** Whether a name of a certificate is that of the host (RFC 9525 §6.3). */
  static boolean matches(String name, String host) {
    if (!name.startsWith("*.")) {
      return name.equals(host);
    }
    int dot = host.indexOf('.');
    return dot > 0 && name.substring(1).equals(host.substring(dot));
  }
}
