package dev.selvedge.protocol.socketio;

/** What a client sent is no packet. Carries a reason and no stack trace. */
final class MalformedPacket extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedPacket(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
