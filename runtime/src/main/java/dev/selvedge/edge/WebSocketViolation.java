package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;

/** What the client sent breaks a rule: the connection fails with this reason (RFC 6455 §7.1.7). */
final class WebSocketViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient CloseReason reason;

  WebSocketViolation(CloseReason reason) {
    super(reason.text(), null, false, false);
    this.reason = reason;
  }

  static WebSocketViolation protocolError(String words) {
    return new WebSocketViolation(CloseReason.PROTOCOL_ERROR.because(words));
  }

  CloseReason reason() {
    return reason;
  }
}
