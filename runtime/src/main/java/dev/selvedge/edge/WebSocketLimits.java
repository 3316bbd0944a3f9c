package dev.selvedge.edge;

import java.time.Duration;

/**
 * What a WebSocket may do.
 *
 * @param maxFrameBytes payload of one frame; beyond it, close 1009
 * @param maxMessageBytes payload of a whole message, inflated; beyond it, close 1009
 * @param heartbeat a ping is sent when nothing came for so long; no answer for as long again is a
 *     heartbeat time-out; zero for none
 * @param idle the socket is closed when no message went either way for so long; zero for never
 * @param compression whether permessage-deflate (RFC 7692) may be negotiated
 */
public record WebSocketLimits(
    int maxFrameBytes,
    int maxMessageBytes,
    Duration heartbeat,
    Duration idle,
    boolean compression) {
  public static final WebSocketLimits DEFAULT =
      new WebSocketLimits(64 * 1024, 256 * 1024, Duration.ofSeconds(25), Duration.ZERO, false);
}
