package dev.selvedge.config;

/**
 * {@code session:} in {@code selvedge.yaml}; a function's manifest may override it.
 *
 * @param inboundCredit unprocessed messages of a session before its socket is not read; default 32
 * @param outboundLimitBytes unsent bytes of a session before the policy applies; default 1 MiB
 * @param outboundPolicy default {@code disconnect}
 */
public record SessionConfig(
    int inboundCredit, int outboundLimitBytes, OutboundPolicy outboundPolicy) {
  public SessionConfig {
    Checks.inRange("session.inbound-credit", inboundCredit, 1, 65_536);
    Checks.sizeInRange("session.outbound-limit", outboundLimitBytes, 1, 1024 * 1024 * 1024);
  }

  public static final SessionConfig DEFAULT =
      new SessionConfig(32, 1024 * 1024, OutboundPolicy.DISCONNECT);
}
