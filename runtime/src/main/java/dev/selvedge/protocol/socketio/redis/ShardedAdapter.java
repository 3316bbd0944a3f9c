package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.config.SocketIoPeersConfig.SubscriptionMode;
import java.util.List;
import java.util.Optional;

/** The channels of the sharded adapter: {@code P#N#}, {@code P#N#<uid>#}, {@code P#N#<room>#}. */
final class ShardedAdapter implements Adapter {
  /** Rooms with names of that length are taken for those of one socket each. */
  private static final int SOCKET_ID = 20;

  private final String prefix;
  private final String uid;
  private final SubscriptionMode mode;

  ShardedAdapter(String prefix, String uid, SubscriptionMode mode) {
    this.prefix = prefix;
    this.uid = uid;
    this.mode = mode;
  }

  @Override
  public boolean isSharded() {
    return true;
  }

  @Override
  public String counted(String namespace) {
    return prefix + "#" + namespace + "#";
  }

  @Override
  public String own(String namespace) {
    return counted(namespace) + uid + "#";
  }

  @Override
  public List<Ear> ears(String namespace) {
    return List.of(
        new Ear(Subscription.shard(counted(namespace)), requests(namespace)),
        new Ear(
            Subscription.shard(own(namespace)),
            (channel, message) ->
                ShardedCodec.readResponse(message, namespace).map(Heard.Response::new)));
  }

  private static Reader requests(String namespace) {
    return (channel, message) ->
        ShardedCodec.readRequest(message, namespace).map(Heard.Request::new);
  }

  @Override
  public boolean hasRoomChannels() {
    return mode != SubscriptionMode.STATIC;
  }

  @Override
  public Optional<Ear> ear(String namespace, String room) {
    return hasChannel(room)
        ? Optional.of(new Ear(Subscription.shard(channel(namespace, room)), requests(namespace)))
        : Optional.empty();
  }

  private String channel(String namespace, String room) {
    return counted(namespace) + room + "#";
  }

  private boolean hasChannel(String room) {
    return switch (mode) {
      case STATIC -> false;
      case DYNAMIC -> room.length() != SOCKET_ID;
      case DYNAMIC_PRIVATE -> true;
    };
  }

  @Override
  public Publication request(String namespace, PeerRequest request) {
    byte[] message = ShardedCodec.request(uid, namespace, request);
    boolean toRoom =
        request instanceof PeerRequest.Broadcast broadcast
            && broadcast.to().groups().size() == 1
            && hasChannel(broadcast.to().groups().get(0));
    return toRoom
        ? new Publication(
            channel(namespace, ((PeerRequest.Broadcast) request).to().groups().get(0)), message)
        : new Publication(counted(namespace), message);
  }

  @Override
  public Publication response(String namespace, String asker, PeerResponse response) {
    return new Publication(
        counted(namespace) + asker + "#", ShardedCodec.response(uid, namespace, response));
  }
}
