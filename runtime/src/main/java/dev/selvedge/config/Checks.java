package dev.selvedge.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The rules that the records apply to their values; each throws {@link ConfigException}. */
final class Checks {
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+):([0-9]{1,5})");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,1024}");

  private Checks() {}

  static void inRange(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ConfigException(key, value, least + ".." + most);
    }
  }

  /** A number of bytes; the bounds are shown as they would be written. */
  static void sizeInRange(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ConfigException(
          key, Values.sizeText(value), Values.sizeText(least) + ".." + Values.sizeText(most));
    }
  }

  static void durationInRange(String key, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new ConfigException(
          key,
          Values.durationText(value),
          Values.durationText(least) + ".." + Values.durationText(most));
    }
  }

  static void notBlank(String key, String value) {
    if (value.isBlank()) {
      throw new ConfigException(key, "(empty)", "a host name or address");
    }
  }

  static void hostAndPort(String key, String value) {
    var match = HOST_AND_PORT.matcher(value);
    if (!match.matches() || !isPort(match.group(2))) {
      throw new ConfigException(key, value, "host:port, such as 10.0.0.7:5701");
    }
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port >= 1 && port <= 65_535;
  }

  /** An address with the length of its network, such as {@code 10.0.0.0/8}; a bare one is whole. */
  static void cidr(String key, String value) {
    int slash = value.indexOf('/');
    String address = slash < 0 ? value : value.substring(0, slash);
    int bits = slash < 0 ? 0 : prefixLength(value.substring(slash + 1));
    boolean v4 = IPV4.matcher(address).matches() && octetsInRange(address) && bits <= 32;
    boolean v6 = IPV6.matcher(address).matches() && bits <= 128;
    if (bits < 0 || !(v4 || v6)) {
      throw new ConfigException(key, value, "an address block such as 10.0.0.0/8 or fd00::/8");
    }
  }

  private static int prefixLength(String digits) {
    return digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
  }

  private static boolean octetsInRange(String address) {
    for (String octet : List.of(address.split("\\."))) {
      if (Integer.parseInt(octet) > 255) {
        return false;
      }
    }
    return true;
  }

  /** {@code *}, or an origin as browsers send it (RFC 6454 §6.2). */
  static void origin(String key, String value) {
    if (!value.equals("*") && !isOrigin(value)) {
      throw new ConfigException(key, value, "* or scheme://host[:port], without a path");
    }
  }

  private static boolean isOrigin(String value) {
    try {
      URI uri = new URI(value);
      return uri.getScheme() != null
          && uri.getHost() != null
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawUserInfo() == null;
    } catch (java.net.URISyntaxException notAnOrigin) {
      return false;
    }
  }

  /** A credential: its value is never shown. */
  static void credential(String key, String value) {
    if (!VISIBLE.matcher(value).matches()) {
      throw new ConfigException(
          key,
          "(" + value.length() + " characters, not shown)",
          "1..1024 visible ASCII characters without spaces");
    }
  }

  static void store(String key, String value) {
    boolean redis = value.startsWith("redis://") || value.startsWith("rediss://");
    boolean usable =
        value.equals("memory") || value.equals("hazelcast") || (redis && hasHost(value));
    if (!usable) {
      throw new ConfigException(
          key,
          redis ? Values.withoutPassword(value) : value,
          "memory, hazelcast or redis://host[:port]");
    }
  }

  static void redis(String key, String value) {
    boolean redis = value.startsWith("redis://") || value.startsWith("rediss://");
    if (!redis || !hasHost(value)) {
      throw new ConfigException(
          key, Values.withoutPassword(value), "redis://[[user]:password@]host[:port]");
    }
  }

  private static boolean hasHost(String value) {
    try {
      return new URI(value).getHost() != null;
    } catch (java.net.URISyntaxException notAUrl) {
      return false;
    }
  }
}
