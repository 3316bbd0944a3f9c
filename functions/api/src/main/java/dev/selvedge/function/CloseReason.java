package dev.selvedge.function;

import java.util.List;
import java.util.Optional;

/**
 * Why a session ended. This is the whole catalogue: codes below 4000 are those of RFC 6455 §7.4.1
 * and the IANA registry, those from 4000 on are Selvedge's own; functions may use 4500–4999.
 *
 * @param code the WebSocket close code
 * @param text a short English text, at most 123 bytes in UTF-8 (RFC 6455 §5.5)
 * @param retry whether the client may connect again and hope for better
 */
public record CloseReason(int code, String text, boolean retry) {
  public static final CloseReason NORMAL = new CloseReason(1000, "normal", false);
  public static final CloseReason GOING_AWAY = new CloseReason(1001, "going away", true);
  public static final CloseReason PROTOCOL_ERROR = new CloseReason(1002, "protocol error", false);
  public static final CloseReason UNSUPPORTED_DATA =
      new CloseReason(1003, "unsupported data", false);

  /** The client closed without a code. Never sent. */
  public static final CloseReason NO_STATUS = new CloseReason(1005, "no status", false);

  /** The connection was lost. Never sent. */
  public static final CloseReason LOST = new CloseReason(1006, "connection lost", true);

  public static final CloseReason INVALID_PAYLOAD =
      new CloseReason(1007, "invalid UTF-8 or payload", false);
  public static final CloseReason POLICY_VIOLATION =
      new CloseReason(1008, "policy violation", false);
  public static final CloseReason MESSAGE_TOO_BIG = new CloseReason(1009, "message too big", false);
  public static final CloseReason INTERNAL_ERROR = new CloseReason(1011, "internal error", true);

  /** The node leaves: another one takes the client back. */
  public static final CloseReason SERVICE_RESTART = new CloseReason(1012, "service restart", true);

  public static final CloseReason TRY_AGAIN_LATER = new CloseReason(1013, "try again later", true);

  /** Nothing was received or sent for the route's idle time. */
  public static final CloseReason IDLE = new CloseReason(4001, "idle time-out", true);

  /** The client did not answer a ping in time. */
  public static final CloseReason HEARTBEAT = new CloseReason(4002, "heartbeat time-out", true);

  /** {@code onOpen} failed. */
  public static final CloseReason REFUSED = new CloseReason(4003, "refused", false);

  /** The function is no longer deployed, or no node hosts it. */
  public static final CloseReason FUNCTION_GONE = new CloseReason(4004, "function gone", false);

  /** An operator closed the session. */
  public static final CloseReason KICKED = new CloseReason(4005, "closed by operator", false);

  /** More than the outbound limit waited to be read, and the policy is to disconnect. */
  public static final CloseReason SLOW_CONSUMER = new CloseReason(4008, "slow consumer", true);

  private static final List<CloseReason> CATALOGUE =
      List.of(
          NORMAL,
          GOING_AWAY,
          PROTOCOL_ERROR,
          UNSUPPORTED_DATA,
          NO_STATUS,
          LOST,
          INVALID_PAYLOAD,
          POLICY_VIOLATION,
          MESSAGE_TOO_BIG,
          INTERNAL_ERROR,
          SERVICE_RESTART,
          TRY_AGAIN_LATER,
          IDLE,
          HEARTBEAT,
          REFUSED,
          FUNCTION_GONE,
          KICKED,
          SLOW_CONSUMER);

  /** The catalogue, in order of code. */
  public static List<CloseReason> catalogue() {
    return CATALOGUE;
  }

  /** The catalogue's entry for {@code code}. */
  public static Optional<CloseReason> of(int code) {
    return CATALOGUE.stream().filter(reason -> reason.code == code).findFirst();
  }

  /** The same reason in other words; cut to what a close frame can carry. */
  public CloseReason because(String words) {
    String cut = words;
    while (cut.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 123) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return new CloseReason(code, cut, retry);
  }
}
