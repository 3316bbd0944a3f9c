package dev.selvedge.deploy;

/**
 * A path that leads to a function.
 *
 * @param path matches itself and what follows after a slash
 * @param assets of the serving version; none until its artifact has reached this node
 */
public record PublishedRoute(String path, ServedFunction function, Assets assets) {}
