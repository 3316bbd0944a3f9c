package dev.selvedge.edge;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;

/**
 * A WebSocket as a protocol sees it: whole messages in and out (RFC 6455 §5.4), control frames
 * answered, UTF-8 checked, limits kept. Confined to its event loop, but for what says otherwise.
 *
 * <p>A {@code ByteBuf} given to the {@link Listener} is released by the caller after the listener
 * returns.
 */
public interface WebSocketConnection {
  /** Called once, before the first message can arrive (reading starts with this call). */
  void listen(Listener listener);

  /**
   * Sends a whole message: at the end of the read loop or of this loop tick, or at once.
   * Connections that are sent the same array one after the other share what is made of it. Dropped
   * once the connection is closing. With 2 MiB pending already the connection is closed as a slow
   * consumer: whoever sends is expected to look at {@link #writable} long before.
   *
   * @param payload not modified from here on; UTF-8 if it is a text
   */
  void send(boolean text, byte[] payload);

  /**
   * Sends a Close frame and, when the client's answer came or 10 s passed, closes the socket.
   * Reasons with codes 1005 and 1006 close without a frame.
   */
  void close(CloseReason reason);

  /** Stops reading from the socket: TCP itself then slows the client down. */
  void pauseReading();

  void resumeReading();

  /** Bytes queued and not yet taken by the kernel. */
  long pendingBytes();

  /** False from 64 KiB pending on, true again below 32 KiB. */
  boolean writable();

  /** Events of a connection, on its event loop. */
  interface Listener {
    /** A whole message: {@code text} is valid UTF-8. */
    void message(boolean text, ByteBuf payload);

    /** {@link #writable} has become true again. */
    default void drained() {}

    /**
     * Over, once: why is in the reason (1006 if the socket just went away). After {@link
     * WebSocketConnection#close} it comes with the client's answer or the time-out, never from
     * within that call.
     */
    void closed(CloseReason reason);
  }
}
