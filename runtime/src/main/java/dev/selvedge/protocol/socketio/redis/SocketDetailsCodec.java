package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.function.Handshake;
import dev.selvedge.function.Peers;
import dev.selvedge.session.LocalSessions.Seen;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Sockets as servers describe them to each other: {@code id}, {@code handshake}, {@code rooms},
 * {@code data}.
 */
final class SocketDetailsCodec {
  /** How JavaScript writes a date, in the zone of UTC. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern(
              "EEE MMM dd uuuu HH:mm:ss 'GMT+0000 (Coordinated Universal Time)'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private SocketDetailsCodec() {}

  /** A socket is in the room of its own id, too. */
  static JsonObject encode(Seen session) {
    JsonArray rooms = new JsonArray().add(session.id());
    session.groups().forEach(rooms::add);
    String state = session.state();
    return new JsonObject()
        .put("id", session.id())
        .put("handshake", handshake(session))
        .put("rooms", rooms)
        .put("data", state == null ? new JsonObject() : new JsonObject(state));
  }

  private static JsonObject handshake(Seen session) {
    Handshake handshake = session.handshake();
    return new JsonObject()
        .put("headers", json(handshake.headers()))
        .put("time", TIME.format(Instant.ofEpochMilli(session.openedAt())))
        .put("address", handshake.remoteAddress())
        .put("xdomain", handshake.header("origin") != null)
        .put("secure", "https".equals(handshake.header("x-forwarded-proto")))
        .put("issued", session.openedAt())
        .put("url", url(handshake))
        .put("query", json(handshake.query()))
        .put("auth", handshake.auth());
  }

  private static JsonObject json(Map<String, String> texts) {
    JsonObject json = new JsonObject();
    texts.forEach(json::put);
    return json;
  }

  private static String url(Handshake handshake) {
    QueryStringEncoder url = new QueryStringEncoder(handshake.path());
    handshake.query().forEach(url::addParam);
    return url.toString();
  }

  /** A peer's socket; empty if it is no description of one. */
  static Optional<Peers.Client> decode(JsonObject socket, String namespace) {
    return Fields.attempt(
        () -> {
          Fields in = Fields.of(socket);
          String id = in.text("id");
          List<String> rooms =
              in.textsIfAny("rooms").stream().filter(room -> !room.equals(id)).toList();
          JsonObject handshake =
              in.has("handshake") ? in.object("handshake").json() : new JsonObject();
          return new Peers.Client(id, namespace, rooms, handshake, in.value("data"));
        });
  }
}
