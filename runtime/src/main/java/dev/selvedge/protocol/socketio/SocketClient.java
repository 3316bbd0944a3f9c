package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.session.Claim;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO client: one connection and the namespaces that it is in. Confined to its lane.
 *
 * <p>What breaks the protocol closes the connection: malformed packets, packets for namespaces that
 * the client is not in, a second {@code CONNECT} to one, a {@code CONNECT_ERROR}.
 */
final class SocketClient implements EngineSession.Listener {
  /** How long a client that has been disconnected from everything may keep its connection. */
  private static final long HANG_UP_MILLIS = 1_000;

  static final CloseReason CLIENT_DISCONNECT =
      CloseReason.NORMAL.because("client namespace disconnect");

  /**
   * What clients of one lane share.
   *
   * @param newIds ids of that lane, of 20 characters, by which the clients know their sessions
   */
  record Surroundings(
      Lane lane,
      Sessions sessions,
      Supplier<SessionId> newIds,
      Namespaces namespaces,
      LaneClock clock) {}

  private static final Runnable NOTHING = () -> {};

  private final Surroundings surroundings;
  private final EngineSession connection;
  private final FunctionRoute route;
  private final Handshake handshake;
  private final PacketDecoder decoder = new PacketDecoder();
  private final Map<String, NamespacePort> ports = new HashMap<>(2);

  /** Namespaces that the server has closed: the client may not know it yet. Null for none. */
  private @Nullable Set<String> closedByServer;

  /** Nothing once the client has been in a namespace. */
  private Runnable cancelConnectTimeout;

  private int paused;

  /**
   * @param connectMillis how long the client may take to be in a namespace
   */
  SocketClient(
      Surroundings surroundings,
      EngineSession connection,
      FunctionRoute route,
      Handshake handshake,
      long connectMillis) {
    this.surroundings = surroundings;
    this.connection = connection;
    this.route = route;
    this.handshake = handshake;
    this.cancelConnectTimeout = surroundings.clock().after(connectMillis, this::expectJoined);
  }

  private void expectJoined() {
    if (ports.isEmpty()) {
      connection.close(CloseReason.POLICY_VIOLATION.because("connect timeout"));
    }
  }

  // From the client.

  @Override
  public void message(String text) {
    try {
      take(decoder.text(text));
    } catch (MalformedPacket malformed) {
      violated(malformed.reason());
    }
  }

  @Override
  public void message(Buffer bytes) {
    try {
      take(decoder.binary(bytes));
    } catch (MalformedPacket malformed) {
      violated(malformed.reason());
    }
  }

  private void violated(String reason) {
    connection.close(CloseReason.PROTOCOL_ERROR.because(reason));
  }

  private void take(@Nullable Packet packet) {
    if (packet == null) {
      return;
    }
    NamespacePort port = ports.get(packet.namespace());
    if (port != null && port.isJoined()) {
      take(port, packet);
    } else if (port == null && packet.type() == Packet.Type.CONNECT) {
      connect(packet);
    } else if (closedByServer == null || !closedByServer.contains(packet.namespace())) {
      violated("not in the namespace");
    }
  }

  private void take(NamespacePort port, Packet packet) {
    switch (packet.type()) {
      case EVENT -> port.event(packet);
      case ACK -> port.acknowledged(packet);
      case DISCONNECT -> {
        ports.remove(port.namespace());
        port.left(CLIENT_DISCONNECT);
      }
      default -> violated("unexpected packet");
    }
  }

  private void connect(Packet packet) {
    String namespace = packet.namespace();
    Optional<FunctionRoute> target =
        surroundings.namespaces().find(route, namespace, handshake.headers());
    if (target.isEmpty()) {
      send(List.of(PacketCodec.connectError(namespace, "Invalid namespace", null)));
      return;
    }
    if (closedByServer != null) {
      closedByServer.remove(namespace);
    }
    JsonObject auth = packet.data() instanceof JsonObject given ? given : new JsonObject(Map.of());
    NamespacePort port = new NamespacePort(this, namespace);
    ports.put(namespace, port);
    String function = target.get().function();
    Optional<Claim> claim = claim(auth, function, namespace);
    if (claim.isPresent()) {
      recover(port, claim.get(), auth);
    } else {
      open(port, function, auth);
    }
  }

