package dev.selvedge.deploy;

import java.time.Instant;

/**
 * An event loop that did nothing else for more than a second.
 *
 * @param function whose code was on its stack; {@code runtime} if none's was
 * @param version of the function; 0 for the runtime
 * @param lane the index of the lane
 * @param count how often this version has stalled on this node, this time included
 * @param millis how long it had stalled when it was last seen
 * @param over whether the event loop turns again
 * @param where the top of the stack, one frame a line
 */
public record Stall(
    String function,
    int version,
    int lane,
    Instant since,
    int count,
    long millis,
    boolean over,
    String where) {}
