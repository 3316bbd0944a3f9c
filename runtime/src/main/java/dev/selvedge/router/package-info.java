/**
 * Which member gets it: routes, pools, members, policies, stickiness, limits. Start at {@link
 * dev.selvedge.router.RouteTable} for where a request leads and at {@link dev.selvedge.router.Pool}
 * for how a member is found. It passes no bytes (that is {@code relay}) and knows nothing of
 * sockets, sessions or protocols.
 */
@NullMarked
package dev.selvedge.router;

import org.jspecify.annotations.NullMarked;
