package dev.selvedge.router;

/**
 * How many clients come through another router for each that comes through this one, of late. What
 * is in front of the routers decides that: DNS, a balancer, clients that know one address only.
 *
 * <p>As long as little is known both count as equal. Not thread-safe.
 */
final class Inflow {
  /** So many clients of each are taken to have come: fewer say nothing of their shares. */
  private static final int EQUAL = 32;

  private final double halfLifeNanos;
  private double theirs;
  private double ours;
  private long theirsBefore;
  private long oursBefore;
  private long heardAt;

  /**
   * Begins with what both have had so far.
   *
   * @param halfLifeNanos after which a client counts for half
   */
  Inflow(long halfLifeNanos, long theirPicks, long ownPicks, long now) {
    this.halfLifeNanos = halfLifeNanos;
    theirsBefore = theirPicks;
    oursBefore = ownPicks;
    heardAt = now;
  }

  /** Both numbers count clients since their router began. */
  void heard(long theirPicks, long ownPicks, long now) {
    double kept = Math.pow(0.5, (now - heardAt) / halfLifeNanos);
    theirs = kept * theirs + (theirPicks - theirsBefore);
    ours = kept * ours + (ownPicks - oursBefore);
    theirsBefore = theirPicks;
    oursBefore = ownPicks;
    heardAt = now;
  }

  /** 1 if as many come there as here. */
  double ratio() {
    return (theirs + EQUAL) / (ours + EQUAL);
  }
}
