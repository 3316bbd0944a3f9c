package dev.selvedge.deploy;

import java.time.Instant;

/**
 * The class loader of a stopped version that something still holds.
 *
 * @param suspects what probably holds it, in words
 */
public record LeakedLoader(String function, int version, Instant stoppedAt, String suspects) {}
