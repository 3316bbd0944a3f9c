package dev.selvedge.config;

import java.util.Locale;

/** What happens to a session whose client reads too slowly, once the outbound limit is reached. */
public enum OutboundPolicy {
  /** The session is closed with {@code SLOW_CONSUMER}. */
  DISCONNECT,
  /** The oldest unsent events are dropped; replies are kept. */
  DROP_OLDEST,
  /** A waiting event is replaced by a newer one with the same key; without a key, drop-oldest. */
  CONFLATE;

  /** The name in configuration and manifests: {@code disconnect}, {@code drop-oldest}, … */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
