package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.protocol.messagepack.MalformedMessagePack;
import dev.selvedge.protocol.messagepack.MessagePackWriter;
import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the classic Redis adapter, {@code createAdapter} of
 * {@code @socket.io/redis-adapter} 8, and of {@code @socket.io/redis-emitter} 5. Broadcasts are
 * MessagePack; requests and responses JSON, but for those that may hold bytes.
 */
final class ClassicCodec {
  // Types of requests and responses.
  private static final int SOCKETS = 0;
  private static final int ALL_ROOMS = 1;
  private static final int REMOTE_JOIN = 2;
  private static final int REMOTE_LEAVE = 3;
  private static final int REMOTE_DISCONNECT = 4;
  private static final int REMOTE_FETCH = 5;
  private static final int SERVER_SIDE_EMIT = 6;
  private static final int BROADCAST = 7;
  private static final int BROADCAST_CLIENT_COUNT = 8;
  private static final int BROADCAST_ACK = 9;

  /** The type of packets that are events. */
  private static final int EVENT = 2;

  private ClassicCodec() {}

  // ---- broadcasts

  /** {@code [uid, packet, opts]}. */
  static byte[] broadcast(String uid, String namespace, PeerRequest.Broadcast broadcast) {
    MessagePackWriter out = new MessagePackWriter().array(3).text(uid);
    packet(broadcast.data(), namespace, out);
    options(broadcast.to(), out);
    if (broadcast.isVolatile()) {
      out.map(1).text("volatile").truth(true);
    } else {
      out.map(0);
    }
    return out.bytes();
  }

  private static void packet(List<@Nullable Object> data, String namespace, MessagePackWriter out) {
    out.map(3).text("type").whole(EVENT);
    out.text("data").items(data);
    out.text("nsp").text(namespace);
  }

  /** All but the flags, which follow. */
  private static void options(Target target, MessagePackWriter out) {
    out.map(3).text("rooms").items(target.groups());
    out.text("except").items(target.except()).text("flags");
  }

  /** Empty if it is malformed, or of another namespace. */
  static Optional<FromPeer> readBroadcast(byte[] message, String namespace) {
    return Fields.attempt(() -> readParts(Fields.values(Fields.unpack(message)), namespace));
  }

  private static FromPeer readParts(List<@Nullable Object> parts, String namespace)
      throws Fields.Malformed {
    if (parts.size() < 3 || !(parts.get(0) instanceof String uid)) {
      throw new Fields.Malformed("expected a uid, a packet and options");
    }
    Fields options = Fields.of(parts.get(2));
    boolean isVolatile = options.has("flags") && options.object("flags").truth("volatile");
    return new FromPeer(
        uid,
        new PeerRequest.Broadcast(
            readPacket(Fields.of(parts.get(1)), namespace), options.target(), isVolatile));
  }

  private static List<@Nullable Object> readPacket(Fields packet, String namespace)
      throws Fields.Malformed {
    if (packet.whole("type") != EVENT || !packet.text("nsp", "/").equals(namespace)) {
      throw new Fields.Malformed("expected an event of the namespace");
    }
    return packet.event("data");
  }

  // ---- requests

  /** All but broadcasts without answers, and the old forms, which are not sent. */
  static byte[] request(String uid, String namespace, PeerRequest request) {
    if (request instanceof PeerRequest.AskedBroadcast asked) {
      return askedBroadcast(uid, namespace, asked);
    }
    return bytes(requestJson(new JsonObject().put("uid", uid), request));
  }

  private static JsonObject requestJson(JsonObject json, PeerRequest request) {
    if (request instanceof PeerRequest.ListIds list) {
      return json.put("requestId", list.requestId())
          .put("type", SOCKETS)
          .put("rooms", new JsonArray(list.rooms()));
    } else if (request instanceof PeerRequest.ListRooms list) {
      return json.put("requestId", list.requestId()).put("type", ALL_ROOMS);
    } else if (request instanceof PeerRequest.Join join) {
      return json.put("type", REMOTE_JOIN)
          .put("opts", options(join.who()))
          .put("rooms", new JsonArray(join.rooms()));
    } else if (request instanceof PeerRequest.Leave leave) {
      return json.put("type", REMOTE_LEAVE)
          .put("opts", options(leave.who()))
          .put("rooms", new JsonArray(leave.rooms()));
    } else if (request instanceof PeerRequest.Disconnect disconnect) {
      return json.put("type", REMOTE_DISCONNECT)
          .put("opts", options(disconnect.who()))
          .put("close", disconnect.connection());
    } else if (request instanceof PeerRequest.Fetch fetch) {
      return json.put("requestId", fetch.requestId())
          .put("type", REMOTE_FETCH)
          .put("opts", options(fetch.who()));
    } else if (request instanceof PeerRequest.ServerMessage message) {
      if (message.requestId() != null) {
        json.put("requestId", message.requestId());
      }
      return json.put("type", SERVER_SIDE_EMIT).put("data", Fields.stringified(message.data()));
    }
    throw new IllegalArgumentException("not to be sent as a request: " + request);
  }

  private static JsonObject options(Target target) {
    return new JsonObject()
        .put("rooms", new JsonArray(target.groups()))
        .put("except", new JsonArray(target.except()));
  }

  private static byte[] askedBroadcast(
      String uid, String namespace, PeerRequest.AskedBroadcast asked) {
    MessagePackWriter out = new MessagePackWriter().map(5).text("uid").text(uid);
    out.text("requestId").text(asked.requestId()).text("type").whole(BROADCAST);
    out.text("packet");
    packet(asked.data(), namespace, out);
    out.text("opts");
    options(asked.to(), out);
    out.map(1).text("timeout").whole(asked.timeoutMillis());
    return out.bytes();
  }

