package dev.selvedge.protocol.socketio.redis;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The channels of the classic adapter: {@code P#N#…}, {@code P-request#N#}, {@code P-response#N#…}.
 */
final class ClassicAdapter implements Adapter {
  private final String prefix;
  private final String uid;
  private final boolean ownChannels;
  private final Predicate<String> mayHave;

  /**
   * @param ownChannels whether a response goes to the asker's own channel
   * @param mayHave whether anybody here may be in a room: what is said to other rooms is not read
   */
  ClassicAdapter(String prefix, String uid, boolean ownChannels, Predicate<String> mayHave) {
    this.prefix = prefix;
    this.uid = uid;
    this.ownChannels = ownChannels;
    this.mayHave = mayHave;
  }

  @Override
  public boolean isSharded() {
    return false;
  }

  private String broadcasts(String namespace) {
    return prefix + "#" + namespace + "#";
  }

  private String requests(String namespace) {
    return prefix + "-request#" + namespace + "#";
  }

  private String responses(String namespace) {
    return prefix + "-response#" + namespace + "#";
  }

  @Override
  public String counted(String namespace) {
    return requests(namespace);
  }

  @Override
  public String own(String namespace) {
    return responses(namespace) + uid + "#";
  }

  @Override
  public List<Ear> ears(String namespace) {
    Reader response =
        (channel, message) -> ClassicCodec.readResponse(message).map(Heard.Response::new);
    return List.of(
        new Ear(
            Subscription.prefix(broadcasts(namespace)),
            (channel, message) -> broadcast(namespace, channel, message)),
        new Ear(
            Subscription.channel(requests(namespace)),
            (channel, message) ->
                ClassicCodec.readRequest(message, namespace).map(Heard.Request::new)),
        new Ear(Subscription.channel(responses(namespace)), response),
        new Ear(Subscription.channel(own(namespace)), response));
  }

  private Optional<Heard> broadcast(String namespace, String channel, byte[] message) {
    int start = broadcasts(namespace).length();
    if (!channel.startsWith(broadcasts(namespace))) {
      return Optional.empty();
    }
    String room = channel.length() > start ? channel.substring(start, channel.length() - 1) : "";
    if (!room.isEmpty() && !mayHave.test(room)) {
      return Optional.empty();
    }
    return ClassicCodec.readBroadcast(message, namespace).map(Heard.Request::new);
  }

  @Override
  public Publication request(String namespace, PeerRequest request) {
    if (!(request instanceof PeerRequest.Broadcast broadcast)) {
      return new Publication(requests(namespace), ClassicCodec.request(uid, namespace, request));
    }
    List<String> rooms = broadcast.to().groups();
    String channel = broadcasts(namespace) + (rooms.size() == 1 ? rooms.get(0) + "#" : "");
    return new Publication(channel, ClassicCodec.broadcast(uid, namespace, broadcast));
  }

  /** Answers of servers go to everybody's channel whatever the setting: askers listen there. */
  @Override
  public Publication response(String namespace, String asker, PeerResponse response) {
    boolean toAsker =
        ownChannels && !asker.isEmpty() && !(response instanceof PeerResponse.ServerAnswer);
    String channel = responses(namespace) + (toAsker ? asker + "#" : "");
    return new Publication(channel, ClassicCodec.response(response));
  }
}
