/**
 * Passes requests on to the members of pools: HTTP exchange by exchange, WebSockets and bytes as
 * tunnels. Start at {@link dev.selvedge.relay.Gateway}. Which member gets a request is {@code
 * router}'s; the client's side of a socket is {@code edge}'s.
 */
@NullMarked
package dev.selvedge.relay;

import org.jspecify.annotations.NullMarked;
