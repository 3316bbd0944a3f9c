package dev.selvedge.session;

import dev.selvedge.config.OutboundPolicy;

/** The bounds of a function's sessions; see {@link dev.selvedge.config.SessionConfig}. */
public record SessionRules(
    int inboundCredit, int outboundLimitBytes, OutboundPolicy outboundPolicy) {
  public static final SessionRules DEFAULT =
      new SessionRules(32, 1024 * 1024, OutboundPolicy.DISCONNECT);
}
