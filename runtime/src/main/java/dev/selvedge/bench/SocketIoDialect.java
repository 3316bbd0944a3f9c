package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Socket.IO protocol 5 over Engine.IO protocol 4, by WebSocket from the start. */
final class SocketIoDialect extends Dialect {
  // Engine.IO: the first byte of a text message. A binary one is an attachment.
  private static final int OPEN = '0';
  private static final int PING = '2';
  private static final int MESSAGE = '4';

  // Socket.IO: the byte behind the 4.
  private static final int CONNECT = '0';
  private static final int DISCONNECT = '1';
  private static final int EVENT = '2';
  private static final int ACK = '3';
  private static final int CONNECT_ERROR = '4';
  private static final int BINARY_EVENT = '5';
  private static final int BINARY_ACK = '6';

  private final String endpoint;

  /** Between the type of a packet and its id; empty for the main namespace. */
  private final String namespace;

  private final ByteBuf connect;
  private final ByteBuf pong = text("3");

  SocketIoDialect(String endpoint, String namespace) {
    this.endpoint = endpoint;
    this.namespace = namespace.equals("/") ? "" : namespace + ",";
    this.connect = text("40" + this.namespace);
  }

  private static ByteBuf text(String packet) {
    return Frames.frame(Frames.TEXT, packet.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  String word() {
    return "sio";
  }

  @Override
  String resource(Target target) {
    String query = target.query();
    return endpoint + "?EIO=4&transport=websocket" + (query.isEmpty() ? "" : "&" + query);
  }

  /** The server speaks first. */
  @Override
  void begin(Client client) {}

  @Override
  void message(Client client, boolean text, ByteBuf bytes, int index, int length) {
    if (!text || length == 0) {
      return;
    }
    switch (bytes.getByte(index)) {
      case OPEN -> client.send(connect.retainedDuplicate());
      case PING -> client.send(pong.retainedDuplicate());
      case MESSAGE -> packet(client, bytes, index, length);
      default -> {}
    }
  }

  private static void packet(Client client, ByteBuf bytes, int index, int length) {
    switch (length < 2 ? 0 : bytes.getByte(index + 1)) {
      case CONNECT -> client.ready();
      case DISCONNECT -> client.fail("disconnected from the namespace");
      case CONNECT_ERROR ->
          client.fail("refused: " + bytes.toString(index + 2, length - 2, StandardCharsets.UTF_8));
      case EVENT, ACK, BINARY_EVENT, BINARY_ACK ->
          client.script().message(client, bytes, index, length);
      default -> {}
    }
  }

  @Override
  ByteBuf event(String message, boolean binary) {
    return text("42" + namespace + message);
  }

  @Override
  ByteBuf request(int id, String message) {
    return text("42" + namespace + id + message);
  }

  /** The beginning decides: a server with state recovery adds an argument behind. */
  @Override
  Answers echoesOf(String message) {
    String packet = "42" + namespace + message.substring(0, message.length() - 1);
    ByteBuf beginning = Unpooled.copiedBuffer(packet, StandardCharsets.UTF_8);
    int least = beginning.readableBytes();
    return (bytes, index, length) ->
        length > least && ByteBufUtil.equals(bytes, index, beginning, 0, least);
  }

  @Override
  Answers replies() {
    return (bytes, index, length) -> {
      byte type = bytes.getByte(index + 1);
      return type == ACK || type == BINARY_ACK;
    };
  }
}
