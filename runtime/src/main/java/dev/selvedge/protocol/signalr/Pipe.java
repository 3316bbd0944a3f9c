package dev.selvedge.protocol.signalr;

import dev.selvedge.function.Transport;

/** The way of a connection's bytes to and from its client. Confined to the connection's lane. */
interface Pipe {
  Transport transport();

  /** Whether bytes pass as they are; if not, only text does. */
  boolean carriesBinary();

  /** Whether the connection sends pings over it. */
  boolean needsPings();

  /**
   * Writes whole hub messages.
   *
   * @param bytes shared, not to be modified
   */
  void write(byte[] bytes, boolean binary);

  /** Whether it takes more now; it tells the connection when it does again. */
  boolean writable();

  /** Bytes that it holds and the client has not taken. */
  long pendingBytes();

  void pauseReading();

  void resumeReading();

  /**
   * Ends it behind what was written. It says nothing to the connection afterwards.
   *
   * @param failed whether the server failed
   */
  void end(boolean failed);

  /** Breaks it, as if it were lost: the client may come back. It says nothing afterwards. */
  default void cutOff() {
    end(true);
  }
}
