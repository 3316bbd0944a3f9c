package dev.selvedge.protocol.socketio;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * An Engine.IO packet from a client.
 *
 * @param text what follows the type; empty for a binary message
 * @param binary the bytes of a binary message, else null
 */
record EnginePacket(Type type, String text, @Nullable Buffer binary) {
  /** In the order of their digits. */
  enum Type {
    OPEN,
    CLOSE,
    PING,
    PONG,
    MESSAGE,
    UPGRADE,
    NOOP;

    private static final Type[] ALL = values();

    /** The type of a digit of 0 to 6. */
    static Type of(int digit) {
      return ALL[digit];
    }
  }

  static EnginePacket text(Type type, String text) {
    return new EnginePacket(type, text, null);
  }

  static EnginePacket binary(Buffer bytes) {
    return new EnginePacket(Type.MESSAGE, "", bytes);
  }
}
