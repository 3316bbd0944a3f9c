package dev.selvedge.session;

import dev.selvedge.fabric.NodeId;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * Session ids as text of 20 characters of base64url, the length that Socket.IO servers tell ids
 * from room names by: 42 bits for the node, 10 for the lane, 68 random ones.
 */
final class ShortId {
  static final int LENGTH = 20;

  private static final int RANDOM_BITS = 68;
  private static final int RANDOM_DIGITS = RANDOM_BITS / 4;
  private static final int LANE_BITS = 10;
  private static final int BYTES = 15;
  private static final int NODE_LENGTH = 8;

  /** The characters of a node id are digits of base 36: letters first, as in {@link NodeId}. */
  private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  private ShortId() {}

  static boolean isShort(SessionId id) {
    return id.random().length() == RANDOM_DIGITS;
  }

  /** The random part of a new id. */
  static String random(SecureRandom random) {
    return digits(new BigInteger(RANDOM_BITS, random));
  }

  private static String digits(BigInteger number) {
    String digits = number.toString(16);
    return "0".repeat(RANDOM_DIGITS - digits.length()) + digits;
  }

  static String format(SessionId id) {
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < NODE_LENGTH; i++) {
      int digit = DIGITS.indexOf(id.node().value().charAt(i));
      number = number.multiply(BASE).add(BigInteger.valueOf(digit));
    }
    number = number.shiftLeft(LANE_BITS).add(BigInteger.valueOf(id.lane()));
    number = number.shiftLeft(RANDOM_BITS).add(new BigInteger(id.random(), 16));
    byte[] bytes = new byte[BYTES];
    byte[] found = number.toByteArray();
    int length = Math.min(found.length, BYTES);
    System.arraycopy(found, found.length - length, bytes, BYTES - length, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static Optional<SessionId> parse(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    BigInteger number = new BigInteger(1, bytes);
    String random = digits(number.mod(BigInteger.ONE.shiftLeft(RANDOM_BITS)));
    BigInteger place = number.shiftRight(RANDOM_BITS);
    int lane = place.mod(BigInteger.ONE.shiftLeft(LANE_BITS)).intValue();
    return node(place.shiftRight(LANE_BITS)).map(node -> new SessionId(node, lane, random));
  }

  private static Optional<NodeId> node(BigInteger value) {
    StringBuilder name = new StringBuilder(NODE_LENGTH);
    BigInteger rest = value;
    for (int i = 0; i < NODE_LENGTH; i++) {
      BigInteger[] divided = rest.divideAndRemainder(BASE);
      name.append(DIGITS.charAt(divided[1].intValue()));
      rest = divided[0];
    }
    return rest.signum() == 0
        ? Optional.of(new NodeId(name.reverse().toString()))
        : Optional.empty();
  }
}
