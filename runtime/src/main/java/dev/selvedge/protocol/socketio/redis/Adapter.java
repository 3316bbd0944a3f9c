package dev.selvedge.protocol.socketio.redis;

import java.util.List;
import java.util.Optional;

/**
 * What peers of one kind agree on: where something is said, where it is heard, and in which form.
 * Any thread.
 */
interface Adapter {
  /** Something to publish. */
  record Publication(String channel, byte[] message) {}

  /** Something that was heard in a namespace. */
  sealed interface Heard {
    record Request(FromPeer from) implements Heard {}

    record Response(PeerResponse response) implements Heard {}
  }

  /** Makes something of a message; empty if it is of no concern. */
  interface Reader {
    Optional<Heard> read(String channel, byte[] message);
  }

  /** Where a node listens, and what it makes of what it hears there. */
  record Ear(Subscription at, Reader reader) {}

  /** Whether channels are those of SPUBLISH. */
  boolean isSharded();

  /** The channel whose subscribers are the servers of a namespace. */
  String counted(String namespace);

  /** A channel that only this node hears. */
  String own(String namespace);

  List<Ear> ears(String namespace);

  /** Whether rooms may have channels of their own. */
  default boolean hasRoomChannels() {
    return false;
  }

  /** The ear for what is said to one room, if that one has a channel of its own. */
  default Optional<Ear> ear(String namespace, String room) {
    return Optional.empty();
  }

  Publication request(String namespace, PeerRequest request);

  /**
   * @param asker the uid of who asked
   */
  Publication response(String namespace, String asker, PeerResponse response);
}
