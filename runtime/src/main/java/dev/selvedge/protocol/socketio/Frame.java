package dev.selvedge.protocol.socketio;

import java.nio.charset.StandardCharsets;

/**
 * An Engine.IO packet as it goes out: a text with its type's digit in front, or the bytes of a
 * binary message, which have none. May be shared by many connections.
 *
 * @param bytes UTF-8 if it is a text; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a copy would defeat the sharing
record Frame(boolean text, byte[] bytes) {
  static Frame text(String text) {
    return new Frame(true, text.getBytes(StandardCharsets.UTF_8));
  }

  static Frame binary(byte[] bytes) {
    return new Frame(false, bytes);
  }

  int length() {
    return bytes.length;
  }
}
