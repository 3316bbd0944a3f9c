package dev.selvedge.router;

/** What a connection to a member counts as. */
public enum Traffic {
  /** A WebSocket, an event stream, a connection of layer 4: until both sides are closed. */
  TUNNEL,
  /** A request: until its answer is complete. */
  REQUEST
}
