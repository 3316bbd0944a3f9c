/**
 * ASP.NET Core SignalR: its HTTP transports and its hub protocols, JSON and MessagePack. Start with
 * {@link dev.selvedge.protocol.signalr.SignalRProtocol}, which knows the endpoints; a connection is
 * a {@code HubConnection}, the way of its bytes a {@code Pipe}, and its hub, which has a session of
 * the function, a {@code Hub}. The codecs are pure. Knows nothing of the other protocols.
 */
@NullMarked
package dev.selvedge.protocol.signalr;

import org.jspecify.annotations.NullMarked;
