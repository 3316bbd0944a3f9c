package dev.selvedge.protocol.socketio;

import dev.selvedge.config.SocketIoConfig;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.edge.WebSocketConnection;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection of Engine.IO 4: messages both ways over polls and posts, or over a WebSocket that
 * may take their place. Frames go out in the order of {@link #send}, and those of one call without
 * others between them.
 *
 * <p>Confined to its lane, to which requests and sockets of other lanes and nodes are passed on.
 */
final class EngineSession implements EngineSocket.Owner {
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
  private @Nullable EngineSocket socket;
  private @Nullable Polls polls;
  private @Nullable Posts posts;
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
    polls = new Polls(clock, this::drained);
    posts = new Posts(new Posted());
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

  /** Whether it has been silent for too long, timers or not; it is closed then. */
  boolean hasExpired() {
    if (state == State.OPEN && heartbeat.isOverdue()) {
      die(PING_TIMEOUT);
    }
    return state == State.CLOSED;
  }

  Transport transport() {
    return socket == null ? Transport.LONGPOLL : Transport.WEBSOCKET;
  }

  // Polls and posts.

  /** A GET while the session polls. */
  void poll(Exchange exchange) {
    Polls to = polls;
    if (to == null) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else if (to.isHeld()) {
      die(TRANSPORT_ERROR);
      EngineAnswers.failed(exchange);
    } else {
      exchange.onAborted(() -> aborted(exchange));
      if (state == State.CLOSING) {
        tellClosed(to, exchange);
      } else {
        to.hold(exchange);
      }
    }
  }

  private void tellClosed(Polls to, Exchange exchange) {
    if (to.isEmpty()) {
      to.send(List.of(EngineCodec.NOOP));
    }
    to.send(List.of(EngineCodec.CLOSE));
    to.hold(exchange);
    over();
  }

  /** A POST while the session polls. */
  void post(Exchange exchange) {
    Posts to = posts;
    String type = exchange.header("content-type");
    if (to == null) {
      EngineRefusal.BAD_REQUEST.answer(exchange);
    } else if (to.isOpen() || "application/octet-stream".equals(type)) {
      die(TRANSPORT_ERROR);
      EngineAnswers.failed(exchange);
    } else {
      to.begin(exchange);
      exchange.onAborted(() -> aborted(exchange));
      exchange
          .body()
          .onSuccess(body -> posted(to, exchange, body))
          .onFailure(error -> notPosted(to, exchange, error));
    }
  }

  private void posted(Posts to, Exchange exchange, Buffer body) {
    if (body.length() > rules.maxPayloadBytes()) {
      to.forget();
      EngineAnswers.tooLarge(exchange);
      return;
    }
    try {
      to.take(exchange, body);
    } catch (HttpError notUtf8) {
      malformed();
    }
  }

  private static void notPosted(Posts to, Exchange exchange, Throwable error) {
    if (to.isOpen(exchange)) {
      to.forget();
    }
    exchange.fail(
        error instanceof HttpError http
            ? http
            : new HttpError(500, "internal", "the request could not be handled"));
  }

  private void aborted(Exchange exchange) {
    if (polls != null && polls.isHeld(exchange) || posts != null && posts.isOpen(exchange)) {
      die(TRANSPORT_ERROR);
    }
  }

  private final class Posted implements Posts.Reader {
    @Override
    public boolean reading() {
      return !paused;
    }

    @Override
    public void packet(EnginePacket packet) {
      EngineSession.this.packet(packet);
    }

    @Override
    public void malformed() {
      EngineSession.this.malformed();
    }
  }

  // The upgrade.

  /** A WebSocket of the session; a second one, or one too late, is closed at once. */
  void upgrade(WebSocketConnection connection) {
    if (state != State.OPEN || polls == null || upgrade != null) {
      EngineSocket refused = new EngineSocket(connection, base64, new Refused());
      refused.open();
      refused.close(CloseReason.NORMAL);
      return;
    }
    EngineUpgrade begun =
        new EngineUpgrade(
            owner -> new EngineSocket(connection, base64, owner), rules, clock, new Upgrading());
    upgrade = begun;
    begun.begin();
  }

  /** A socket that nobody wants. */
  private static final class Refused implements EngineSocket.Owner {
    @Override
    public void packet(EnginePacket packet) {}

    @Override
    public void malformed() {}

    @Override
    public void drained() {}

    @Override
    public void closed(CloseReason reason) {}
  }

  private final class Upgrading implements EngineUpgrade.Session {
    @Override
    public void releasePoll() {
      if (polls != null) {
        polls.answerWith(EngineCodec.NOOP);
      }
    }

    @Override
    public void upgraded(EngineSocket to) {
      upgrade = null;
      goOnWith(to);
    }

    @Override
    public void failed() {
      upgrade = null;
    }
  }

  private void goOnWith(EngineSocket to) {
    to.handOver(this);
    socket = to;
    Deque<Frame> waiting =
        polls == null ? new ArrayDeque<>() : polls.endWith(EngineRefusal.BAD_REQUEST);
    polls = null;
    if (posts != null) {
      posts.fail();
      posts = null;
    }
    to.send((Iterable<Frame>) waiting);
    if (paused) {
      to.pauseReading();
    }
  }

  // From the client.

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
    if (polls != null) {
      polls.cut(EngineCodec.NOOP);
    }
    if (posts != null) {
      posts.accept();
    }
    die(CLOSED_BY_CLIENT);
  }

  @Override
  public void malformed() {
    die(PARSE_ERROR);
  }

  @Override
  public void drained() {
    if (state == State.OPEN && listener != null && writable()) {
      listener.drained();
    }
  }

  @Override
  public void closed(CloseReason reason) {
    socket = null;
    die(reason);
  }

  // To the client.

  /** Sends frames that belong together. With 2 MiB waiting already the session ends. */
  void send(List<Frame> frames) {
    if (state != State.OPEN) {
      return;
    }
    if (socket != null) {
      socket.send(frames);
    } else if (polls != null && !polls.send(frames)) {
      die(CloseReason.SLOW_CONSUMER);
    }
  }

  boolean writable() {
    if (state != State.OPEN) {
      return false;
    }
    return socket != null ? socket.writable() : polls != null && polls.writable();
  }

  long pendingBytes() {
    if (socket != null) {
      return socket.pendingBytes();
    }
    return polls == null ? 0 : polls.pendingBytes();
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
    } else if (posts != null) {
      posts.pump();
    }
  }

  // The end.

  /** Closes it from this side: what was sent still arrives, then the client is told. */
  void close(CloseReason reason) {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    heartbeat.stop();
    if (upgrade != null) {
      upgrade.cancel(reason);
    }
    if (posts != null) {
      posts.accept();
    }
    if (polls != null && !polls.isHeld()) {
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
    if (state != State.OPEN) {
      over();
      return;
    }
    over();
    heartbeat.stop();
    if (upgrade != null) {
      upgrade.cancel(reason);
    }
    if (socket != null) {
      socket.close(reason);
    }
    tell(reason);
  }

  private void over() {
    if (state == State.CLOSED) {
      return;
    }
    boolean closing = state == State.CLOSING;
    state = State.CLOSED;
    cancelClosing.run();
    forget.run();
    if (polls != null && closing) {
      polls.answerWith(EngineCodec.CLOSE);
    } else if (polls != null) {
      polls.cut(EngineCodec.CLOSE);
    }
    if (posts != null) {
      posts.fail();
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
