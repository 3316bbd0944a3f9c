package dev.selvedge.router;

/** What a member does at the moment, by operator, agent, health and drain together. */
public enum MemberState {
  /** Takes everybody. */
  UP(true, true),
  /** Takes only clients that stick to it: wanted so by the operator or the member's agent. */
  DISABLED(false, true),
  /** Takes nobody; what is connected stays: wanted so by the operator or the member's agent. */
  FORCED_OFFLINE(false, false),
  /** Its checks fail: takes nobody; {@link PoolSpec.OnDown} says what happens to its tunnels. */
  DOWN(false, false),
  /** Taken out of the pool; stays in sight until its last connection has ended. */
  DRAINING(false, false),
  /** Its tunnels are being closed, paced; takes nobody meanwhile. */
  CLOSING(false, false);

  private final boolean takesNew;
  private final boolean takesSticky;

  MemberState(boolean takesNew, boolean takesSticky) {
    this.takesNew = takesNew;
    this.takesSticky = takesSticky;
  }

  public boolean takesNew() {
    return takesNew;
  }

  public boolean takesSticky() {
    return takesSticky;
  }
}
