package dev.selvedge.router;

/** The ramp of a member's weight after it came up. Guarded by its pool. */
final class SlowStart {
  /** What a member has at the very beginning: something, or nobody would ever come. */
  private static final double FLOOR = 0.01;

  private boolean ramping;
  private long since;

  /** The member takes new clients from now on. */
  void begin(long now) {
    ramping = true;
    since = now;
  }

  /**
   * @param nanos how long the ramp is
   */
  boolean isRamping(long now, long nanos) {
    ramping = ramping && now - since < nanos;
    return ramping;
  }

  /** The share of its weight that the member has, linear in time. */
  double share(long now, long nanos) {
    return isRamping(now, nanos) ? Math.max(FLOOR, (double) (now - since) / nanos) : 1;
  }
}
