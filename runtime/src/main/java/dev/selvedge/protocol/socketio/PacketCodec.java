package dev.selvedge.protocol.socketio;

import dev.selvedge.protocol.JsonText;
import dev.selvedge.protocol.socketio.Packet.Type;
import dev.selvedge.session.SessionId;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Socket.IO protocol 5: {@code <type>[<attachments>-][<namespace>,][<id>][<JSON>]}. Bytes in the
 * data travel as attachments, see {@link Placeholders}.
 */
final class PacketCodec {
  /** More binary messages than that do not belong to one packet. */
  static final int MAX_ATTACHMENTS = 10;

  /** The largest integer that a JavaScript client keeps exactly has 16 digits. */
  private static final int MAX_ID_DIGITS = 15;

  private static final int MAX_COUNT_DIGITS = 9;

  /** Names that mean something to clients and servers themselves. */
  private static final Set<String> RESERVED =
      Set.of(
          "connect",
          "connect_error",
          "disconnect",
          "disconnecting",
          "newListener",
          "removeListener");

  private PacketCodec() {}

  // From the client.

  /**
   * The packet of a text message. Its attachments, if it has any, are still to come: {@link
   * PacketDecoder} puts them in.
   */
  static Packet decode(String text) throws MalformedPacket {
    if (text.isEmpty() || text.charAt(0) < '0' || text.charAt(0) > '6') {
      throw new MalformedPacket("unknown packet type");
    }
    Type type = Type.of(text.charAt(0) - '0');
    int at = 1;
    int attachments = 0;
    if (type.isBinary()) {
      int dash = text.indexOf('-');
      attachments = attachments(text, dash);
      at = dash + 1;
    }
    String namespace = Packet.MAIN;
    if (at < text.length() && text.charAt(at) == '/') {
      int comma = text.indexOf(',', at);
      int end = comma < 0 ? text.length() : comma;
      namespace = text.substring(at, end);
      at = Math.min(end + 1, text.length());
    }
    int digits = at;
    while (digits < text.length() && isDigit(text.charAt(digits))) {
      digits++;
    }
    long id = id(text, at, digits);
    Object data = digits == text.length() ? absent(type) : data(type, text, digits);
    return new Packet(type, namespace, id, data, attachments);
  }

  private static int attachments(String text, int dash) throws MalformedPacket {
    if (dash < 2 || dash > 1 + MAX_COUNT_DIGITS) {
      throw new MalformedPacket("Illegal attachments");
    }
    for (int i = 1; i < dash; i++) {
      if (!isDigit(text.charAt(i))) {
        throw new MalformedPacket("Illegal attachments");
      }
    }
    int count = Integer.parseInt(text.substring(1, dash));
    if (count > MAX_ATTACHMENTS) {
      throw new MalformedPacket("too many attachments");
    }
    return count;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long id(String text, int from, int to) throws MalformedPacket {
    if (from == to) {
      return Packet.NO_ID;
    }
    if (to - from > MAX_ID_DIGITS) {
      throw invalid();
    }
    return Long.parseLong(text.substring(from, to));
  }

  private static @Nullable Object absent(Type type) throws MalformedPacket {
    if (type == Type.CONNECT || type == Type.DISCONNECT) {
      return null;
    }
    throw invalid();
  }

  private static Object data(Type type, String text, int from) throws MalformedPacket {
    Object value = parse(text, from);
    boolean fits =
        switch (type) {
          case CONNECT -> value instanceof JsonObject;
          case DISCONNECT -> false;
          case EVENT, BINARY_EVENT -> value instanceof JsonArray args && isNamed(args);
          case ACK, BINARY_ACK -> value instanceof JsonArray;
          case CONNECT_ERROR -> value instanceof String || value instanceof JsonObject;
        };
    if (value == null || !fits) {
      throw invalid();
    }
    return value;
  }

  private static @Nullable Object parse(String text, int from) throws MalformedPacket {
    try {
      return JsonText.parse(text, from);
    } catch (DecodeException notJson) {
      throw invalid();
    }
  }

  private static boolean isNamed(JsonArray event) {
    Object name = event.isEmpty() ? null : event.getValue(0);
    return name instanceof Number || name instanceof String text && !RESERVED.contains(text);
  }

  private static MalformedPacket invalid() {
    return new MalformedPacket("invalid payload");
  }

  // To the client.

  /**
   * @param sid the id of the namespace's session
   * @param pid by which the client finds it again, or null
   */
  static Frame connect(String namespace, String sid, @Nullable SessionId pid) {
    JsonObject json = new JsonObject().put("sid", sid);
    if (pid != null) {
      json.put("pid", pid.toString());
    }
    return text(Type.CONNECT, namespace, json.encode());
  }

  /**
   * @param data more about it, or null
   */
  static Frame connectError(String namespace, String message, @Nullable Object data) {
    JsonObject json = new JsonObject().put("message", message);
    return text(
        Type.CONNECT_ERROR,
        namespace,
        data == null ? json.encode() : json.put("data", data).encode());
  }

  static Frame disconnect(String namespace) {
    return text(Type.DISCONNECT, namespace, "");
  }

  private static Frame text(Type type, String namespace, String json) {
    return EngineCodec.message(header(type, 0, namespace, Packet.NO_ID) + json);
  }

  private static String header(Type type, int attachments, String namespace, long id) {
    StringBuilder header = new StringBuilder(8 + namespace.length()).append(type.ordinal());
    if (type.isBinary()) {
      header.append(attachments).append('-');
    }
    if (!namespace.equals(Packet.MAIN)) {
      header.append(namespace).append(',');
    }
    if (id != Packet.NO_ID) {
      header.append(id);
    }
    return header.toString();
  }

  /**
   * An event or an acknowledgement without its namespace, which members of one group may differ in.
   * Immutable but for the last packet that was made of it.
   */
  static final class Body {
    private final Type type;
    private final long id;
    private final byte[] json;
    private final List<Frame> attachments;
    private @Nullable Packed packed;

    /** The members of a group are mostly in one namespace. */
    private record Packed(String namespace, List<Frame> frames) {}

    /**
     * @param json of the data, in UTF-8; not to be modified
     */
    private Body(Type type, long id, byte[] json, List<Frame> attachments) {
      this.type = type;
      this.id = id;
      this.json = json;
      this.attachments = attachments;
    }

    /** The frames of the packet, which follow each other without another one between them. */
    List<Frame> in(String namespace) {
      Packed known = packed;
      if (known == null || !known.namespace().equals(namespace)) {
        known = new Packed(namespace, frames(namespace));
        packed = known;
      }
      return known.frames();
    }

    private List<Frame> frames(String namespace) {
      byte[] header =
          ('4' + header(type, attachments.size(), namespace, id)).getBytes(StandardCharsets.UTF_8);
      byte[] packet = new byte[header.length + json.length];
      System.arraycopy(header, 0, packet, 0, header.length);
      System.arraycopy(json, 0, packet, header.length, json.length);
      if (attachments.isEmpty()) {
        return List.of(new Frame(true, packet));
      }
      List<Frame> frames = new ArrayList<>(1 + attachments.size());
      frames.add(new Frame(true, packet));
      frames.addAll(attachments);
      return frames;
    }
  }

  /**
   * @param type {@code EVENT} or {@code ACK}
   * @param data the values; bytes among or in them become attachments
   */
  static Body body(Type type, long id, List<? extends @Nullable Object> data) {
    Placeholders.Taken taken = Placeholders.takeOut(data);
    return new Body(
        taken.attachments().isEmpty() ? type : type.withAttachments(),
        id,
        JsonText.array(taken.values()),
        taken.attachments());
  }
}
