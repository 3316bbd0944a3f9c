package dev.selvedge.edge;

/** What an edge counts. Called on the event loops: implementations must not block. */
public interface EdgeMetrics {
  EdgeMetrics NONE = new EdgeMetrics() {};

  /** A TCP connection was accepted; each is followed by one {@link #connectionClosed}. */
  default void connectionOpened() {}

  default void connectionClosed() {}

  /**
   * A connection or request was refused by a limit or rule of the edge itself.
   *
   * @param why a word of the error's code, such as {@code header-too-large}
   */
  default void refused(String why) {}

  /** An answer was begun. */
  default void answered(int status) {}

  default void webSocketOpened() {}

  /** A WebSocket is over, with the code that {@code CloseReason} names. */
  default void webSocketClosed(int code) {}
}
