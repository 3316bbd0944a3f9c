package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is spoken over the WebSockets of a run: what greets the server, keeps the connection alive,
 * and stands around the messages of an application. Without state, shared by all connections.
 */
public abstract sealed class Dialect permits RawDialect, SocketIoDialect, SignalRDialect {
  /** The words of {@link #of}. */
  public static final List<String> WORDS = List.of("ws", "sio", "signalr", "signalr-messagepack");

  Dialect() {}

  /** Bare messages. */
  public static Dialect raw() {
    return new RawDialect();
  }

  /**
   * Socket.IO 5 over Engine.IO 4. A message is the JSON array of an event, {@code ["name",…]}.
   *
   * @param endpoint the path of the server's endpoint, such as {@code /socket.io/}
   * @param namespace {@code /} for the main one
   */
  public static Dialect socketIo(String endpoint, String namespace) {
    return new SocketIoDialect(endpoint, namespace);
  }

  /**
   * SignalR without negotiation. A message is the JSON array of an invocation, {@code
   * ["target",…]}.
   *
   * @param messagePack as MessagePack rather than as JSON
   */
  public static Dialect signalR(boolean messagePack) {
    return new SignalRDialect(messagePack ? new MessagePackHub() : new JsonHub());
  }

  /**
   * The dialect of that word.
   *
   * @param endpoint as for {@link #socketIo}
   * @param target whose path is the namespace of Socket.IO
   * @throws IllegalArgumentException if there is none
   */
  public static Dialect of(String word, String endpoint, Target target) {
    return switch (word) {
      case "ws" -> raw();
      case "sio" -> socketIo(endpoint, target.path());
      case "signalr" -> signalR(false);
      case "signalr-messagepack" -> signalR(true);
      default ->
          throw new IllegalArgumentException(
              "protocol: " + word + " (expected: " + String.join(", ", WORDS) + ")");
    };
  }

  /** Which messages of a server answer what was sent. */
  @FunctionalInterface
  interface Answers {
    /** Whether the {@code length} bytes from {@code index} on are one. */
    boolean include(ByteBuf bytes, int index, int length);
  }

  abstract String word();

  /** Path and query of the WebSocket's handshake. */
  abstract String resource(Target target);

  /** More lines of the handshake. */
  List<String> headers() {
    return List.of();
  }

  /** The WebSocket is open: greets the server, or calls {@link Client#ready}. */
  abstract void begin(Client client);

  /** A message; those of the application go to the client's script. */
  abstract void message(Client client, boolean text, ByteBuf bytes, int index, int length);

  /** A frame with a message that wants no reply. */
  abstract ByteBuf event(String message, boolean binary);

  /** A frame with a message that wants a reply. */
  abstract ByteBuf request(int id, String message);

  /** What comes back when a server sends a message back as it was. */
  abstract Answers echoesOf(String message);

  abstract Answers replies();

  /** A frame to be sent every 15 s; null for none. */
  @Nullable ByteBuf keepAlive() {
    return null;
  }
}
