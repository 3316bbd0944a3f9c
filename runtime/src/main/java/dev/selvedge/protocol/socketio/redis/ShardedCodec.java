package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.fabric.JsonBytes;
import dev.selvedge.protocol.messagepack.MessagePackWriter;
import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the sharded Redis adapter, {@code createShardedAdapter} of
 * {@code @socket.io/redis-adapter} 8: {@code {type, data, uid, nsp}}, as JSON or, if there are
 * bytes in it, as MessagePack. The heartbeats of other adapters of the family are of unknown type
 * here.
 */
final class ShardedCodec {
  private static final int BROADCAST = 3;
  private static final int SOCKETS_JOIN = 4;
  private static final int SOCKETS_LEAVE = 5;
  private static final int DISCONNECT_SOCKETS = 6;
  private static final int FETCH_SOCKETS = 7;
  private static final int FETCH_SOCKETS_RESPONSE = 8;
  private static final int SERVER_SIDE_EMIT = 9;
  private static final int SERVER_SIDE_EMIT_RESPONSE = 10;
  private static final int BROADCAST_CLIENT_COUNT = 11;
  private static final int BROADCAST_ACK = 12;

  /** The type of packets that are events. */
  private static final int EVENT = 2;

  private ShardedCodec() {}

  // ---- requests

  /** All that {@link #read} knows as requests. */
  static byte[] request(String uid, String namespace, PeerRequest request) {
    if (request instanceof PeerRequest.Broadcast broadcast) {
      JsonObject flags = new JsonObject();
      if (broadcast.isVolatile()) {
        flags.put("volatile", true);
      }
      JsonObject data =
          new JsonObject()
              .put("packet", packet(broadcast.data()))
              .put("opts", options(broadcast.to(), flags));
      return message(BROADCAST, data, uid, namespace);
    } else if (request instanceof PeerRequest.AskedBroadcast asked) {
      JsonObject flags = new JsonObject().put("timeout", asked.timeoutMillis());
      JsonObject data =
          new JsonObject()
              .put("packet", packet(asked.data()))
              .put("requestId", asked.requestId())
              .put("opts", options(asked.to(), flags));
      return message(BROADCAST, data, uid, namespace);
    } else if (request instanceof PeerRequest.Join join) {
      return message(SOCKETS_JOIN, change(join.who(), join.rooms()), uid, namespace);
    } else if (request instanceof PeerRequest.Leave leave) {
      return message(SOCKETS_LEAVE, change(leave.who(), leave.rooms()), uid, namespace);
    } else if (request instanceof PeerRequest.Disconnect disconnect) {
      JsonObject data =
          new JsonObject()
              .put("opts", options(disconnect.who(), new JsonObject()))
              .put("close", disconnect.connection());
      return message(DISCONNECT_SOCKETS, data, uid, namespace);
    } else if (request instanceof PeerRequest.Fetch fetch) {
      JsonObject data =
          new JsonObject()
              .put("opts", options(fetch.who(), new JsonObject()))
              .put("requestId", fetch.requestId());
      return message(FETCH_SOCKETS, data, uid, namespace);
    } else if (request instanceof PeerRequest.ServerMessage said) {
      JsonObject data = new JsonObject().put("packet", new JsonArray(said.data()));
      if (said.requestId() != null) {
        data.put("requestId", said.requestId());
      }
      return message(SERVER_SIDE_EMIT, data, uid, namespace);
    }
    throw new IllegalArgumentException("not known to this adapter: " + request);
  }

  private static JsonObject packet(List<@Nullable Object> data) {
    return new JsonObject().put("type", EVENT).put("data", new JsonArray(data));
  }

  private static JsonObject options(Target target, JsonObject flags) {
    return new JsonObject()
        .put("rooms", new JsonArray(target.groups()))
        .put("except", new JsonArray(target.except()))
        .put("flags", flags);
  }

  private static JsonObject change(Target who, List<String> rooms) {
    return new JsonObject()
        .put("opts", options(who, new JsonObject()))
        .put("rooms", new JsonArray(rooms));
  }

  // ---- responses