  /** Empty if it is malformed, or of an unknown type. */
  static Optional<FromPeer> readRequest(byte[] message, String namespace) {
    return Fields.attempt(
        () -> {
          Fields in = Fields.of(message);
          return new FromPeer(in.text("uid", ""), readRequest(in, namespace));
        });
  }

  private static PeerRequest readRequest(Fields in, String namespace) throws Fields.Malformed {
    return switch ((int) Math.max(-1, Math.min(in.whole("type"), 1_000))) {
      case SOCKETS -> new PeerRequest.ListIds(in.text("requestId"), in.textsIfAny("rooms"));
      case ALL_ROOMS -> new PeerRequest.ListRooms(in.text("requestId"));
      case REMOTE_JOIN ->
          in.has("opts")
              ? new PeerRequest.Join(in.object("opts").target(), in.texts("rooms"))
              : toOne(in, new PeerRequest.Change.Join(in.text("room")));
      case REMOTE_LEAVE ->
          in.has("opts")
              ? new PeerRequest.Leave(in.object("opts").target(), in.texts("rooms"))
              : toOne(in, new PeerRequest.Change.Leave(in.text("room")));
      case REMOTE_DISCONNECT ->
          in.has("opts")
              ? new PeerRequest.Disconnect(in.object("opts").target(), in.truth("close"))
              : toOne(in, new PeerRequest.Change.Disconnect(in.truth("close")));
      case REMOTE_FETCH -> new PeerRequest.Fetch(in.text("requestId"), in.object("opts").target());
      case SERVER_SIDE_EMIT ->
          new PeerRequest.ServerMessage(
              in.has("requestId") ? in.text("requestId") : null, in.event("data"));
      case BROADCAST -> {
        Fields options = in.object("opts");
        long timeout =
            options.has("flags") && options.object("flags").has("timeout")
                ? options.object("flags").whole("timeout")
                : 0;
        yield new PeerRequest.AskedBroadcast(
            in.text("requestId"),
            readPacket(in.object("packet"), namespace),
            options.target(),
            timeout);
      }
      default -> throw new Fields.Malformed("unknown type");
    };
  }

  private static PeerRequest.ToOne toOne(Fields in, PeerRequest.Change change)
      throws Fields.Malformed {
    return new PeerRequest.ToOne(in.text("requestId"), in.text("sid"), change);
  }

  // ---- responses

  static byte[] response(PeerResponse response) {
    JsonObject json = new JsonObject();
    if (response instanceof PeerResponse.ClientAnswer answer) {
      return clientAnswer(answer);
    } else if (response instanceof PeerResponse.Sockets found) {
      json.put("requestId", found.requestId()).put("sockets", Fields.stringified(found.sockets()));
    } else if (response instanceof PeerResponse.SocketIds found) {
      json.put("requestId", found.requestId()).put("sockets", new JsonArray(found.ids()));
    } else if (response instanceof PeerResponse.Rooms found) {
      json.put("requestId", found.requestId()).put("rooms", new JsonArray(found.rooms()));
    } else if (response instanceof PeerResponse.Done done) {
      json.put("requestId", done.requestId());
    } else if (response instanceof PeerResponse.ServerAnswer answer) {
      json.put("type", SERVER_SIDE_EMIT).put("requestId", answer.requestId());
      json.put("data", Fields.stringified(answer.data()));
      if (answer.fromSibling()) {
        json.put("sibling", true);
      }
    } else if (response instanceof PeerResponse.ClientCount count) {
      json.put("type", BROADCAST_CLIENT_COUNT).put("requestId", count.requestId());
      json.put("clientCount", count.count());
    }
    return bytes(json);
  }

  private static byte[] clientAnswer(PeerResponse.ClientAnswer answer) {
    MessagePackWriter out = new MessagePackWriter().map(3).text("type").whole(BROADCAST_ACK);
    out.text("requestId").text(answer.requestId()).text("packet").value(answer.value());
    return out.bytes();
  }

  /** Empty if it is malformed. */
  static Optional<PeerResponse> readResponse(byte[] message) {
    return Fields.attempt(() -> readResponse(Fields.of(message)));
  }

  private static PeerResponse readResponse(Fields in)
      throws Fields.Malformed, MalformedMessagePack {
    String id = in.text("requestId");
    int type = in.has("type") ? (int) in.whole("type") : -1;
    return switch (type) {
      case SERVER_SIDE_EMIT ->
          new PeerResponse.ServerAnswer(id, in.value("data"), in.truth("sibling"));
      case BROADCAST_CLIENT_COUNT ->
          new PeerResponse.ClientCount(id, (int) in.whole("clientCount"));
      case BROADCAST_ACK -> new PeerResponse.ClientAnswer(id, in.value("packet"));
      default -> readListing(id, in);
    };
  }

  /** Listings have no type. */
  private static PeerResponse readListing(String id, Fields in) throws Fields.Malformed {
    if (in.has("rooms")) {
      return new PeerResponse.Rooms(id, in.texts("rooms"));
    }
    if (!in.has("sockets")) {
      return new PeerResponse.Done(id);
    }
    List<@Nullable Object> sockets = in.values("sockets");
    if (!sockets.isEmpty() && sockets.get(0) instanceof String) {
      return new PeerResponse.SocketIds(id, in.texts("sockets"));
    }
    List<JsonObject> found = new ArrayList<>(sockets.size());
    for (Object socket : sockets) {
      found.add(Fields.of(socket).json());
    }
    return new PeerResponse.Sockets(id, found);
  }

  private static byte[] bytes(JsonObject json) {
    return json.toBuffer().getBytes();
  }
}