  /** A client that comes back sends, beside what else it has, {@code pid} and {@code offset}. */
  private Optional<Claim> claim(JsonObject auth, String function, String namespace) {
    return surroundings.sessions().areRecoverable()
            && auth.getValue("pid") instanceof String pid
            && auth.getValue("offset") instanceof String offset
        ? SessionId.parse(pid).map(secret -> new Claim(secret, offset, function, namespace))
        : Optional.empty();
  }

  private void recover(NamespacePort port, Claim claim, JsonObject auth) {
    Handshake asked = handshake.in(port.namespace(), auth);
    surroundings
        .sessions()
        .recover(
            surroundings.lane(), new Sessions.Return(claim, SocketIoProtocol.NAME, asked, port))
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    recovered -> port.recovered(recovered, claim.secret()),
                    () -> open(port, claim.function(), auth)));
  }

  private void open(NamespacePort port, String function, JsonObject auth) {
    if (ports.get(port.namespace()) != port) {
      return; // the client has gone while its session was looked for
    }
    ClientSession session =
        surroundings
            .sessions()
            .open(
                surroundings.lane(),
                surroundings.newIds().get(),
                function,
                SocketIoProtocol.NAME,
                handshake.in(port.namespace(), auth),
                null,
                port);
    SessionId secret = null;
    if (surroundings.sessions().areRecoverable()) {
      secret = surroundings.newIds().get();
      session.keep(secret);
    }
    port.opened(session, secret);
  }

  @Override
  public void drained() {
    for (NamespacePort port : List.copyOf(ports.values())) {
      port.drained();
    }
  }

  @Override
  public void closed(CloseReason reason) {
    cancelConnectTimeout.run();
    List<NamespacePort> all = List.copyOf(ports.values());
    ports.clear();
    all.forEach(port -> port.cutOff(reason));
  }

  // What the ports ask for.

  Transport transport() {
    return connection.transport();
  }

  void joined(NamespacePort port, String id, @Nullable SessionId secret, List<Frame> first) {
    cancelConnectTimeout.run();
    cancelConnectTimeout = NOTHING;
    List<Frame> frames = new ArrayList<>(first);
    frames.add(PacketCodec.connect(port.namespace(), id, secret));
    send(frames);
  }

  void refused(NamespacePort port, String message, @Nullable Object data) {
    ports.remove(port.namespace(), port);
    send(List.of(PacketCodec.connectError(port.namespace(), message, data)));
  }

  void closed(NamespacePort port, CloseReason reason) {
    ports.remove(port.namespace(), port);
    if (reason.retry()) {
      connection.close(reason);
      return;
    }
    if (closedByServer == null) {
      closedByServer = new HashSet<>(2);
    }
    closedByServer.add(port.namespace());
    send(List.of(PacketCodec.disconnect(port.namespace())));
  }

  /**
   * Disconnects the client from every namespace that it is in. It closes its connection when it has
   * read that; cut off before, it would come back.
   */
  void hangUp(CloseReason reason) {
    List<NamespacePort> all = List.copyOf(ports.values());
    ports.clear();
    for (NamespacePort port : all) {
      if (port.isJoined()) {
        send(List.of(PacketCodec.disconnect(port.namespace())));
      }
      port.left(reason);
    }
    surroundings.clock().after(HANG_UP_MILLIS, () -> connection.close(reason));
  }

  void send(List<Frame> frames) {
    connection.send(frames);
  }

  boolean writable() {
    return connection.writable();
  }

  long pendingBytes() {
    return connection.pendingBytes();
  }

  /** The connection is read while no namespace's function is behind. */
  void pauseReading() {
    if (paused++ == 0) {
      connection.pauseReading();
    }
  }

  void resumeReading() {
    if (--paused == 0) {
      connection.resumeReading();
    }
  }
}