  /** All that {@link #readResponse} knows. */
  static byte[] response(String uid, String namespace, PeerResponse response) {
    JsonObject data = new JsonObject().put("requestId", response.requestId());
    if (response instanceof PeerResponse.Sockets found) {
      data.put("sockets", new JsonArray(found.sockets()));
      return message(FETCH_SOCKETS_RESPONSE, data, uid, namespace);
    } else if (response instanceof PeerResponse.ServerAnswer answer) {
      data.put("packet", answer.data());
      if (answer.fromSibling()) {
        data.put("sibling", true);
      }
      return message(SERVER_SIDE_EMIT_RESPONSE, data, uid, namespace);
    } else if (response instanceof PeerResponse.ClientCount count) {
      data.put("clientCount", count.count());
      return message(BROADCAST_CLIENT_COUNT, data, uid, namespace);
    } else if (response instanceof PeerResponse.ClientAnswer answer) {
      data.put("packet", answer.value());
      return message(BROADCAST_ACK, data, uid, namespace);
    }
    throw new IllegalArgumentException("not known to this adapter: " + response);
  }

  private static byte[] message(int type, JsonObject data, String uid, String namespace) {
    JsonObject message =
        new JsonObject().put("type", type).put("data", data).put("uid", uid).put("nsp", namespace);
    return JsonBytes.in(data)
        ? new MessagePackWriter().value(message).bytes()
        : message.toBuffer().getBytes();
  }

  // ---- reading

  /** A request; empty if it is malformed, of an unknown type, or of another namespace. */
  static Optional<FromPeer> readRequest(byte[] message, String namespace) {
    return Fields.attempt(
        () -> {
          Fields in = Fields.of(message);
          Fields data = dataOf(in, namespace);
          return new FromPeer(in.text("uid"), readRequest((int) in.whole("type"), data));
        });
  }

  private static Fields dataOf(Fields in, String namespace) throws Fields.Malformed {
    if (!in.text("nsp").equals(namespace)) {
      throw new Fields.Malformed("another namespace");
    }
    return in.object("data");
  }

  private static PeerRequest readRequest(int type, Fields data) throws Fields.Malformed {
    return switch (type) {
      case BROADCAST -> readBroadcast(data);
      case SOCKETS_JOIN -> new PeerRequest.Join(target(data), data.texts("rooms"));
      case SOCKETS_LEAVE -> new PeerRequest.Leave(target(data), data.texts("rooms"));
      case DISCONNECT_SOCKETS -> new PeerRequest.Disconnect(target(data), data.truth("close"));
      case FETCH_SOCKETS -> new PeerRequest.Fetch(data.text("requestId"), target(data));
      case SERVER_SIDE_EMIT ->
          new PeerRequest.ServerMessage(
              data.has("requestId") ? data.text("requestId") : null, data.event("packet"));
      default -> throw new Fields.Malformed("unknown type");
    };
  }

  private static Target target(Fields data) throws Fields.Malformed {
    return data.object("opts").target();
  }

  private static PeerRequest readBroadcast(Fields data) throws Fields.Malformed {
    Fields packet = data.object("packet");
    if (packet.whole("type") != EVENT) {
      throw new Fields.Malformed("expected an event");
    }
    List<@Nullable Object> event = packet.event("data");
    Fields options = data.object("opts");
    boolean flagged = options.has("flags");
    if (!data.has("requestId")) {
      boolean isVolatile = flagged && options.object("flags").truth("volatile");
      return new PeerRequest.Broadcast(event, options.target(), isVolatile);
    }
    long timeout =
        flagged && options.object("flags").has("timeout")
            ? options.object("flags").whole("timeout")
            : 0;
    return new PeerRequest.AskedBroadcast(data.text("requestId"), event, options.target(), timeout);
  }

  /** A response; empty if it is malformed, of an unknown type, or of another namespace. */
  static Optional<PeerResponse> readResponse(byte[] message, String namespace) {
    return Fields.attempt(
        () -> {
          Fields in = Fields.of(message);
          return readResponse((int) in.whole("type"), dataOf(in, namespace));
        });
  }

  private static PeerResponse readResponse(int type, Fields data) throws Fields.Malformed {
    String id = data.text("requestId");
    return switch (type) {
      case FETCH_SOCKETS_RESPONSE -> {
        List<JsonObject> sockets = new ArrayList<>();
        for (Object socket : data.values("sockets")) {
          sockets.add(Fields.of(socket).json());
        }
        yield new PeerResponse.Sockets(id, sockets);
      }
      case SERVER_SIDE_EMIT_RESPONSE ->
          new PeerResponse.ServerAnswer(id, data.value("packet"), data.truth("sibling"));
      case BROADCAST_CLIENT_COUNT ->
          new PeerResponse.ClientCount(id, (int) data.whole("clientCount"));
      case BROADCAST_ACK -> new PeerResponse.ClientAnswer(id, data.value("packet"));
      default -> throw new Fields.Malformed("unknown type");
    };
  }
}
