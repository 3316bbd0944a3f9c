package dev.selvedge.router;

/**
 * A listener of layer 4 as it is wanted: each connection to it becomes a tunnel to a member.
 *
 * @param host the address that it listens on
 * @param port 0 for any free one
 * @param pool the name of a pool of kind {@code tcp}
 */
public record ListenerSpec(String name, String host, int port, String pool) {}
