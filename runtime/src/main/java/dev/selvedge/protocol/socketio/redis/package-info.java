/**
 * Being a peer of Socket.IO servers that share a Redis ({@code @socket.io/redis-adapter}). Each
 * node is a peer of its own; what the nodes of this cluster tell each other goes over the fabric
 * and is passed over here. Start at {@link dev.selvedge.protocol.socketio.redis.RedisPeers}; the
 * forms of messages are those of {@link dev.selvedge.protocol.socketio.redis.ClassicCodec} and
 * {@link dev.selvedge.protocol.socketio.redis.ShardedCodec}. Knows no sockets and no packets.
 */
@NullMarked
package dev.selvedge.protocol.socketio.redis;

import org.jspecify.annotations.NullMarked;
