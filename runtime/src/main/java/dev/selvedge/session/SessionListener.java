package dev.selvedge.session;

import dev.selvedge.function.CloseReason;

/**
 * Told what happens to this node's sessions, for meters and logs. Called on the sessions' lanes.
 */
public interface SessionListener {
  SessionListener NONE = new SessionListener() {};

  default void opened(ClientSession session) {}

  default void closed(ClientSession session, CloseReason reason) {}

  /** A message came from the client. */
  default void received(ClientSession session) {}

  /** A message is on its way to the client. */
  default void sent(ClientSession session) {}

  /** The session was bound to another instance. */
  default void rebound(ClientSession session) {}

  /** An unsent event was dropped by the outbound policy. */
  default void dropped(ClientSession session) {}

  /** A message was published to a group from this node. */
  default void published(String group) {}
}
