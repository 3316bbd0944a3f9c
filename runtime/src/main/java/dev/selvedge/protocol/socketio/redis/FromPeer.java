package dev.selvedge.protocol.socketio.redis;

/**
 * A request with the name of who made it.
 *
 * @param uid of the peer; empty if it did not say, as the emitter does not
 */
record FromPeer(String uid, PeerRequest request) {}
