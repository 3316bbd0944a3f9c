package dev.selvedge.protocol.socketio;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection of Engine.IO 4: messages both ways over polls and posts, or over a WebSocket that
 * may take their place. Frames go out in the order of {@link #send}, and those of one call without
 * others between them.
 *
 * <p>Confined to its lane, to which requests and sockets of other lanes and nodes are passed on.
 */
final class EngineSession
    implements EngineSocket.Owner, PollingTransport.Owner, EngineUpgrade.Session {
  /** What is made of the messages. */
  interface Listener {
    void message(String text);

    void message(Buffer bytes);

    /** {@link EngineSession#writable} has become true again. */
    void drained();

    /** Over, once; nothing is sent or received any more. */
    void closed(CloseReason reason);
  }

  private enum State {
    OPEN,
    /** Closed from this side; the client is still to be told with its next poll. */
    CLOSING,
    CLOSED
  }

  static final CloseReason PING_TIMEOUT = CloseReason.HEARTBEAT.because("ping timeout");
  static final CloseReason PARSE_ERROR = CloseReason.PROTOCOL_ERROR.because("parse error");
  static final CloseReason TRANSPORT_ERROR = CloseReason.LOST.because("transport error");
  static final CloseReason CLOSED_BY_CLIENT = CloseReason.NORMAL.because("transport close");

  /** How long a client may take to poll for the news that the session is closed. */
  static final long CLOSE_MILLIS = 30_000;

  private final String sid;
  private final boolean base64;
  private final SocketIoConfig rules;
  private final LaneClock clock;
  private final Runnable forget;
  private final Heartbeat heartbeat;
  private @Nullable Listener listener;

  /** One of the two is there; after an upgrade the second. */
  private @Nullable PollingTransport polling;

  private @Nullable EngineSocket socket;
  private @Nullable EngineUpgrade upgrade;
  private State state = State.OPEN;
  private boolean paused;
  private Runnable cancelClosing = () -> {};

  /**
   * @param base64 whether the client takes binary messages as text only
   * @param forget called when no request can be served any more
   */
  EngineSession(
      String sid, boolean base64, SocketIoConfig rules, LaneClock clock, Runnable forget) {
    this.sid = sid;
    this.base64 = base64;
    this.rules = rules;
    this.clock = clock;
    this.forget = forget;
    this.heartbeat = new Heartbeat(rules, clock, new Pulse());
  }

  private final class Pulse implements Heartbeat.Subject {
    @Override
    public void ping() {
      send(List.of(EngineCodec.PING));
    }

    @Override
    public boolean reading() {
      return !paused;
    }

    @Override
    public void lost() {
      die(PING_TIMEOUT);
    }
  }

  // The beginning.

  /** Begins with polls; the GET is answered with the handshake. */
  void openPolling(Exchange exchange, Listener to) {
    listener = to;
    polling = new PollingTransport(this, rules.maxPayloadBytes(), clock);
    boolean upgrades = rules.transports().contains(SocketIoConfig.Transport.WEBSOCKET);
    Buffer payload =
        EngineCodec.payload(List.of(handshake(upgrades ? List.of("websocket") : List.of())));
    if (rules.cookie().isPresent()) {
      EngineAnswers.handshake(exchange, payload, rules.cookie().get(), sid);
    } else {
      EngineAnswers.poll(exchange, payload);
    }
  }

  /** Begins with a WebSocket. */
  void openWebSocket(WebSocketConnection connection, Listener to) {
    listener = to;
    EngineSocket opened = new EngineSocket(connection, base64, this);
    socket = opened;
    opened.send(handshake(List.of()));
    opened.open();
  }

  private Frame handshake(List<String> upgrades) {
    return EngineCodec.open(
        sid, upgrades, rules.pingInterval(), rules.pingTimeout(), rules.maxPayloadBytes());
  }

  // Requests.

  /** Whether it has been silent for too long, timers or not; it is closed then. */
  boolean hasExpired() {
    if (state == State.OPEN && heartbeat.isOverdue()) {
      die(PING_TIMEOUT);
    }
    return state == State.CLOSED;
  }

  void poll(Exchange exchange) {
    if (polling == null) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else if (state == State.CLOSING) {
      if (polling.tellClosed(exchange)) {
        over();
      }
    } else {
      polling.get(exchange);
    }
  }

  void post(Exchange exchange) {
    if (polling == null) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else {
      polling.post(exchange);
    }
  }

  /** A WebSocket of the session; a second one, or one too late, is closed at once. */
  void upgrade(WebSocketConnection connection) {
    if (state != State.OPEN || polling == null || upgrade != null) {
      EngineSocket.refuse(connection);
      return;
    }
    EngineUpgrade begun = new EngineUpgrade(connection, base64, rules, clock, this);
    upgrade = begun;
    begun.begin();
  }

  @Override
  public void releasePoll() {
    if (polling != null) {
      polling.release();
    }
  }

  @Override
  public void upgraded(EngineSocket to) {
    upgrade = null;
    to.handOver(this);
    socket = to;
    if (polling != null) {
      to.sendAll(polling.giveWay());
      polling = null;
    }
    if (paused) {
      to.pauseReading();
    }
  }

  @Override
  public void notUpgraded() {
    upgrade = null;
  }

  Transport transport() {
    return socket == null ? Transport.LONGPOLL : Transport.WEBSOCKET;
  }

  // From the client.

  @Override
  public boolean reading() {
    return !paused;
  }

  @Override
  public void packet(EnginePacket packet) {
    Listener to = listener;
    if (state != State.OPEN || to == null) {
      return;
    }
    switch (packet.type()) {
      case MESSAGE -> message(to, packet);
      case PONG -> heartbeat.pong();
      case CLOSE -> closedByClient();
      // In this version of the protocol the server pings.
      case PING -> die(TRANSPORT_ERROR);
      case OPEN, UPGRADE, NOOP -> {}
    }
  }

  private static void message(Listener to, EnginePacket packet) {
    Buffer binary = packet.binary();
    if (binary == null) {
      to.message(packet.text());
    } else {
      to.message(binary);
    }
  }

  private void closedByClient() {
    if (polling != null) {
      polling.closedByClient();
    }
    die(CLOSED_BY_CLIENT);
  }

  @Override
  public void malformed() {
    die(PARSE_ERROR);
  }

  @Override
  public void failed() {
    die(TRANSPORT_ERROR);
  }

  @Override
  public void closed(CloseReason reason) {
    socket = null;
    die(reason);
  }

  void pauseReading() {
    paused = true;
    if (socket != null) {
      socket.pauseReading();
    }
  }

  void resumeReading() {
    paused = false;
    if (socket != null) {
      socket.resumeReading();
    } else if (polling != null) {
      polling.resume();
    }
  }

  // To the client.

  /** Sends frames that belong together. With 2 MiB waiting for polls already the session ends. */
  void send(List<Frame> frames) {
    if (state != State.OPEN) {
      return;
    }
    if (socket != null) {
      socket.sendAll(frames);
    } else if (polling != null && !polling.send(frames)) {
      die(CloseReason.SLOW_CONSUMER);
    }
  }

  boolean writable() {
    if (state != State.OPEN) {
      return false;
    }
    return socket != null ? socket.writable() : polling != null && polling.writable();
  }

  long pendingBytes() {
    if (socket != null) {
      return socket.pendingBytes();
    }
    return polling == null ? 0 : polling.pendingBytes();
  }

  @Override
  public void drained() {
    if (listener != null && writable()) {
      listener.drained();
    }
  }

  // The end.

  /** Closes it from this side: what was sent still arrives, then the client is told. */
  void close(CloseReason reason) {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    endUpgrade(reason);
    if (polling != null && !polling.close()) {
      cancelClosing = clock.after(CLOSE_MILLIS, this::over);
    } else {
      over();
    }
    tell(reason);
    if (socket != null) {
      socket.close(reason);
    }
  }

  /** The client is gone, or has broken the rules. */
  private void die(CloseReason reason) {
    boolean open = state == State.OPEN;
    over();
    if (!open) {
      return;
    }
    endUpgrade(reason);
    if (polling != null) {
      polling.cut();
    }
    if (socket != null) {
      socket.close(reason);
    }
    tell(reason);
  }

  private void endUpgrade(CloseReason reason) {
    heartbeat.stop();
    if (upgrade != null) {
      upgrade.cancel(reason);
    }
  }

  private void over() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      cancelClosing.run();
      forget.run();
    }
  }

  private void tell(CloseReason reason) {
    Listener told = listener;
    listener = null;
    if (told != null) {
      told.closed(reason);
    }
  }
}
