package dev.selvedge.protocol.raw;

import dev.selvedge.function.CloseReason;

/** What a client sent is not a message; the reason says what was found and what was expected. */
final class MalformedMessage extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient CloseReason reason;

  private MalformedMessage(CloseReason reason) {
    super(reason.text(), null, false, false);
    this.reason = reason;
  }

  /** The bytes are not what their type promises, such as text that is not JSON: close code 1007. */
  static MalformedMessage notJson(String why) {
    return new MalformedMessage(CloseReason.INVALID_PAYLOAD.because("not JSON: " + why));
  }

  /** JSON, but no message: close code 1008. */
  static MalformedMessage notMessage(String why) {
    return new MalformedMessage(CloseReason.POLICY_VIOLATION.because(why));
  }

  /** Bytes where only text is expected: close code 1003. */
  static MalformedMessage binary() {
    return new MalformedMessage(
        CloseReason.UNSUPPORTED_DATA.because("binary message (expected: JSON text)"));
  }

  /** Why a WebSocket is closed for it. */
  CloseReason reason() {
    return reason;
  }
}
