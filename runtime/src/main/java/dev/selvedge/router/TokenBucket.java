package dev.selvedge.router;

/**
 * Lets through so many a second, evenly: at most a tenth of a second's worth, and at least one, at
 * once. Guarded by its pool.
 */
final class TokenBucket {
  private static final double SECOND = 1e9;
  private static final double BURST_SECONDS = 0.1;

  private int perSecond;
  private double tokens;
  private long at;

  /**
   * Another rate; what was saved up is kept as far as the new one allows it.
   *
   * @param rate 0: no limit
   */
  void rate(int rate, long now) {
    if (rate != perSecond) {
      refill(now);
      tokens = perSecond == 0 ? burst(rate) : Math.min(tokens, burst(rate));
      perSecond = rate;
      at = now;
    }
  }

  boolean has(long now) {
    refill(now);
    return perSecond == 0 || tokens >= 1;
  }

  /** May go below zero: a client that may exceed the limits delays those after it. */
  void take(long now) {
    refill(now);
    if (perSecond > 0) {
      tokens = Math.max(tokens - 1, -perSecond);
    }
  }

  /** Time until there is a token. */
  long untilNext(long now) {
    return has(now) ? 0 : (long) Math.ceil((1 - tokens) / perSecond * SECOND);
  }

  private void refill(long now) {
    tokens = Math.min(burst(perSecond), tokens + (now - at) / SECOND * perSecond);
    at = now;
  }

  private static double burst(int rate) {
    return Math.max(1, rate * BURST_SECONDS);
  }
}
