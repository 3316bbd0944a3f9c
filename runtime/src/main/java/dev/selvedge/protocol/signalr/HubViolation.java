package dev.selvedge.protocol.signalr;

import dev.selvedge.function.CloseReason;

/** The client broke the hub protocol; the connection ends. The text names no values of it. */
final class HubViolation extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient CloseReason reason;

  private HubViolation(CloseReason reason, String text) {
    super(text, null, false, false);
    this.reason = reason;
  }

  static HubViolation malformed(String text) {
    return new HubViolation(CloseReason.PROTOCOL_ERROR.because(text), text);
  }

  /**
   * @param limit the largest size in bytes
   */
  static HubViolation tooBig(int limit) {
    String text =
        "The maximum message size of "
            + limit
            + "B was exceeded. The message size can be configured as signalr.max-message.";
    return new HubViolation(CloseReason.MESSAGE_TOO_BIG, text);
  }

  CloseReason reason() {
    return reason;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
