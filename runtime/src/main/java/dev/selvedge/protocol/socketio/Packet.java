package dev.selvedge.protocol.socketio;

import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO packet.
 *
 * @param namespace {@code /} is the main one
 * @param id of the acknowledgement that is asked for or given; -1 for none
 * @param data a JsonObject, a JsonArray or a String; null if there is none
 * @param attachments how many binary messages follow and are to be put into the data
 */
record Packet(Type type, String namespace, long id, @Nullable Object data, int attachments) {
  static final String MAIN = "/";
  static final long NO_ID = -1;

  /** In the order of their digits. */
  enum Type {
    CONNECT,
    DISCONNECT,
    EVENT,
    ACK,
    CONNECT_ERROR,
    BINARY_EVENT,
    BINARY_ACK;

    private static final Type[] ALL = values();

    /** The type of a digit of 0 to 6. */
    static Type of(int digit) {
      return ALL[digit];
    }

    boolean isBinary() {
      return this == BINARY_EVENT || this == BINARY_ACK;
    }

    /** What a binary packet is when its attachments are in their places. */
    Type whole() {
      return this == BINARY_EVENT ? EVENT : this == BINARY_ACK ? ACK : this;
    }

    /** What a packet with bytes in its data is on the wire. */
    Type withAttachments() {
      return this == EVENT ? BINARY_EVENT : BINARY_ACK;
    }
  }

  /** The packet with its attachments in their places. */
  Packet whole() {
    return new Packet(type.whole(), namespace, id, data, 0);
  }
}
