/**
 * Whether the members of pools are well: active checks over TCP, HTTP and WebSocket, what clients
 * meet when they connect, and agents. Start at {@link dev.selvedge.health.HealthChecks}. What a
 * member's state means for its clients is {@code router}'s.
 */
@NullMarked
package dev.selvedge.health;

import org.jspecify.annotations.NullMarked;
