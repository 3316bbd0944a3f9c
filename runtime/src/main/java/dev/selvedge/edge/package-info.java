/**
 * HTTP and the clients' sockets: listener, limits, exchanges, WebSockets. Start at {@link
 * dev.selvedge.edge.Exchange}. Knows no session and no other node.
 */
@NullMarked
package dev.selvedge.edge;

import org.jspecify.annotations.NullMarked;
