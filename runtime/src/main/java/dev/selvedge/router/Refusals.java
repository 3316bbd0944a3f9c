package dev.selvedge.router;

/** What a client is told that gets no member. */
final class Refusals {
  private static final int MAX_RETRY_SECONDS = 30;

  private Refusals() {}

  static String text(RouterException.Reason why, PoolSpec spec) {
    return "pool "
        + spec.name()
        + switch (why) {
          case NO_MEMBER -> " has no member up";
          case QUEUE_FULL -> " is at its limits, and " + spec.queue().depth() + " clients wait";
          case QUEUE_TIMEOUT ->
              " had no place free in " + spec.queue().timeout().toMillis() + " ms";
          case MEMBER_GONE -> " is strict, and the client's member takes it no more";
          case ABANDONED -> ": the client has gone";
        };
  }

  /** Spread over twice the time that one may wait, so that not all come back together. */
  static int retryAfter(PoolSpec spec, Timing timing) {
    long most = Math.max(2, Math.min(MAX_RETRY_SECONDS, 2 * spec.queue().timeout().toSeconds()));
    return 1 + timing.random().nextInt((int) most);
  }
}
