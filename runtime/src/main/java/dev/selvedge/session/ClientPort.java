package dev.selvedge.session;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;

/**
 * The client's side of a session: what a protocol implements over a transport. The session calls it
 * on its lane only.
 */
public interface ClientPort {
  Transport transport();

  /**
   * Writes a message towards the client. Called while {@link #writable}, and once more at the end
   * of the session with all that still waits, before {@link #close}.
   */
  void send(Outbound message);

  /** Whether the transport takes more now; if not, it calls {@link ClientSession#drained} later. */
  boolean writable();

  /** Bytes that the transport holds and the client has not taken. */
  long pendingBytes();

  /**
   * The function has let the client in: its {@code onOpen} has succeeded. Called once. A port that
   * has to tell its client before anything else is not {@link #writable} until then.
   */
  default void accepted() {}

  /**
   * The function has refused the client: its {@code onOpen} has failed. The session is over.
   *
   * @param why what the function has to say about it
   */
  default void refused(CloseReason reason, ReplyError why) {
    close(reason);
  }

  /** Ends the transport, telling the client why. The session is over already. */
  void close(CloseReason reason);

  /** The same, with whatever else the client does over its connection. */
  default void hangUp(CloseReason reason) {
    close(reason);
  }

  /** Another edge has the session from now on: the client is to find it there. */
  default void handedOver(CloseReason reason) {
    close(reason);
  }

  /** The function is behind: stop reading from the client. */
  void pauseReading();

  void resumeReading();
}
