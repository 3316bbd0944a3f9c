package dev.selvedge.edge;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed on with a client about permessage-deflate (RFC 7692 §7.1). No context is taken
 * over in either direction, whatever the client offers.
 *
 * @param answer the value of our Sec-WebSocket-Extensions
 * @param windowBits how far the client can look back when it inflates
 */
record DeflateTerms(String answer, int windowBits) {
  static final int MAX_WINDOW_BITS = 15;

  private static final String NAME = "permessage-deflate";

  /**
   * The answer to the first acceptable one of a client's offers (RFC 7692 §5.1), or null if there
   * is none: an offer with an unknown, repeated or ill-formed parameter is declined.
   *
   * @param offers the value of Sec-WebSocket-Extensions
   */
  static @Nullable DeflateTerms negotiate(@Nullable String offers) {
    if (offers == null) {
      return null;
    }
    for (String offer : offers.split(",")) {
      DeflateTerms terms = accept(offer.split(";"));
      if (terms != null) {
        return terms;
      }
    }
    return null;
  }

  private static @Nullable DeflateTerms accept(String[] offer) {
    if (!offer[0].strip().equals(NAME)) {
      return null;
    }
    String answer = NAME + "; server_no_context_takeover; client_no_context_takeover";
    int windowBits = MAX_WINDOW_BITS;
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < offer.length; i++) {
      int equals = offer[i].indexOf('=');
      String name = (equals < 0 ? offer[i] : offer[i].substring(0, equals)).strip();
      String value = equals < 0 ? null : offer[i].substring(equals + 1).strip();
      name = name.toLowerCase(Locale.ROOT);
      if (!seen.add(name) || !isAcceptable(name, value)) {
        return null;
      }
      if (name.equals("server_max_window_bits") && value != null) {
        windowBits = windowBits(value);
        answer += "; server_max_window_bits=" + windowBits;
      }
    }
    return new DeflateTerms(answer, windowBits);
  }

  /** Whatever window the client has when it deflates, ours is the largest. */
  private static boolean isAcceptable(String name, @Nullable String value) {
    return switch (name) {
      case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
      case "client_max_window_bits" -> value == null || windowBits(value) > 0;
      case "server_max_window_bits" -> value != null && windowBits(value) > 0;
      default -> false;
    };
  }

  /** 8 to 15, or -1. */
  private static int windowBits(String value) {
    String digits =
        value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
            ? value.substring(1, value.length() - 1)
            : value;
    return digits.matches("[89]|1[0-5]") ? Integer.parseInt(digits) : -1;
  }
}
