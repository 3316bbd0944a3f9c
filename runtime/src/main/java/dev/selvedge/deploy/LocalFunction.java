package dev.selvedge.deploy;

import java.util.Optional;

/**
 * A version of a function on this node.
 *
 * @param state {@code starting}, {@code ready}, {@code failed} or {@code draining}
 * @param instances 0 unless ready or draining
 * @param problem why it failed
 */
public record LocalFunction(
    String name, int version, String state, int instances, Optional<String> problem) {}
