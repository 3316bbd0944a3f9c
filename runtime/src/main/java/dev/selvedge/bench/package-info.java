/**
 * A load generator for WebSocket servers, this one's or another's. Start at {@link
 * dev.selvedge.bench.Bench}: the three kinds of run; then {@code Swarm} (the connections), {@code
 * Client} (one of them) and {@code Dialect} (what is spoken over it). It speaks RFC 6455 itself, on
 * Netty, with as little work for each message as can be, and knows nothing of the runtime.
 */
@NullMarked
package dev.selvedge.bench;

import org.jspecify.annotations.NullMarked;
