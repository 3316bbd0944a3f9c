/**
 * Socket.IO protocol 5 over Engine.IO protocol 4, for unmodified clients. From the wire inwards:
 * {@link dev.selvedge.protocol.socketio.EngineCodec} and {@link
 * dev.selvedge.protocol.socketio.EngineSession} (a connection that survives its change from polling
 * to WebSocket), {@link dev.selvedge.protocol.socketio.PacketCodec} and {@link
 * dev.selvedge.protocol.socketio.SocketClient} (namespaces, each a session of a function). Start at
 * {@link dev.selvedge.protocol.socketio.SocketIoProtocol}. Knows no other protocol.
 */
@NullMarked
package dev.selvedge.protocol.socketio;

import org.jspecify.annotations.NullMarked;
