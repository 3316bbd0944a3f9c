package dev.selvedge.router;

/** Whether a member can take one more. */
enum Room {
  FREE,
  /** Slots of its limit have been asked for: an answer is on the way. */
  ASKED,
  /** It gets no more new tunnels at this moment. */
  LATER,
  /** At its limit: not active. */
  FULL
}
