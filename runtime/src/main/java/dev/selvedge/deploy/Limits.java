package dev.selvedge.deploy;

import dev.selvedge.config.EdgeConfig.WebSocketConfig;
import dev.selvedge.config.OutboundPolicy;
import dev.selvedge.config.SessionConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code limits:} of a manifest: what a function sets for its sessions; where it is silent the
 * node's configuration holds.
 */
public record Limits(
    Optional<Integer> inboundCredit,
    Optional<Integer> outboundLimitBytes,
    Optional<OutboundPolicy> outboundPolicy,
    Optional<Integer> maxFrameBytes,
    Optional<Integer> maxMessageBytes,
    Optional<Duration> heartbeat,
    Optional<Duration> idle,
    Optional<Boolean> compression,
    Optional<Duration> longPollWait,
    Optional<Duration> linger) {

  /** The node's session rules with this function's on top; the same object if there are none. */
  public SessionConfig over(SessionConfig node) {
    return inboundCredit.isEmpty() && outboundLimitBytes.isEmpty() && outboundPolicy.isEmpty()
        ? node
        : new SessionConfig(
            inboundCredit.orElse(node.inboundCredit()),
            outboundLimitBytes.orElse(node.outboundLimitBytes()),
            outboundPolicy.orElse(node.outboundPolicy()));
  }

  /** The node's WebSocket rules with this function's on top. */
  public WebSocketConfig over(WebSocketConfig node) {
    return new WebSocketConfig(
        maxFrameBytes.orElse(node.maxFrameBytes()),
        maxMessageBytes.orElse(node.maxMessageBytes()),
        heartbeat.orElse(node.heartbeat()),
        idle.orElse(node.idle()),
        compression.orElse(node.compression()));
  }
}
