package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** SignalR's hub protocol over a WebSocket that nothing was negotiated for. */
final class SignalRDialect extends Dialect {
  static final int INVOCATION = 1;
  static final int STREAM_ITEM = 2;
  static final int COMPLETION = 3;
  static final int PING = 6;
  static final int CLOSE = 7;

  /** Ends each message of JSON, and the handshakes of both forms. */
  static final byte SEPARATOR = 0x1e;

  /** The messages in one of their forms. */
  interface Hub {
    String word();

    /** Its name in the handshake. */
    String name();

    boolean binary();

    byte[] ping();

    /**
     * @param id empty for an invocation that wants no completion
     * @param message the JSON array of the target and the arguments
     */
    byte[] invocation(String id, String message);

    /** Where the message ends that begins at {@code index}, exclusively; -1 if it does not. */
    int end(ByteBuf bytes, int index, int until);

    /** The type of a whole message, its end included. */
    int type(ByteBuf bytes, int index, int length);

    /** Whether a completion is an error. */
    boolean isError(ByteBuf bytes, int index, int length);
  }

  private final Hub hub;
  private final ByteBuf greeting;
  private final ByteBuf ping;

  SignalRDialect(Hub hub) {
    this.hub = hub;
    String handshake = "{\"protocol\":\"" + hub.name() + "\",\"version\":1}" + (char) SEPARATOR;
    this.greeting = frame(handshake.getBytes(StandardCharsets.UTF_8));
    this.ping = frame(hub.ping());
  }

  /**
   * The target and the arguments in a message.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static List<?> parts(String message) {
    try {
      List<?> parts = new JsonArray(message).getList();
      if (!parts.isEmpty() && parts.get(0) instanceof String) {
        return parts;
      }
    } catch (DecodeException notJson) {
      // Refused below, as another value is.
    }
    throw new IllegalArgumentException(
        "message: " + message + " (expected: a JSON array of a name and arguments)");
  }

  private ByteBuf frame(byte[] payload) {
    return Frames.frame(hub.binary() ? Frames.BINARY : Frames.TEXT, payload);
  }

  @Override
  String word() {
    return hub.word();
  }

  @Override
  String resource(Target target) {
    return target.resource();
  }

  /** As the official clients name themselves, where a path is not SignalR's alone. */
  @Override
  List<String> headers() {
    return List.of("X-SignalR-User-Agent: Microsoft SignalR/9.0 (selvedge bench)");
  }

  @Override
  void begin(Client client) {
    client.send(greeting.retainedDuplicate());
  }

  @Override
  void message(Client client, boolean text, ByteBuf bytes, int index, int length) {
    int until = index + length;
    int at = index;
    if (client.isGreeting()) {
      at = greeted(client, bytes, index, until);
    }
    while (at >= 0 && at < until) {
      int end = hub.end(bytes, at, until);
      if (end < 0) {
        client.fail("a part of a hub message (expected: whole ones)");
        return;
      }
      hubMessage(client, bytes, at, end - at);
      at = end;
    }
  }

  /** Where the answer to the handshake ends; -1 if it is none that lets the client go on. */
  private static int greeted(Client client, ByteBuf bytes, int index, int until) {
    int end = bytes.indexOf(index, until, SEPARATOR);
    String answer = bytes.toString(index, (end < 0 ? until : end) - index, StandardCharsets.UTF_8);
    if (end < 0 || !answer.equals("{}")) {
      client.fail("refused: " + answer);
      return -1;
    }
    client.ready();
    return end + 1;
  }

  private void hubMessage(Client client, ByteBuf bytes, int index, int length) {
    switch (hub.type(bytes, index, length)) {
      case INVOCATION, STREAM_ITEM, COMPLETION ->
          client.script().message(client, bytes, index, length);
      case CLOSE ->
          client.fail("closed: " + bytes.toString(index, length, StandardCharsets.UTF_8).strip());
      default -> {}
    }
  }

  @Override
  ByteBuf event(String message, boolean binary) {
    return frame(hub.invocation("", message));
  }

  @Override
  ByteBuf request(int id, String message) {
    return frame(hub.invocation(Integer.toString(id), message));
  }

  /** Any invocation: a server may write the same one in other words. */
  @Override
  Answers echoesOf(String message) {
    return (bytes, index, length) -> hub.type(bytes, index, length) == INVOCATION;
  }

  @Override
  Answers replies() {
    return (bytes, index, length) ->
        hub.type(bytes, index, length) == COMPLETION && !hub.isError(bytes, index, length);
  }

  @Override
  ByteBuf keepAlive() {
    return ping;
  }
}
