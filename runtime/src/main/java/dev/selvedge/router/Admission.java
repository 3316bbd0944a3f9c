package dev.selvedge.router;

import io.vertx.core.Future;

/**
 * A client's wait for a member. On the event loop that asked for it.
 *
 * @param lease completes on that loop; fails with a {@link RouterException}
 * @param abandon the client is gone: its place in the queue is free; a lease that was given already
 *     is not touched
 */
public record Admission(Future<Lease> lease, Runnable abandon) {}
