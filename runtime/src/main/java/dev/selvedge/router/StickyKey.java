package dev.selvedge.router;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One generation of what sticky cookies are made with, derived from the cluster's secret, so that
 * every node has the same. Immutable.
 */
final class StickyKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MAC_BYTES = 16;
  private static final int ID_BYTES = 8;
  private static final int KEY_ID_BYTES = 3;

  /** In no address. */
  private static final char SEPARATOR = '\n';

  private final String id;
  private final SecretKeySpec signing;
  private final SecretKeySpec naming;

  StickyKey(String secret) {
    byte[] root = secret.getBytes(StandardCharsets.UTF_8);
    SecretKeySpec rootKey = new SecretKeySpec(root, ALGORITHM);
    this.signing = new SecretKeySpec(mac(rootKey, "selvedge sticky sign"), ALGORITHM);
    this.naming = new SecretKeySpec(mac(rootKey, "selvedge sticky name"), ALGORITHM);
    this.id = text(mac(rootKey, "selvedge sticky key id"), KEY_ID_BYTES);
  }

  /** Tells the generations apart; tells nothing of the key. */
  String id() {
    return id;
  }

  /**
   * What cookies call a member: the same on each node and when the member returns, no address to
   * those who have not the key.
   */
  String memberId(String pool, String address) {
    return text(mac(naming, address + SEPARATOR + pool), ID_BYTES);
  }

  /** HMAC-SHA256, its first 128 bits. */
  byte[] sign(String text) {
    return Arrays.copyOf(mac(signing, text), MAC_BYTES);
  }

  private static String text(byte[] bytes, int length) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, length));
  }

  private static byte[] mac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is missing (every JDK has it)", e);
    }
  }
}
