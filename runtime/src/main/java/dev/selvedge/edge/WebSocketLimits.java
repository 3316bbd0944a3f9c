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
 * @param namesNormalEnd whether a client's Close frame without a code is answered by one with 1000;
 *     if not, by one without a code as well (RFC 6455 §5.5.1)
 */
public record WebSocketLimits(
    int maxFrameBytes,
    int maxMessageBytes,
    Duration heartbeat,
    Duration idle,
    boolean compression,
    boolean namesNormalEnd) {
  public static final WebSocketLimits DEFAULT =
      new WebSocketLimits(64 * 1024, 256 * 1024, Duration.ofSeconds(25), Duration.ZERO, false);

  public WebSocketLimits(
      int maxFrameBytes,
      int maxMessageBytes,
      Duration heartbeat,
      Duration idle,
      boolean compression) {
    this(maxFrameBytes, maxMessageBytes, heartbeat, idle, compression, false);
  }

  /** The same, with a normal end named. */
  public WebSocketLimits namingNormalEnd() {
    return new WebSocketLimits(maxFrameBytes, maxMessageBytes, heartbeat, idle, compression, true);
  }
}
