package dev.selvedge.router;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** What the nodes call a member among themselves: short, and the same on each. */
final class MemberKey {
  private static final int BYTES = 8;

  /** In no address. */
  private static final char SEPARATOR = '\n';

  private MemberKey() {}

  static String of(String pool, String address) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((address + SEPARATOR + pool).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing (every JDK has it)", e);
    }
  }
}
