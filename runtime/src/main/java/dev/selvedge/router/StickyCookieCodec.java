package dev.selvedge.router;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/**
 * The value of a sticky cookie: {@code v1.<key id>.<member id>.<issued>.<seen>.<mac>}, times in
 * decimal seconds of the epoch, ids and mac in URL-safe Base64. The mac is over version, times,
 * member and pool, so no part can be changed and no cookie is good for another pool. Pure.
 */
final class StickyCookieCodec {
  private static final String VERSION = "v1";
  private static final int PARTS = 6;

  /** Nothing that we write is longer. */
  private static final int MAX_LENGTH = 96;

  private static final int MAX_DIGITS = 12;

  private StickyCookieCodec() {}

  static String encode(StickyKey key, String pool, String memberId, long issued, long seen) {
    String body = memberId + "." + issued + "." + seen;
    return VERSION + "." + key.id() + "." + body + "." + mac(key, pool, body);
  }

  /** Empty for whatever none of these keys signed for this pool. Takes the same time for all. */
  static Optional<StickyTicket> decode(StickyKeys keys, String pool, String value) {
    if (value.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String[] parts = value.split("\\.", -1);
    if (parts.length != PARTS || !parts[0].equals(VERSION)) {
      return Optional.empty();
    }
    return keys.find(parts[1])
        .filter(
            key -> matches(mac(key, pool, parts[2] + "." + parts[3] + "." + parts[4]), parts[5]))
        .filter(key -> isNumber(parts[3]) && isNumber(parts[4]))
        .map(
            key ->
                new StickyTicket(
                    key.id(), parts[2], Long.parseLong(parts[3]), Long.parseLong(parts[4])));
  }

  private static String mac(StickyKey key, String pool, String body) {
    byte[] mac = key.sign(VERSION + "." + body + "." + pool);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
  }

  private static boolean matches(String expected, String actual) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.US_ASCII), actual.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
