package dev.selvedge.protocol.signalr;

import dev.selvedge.config.SignalRConfig;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Notes;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.SessionId;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, from its negotiation to its end: the bytes that come over the transport
 * become hub messages and go to the {@link Hub}, and the other way around. Confined to its lane.
 *
 * <p>One that can be resumed outlives its WebSocket for the disconnect time-out, see {@link
 * Resumption}.
 */
final class HubConnection {
  private enum Phase {
    /** No transport yet. */
    NEGOTIATED,
    /** The client has not said which hub protocol it speaks. */
    HANDSHAKE,
    OPEN,
    /** Only what a long poll still has to fetch is left. */
    OVER
  }

  private final HubConnections owner;
  private final SessionId id;
  private final SessionId token;
  private final String path;
  private final String function;
  private final boolean resumable;
  private final SignalRConfig config;
  private final HubTimes times;
  private final HubInput input;
  private final Posts posts = new Posts(this);
  private Phase phase = Phase.NEGOTIATED;
  private @Nullable Transport transport;
  private @Nullable Handshake request;
  private @Nullable Pipe pipe;
  private @Nullable Hub hub;
  private @Nullable Resumption resumption;
  private boolean paused;
  private boolean draining;

  /**
   * @param id of the session that it will have
   * @param token what its requests bring
   * @param resumable whether the client has asked for a connection that can be resumed
   */
  HubConnection(
      HubConnections owner, SessionId id, SessionId token, FunctionRoute route, boolean resumable) {
    this(owner, id, token, route.path(), route.function(), resumable);
    times.schedule();
  }

  private HubConnection(
      HubConnections owner,
      SessionId id,
      SessionId token,
      String path,
      String function,
      boolean resumable) {
    this.owner = owner;
    this.id = id;
    this.token = token;
    this.path = path;
    this.function = function;
    this.resumable = resumable;
    this.config = owner.config();
    this.times = new HubTimes(this, config, owner.clock());
    this.input = new HubInput(config.maxMessageBytes());
  }

  /**
   * One that another edge had; its client is away.
   *
   * @param path of the route that it came by
   */
  static HubConnection adopted(
      HubConnections owner, SessionId id, SessionId token, String path, String function) {
    HubConnection adopted = new HubConnection(owner, id, token, path, function, true);
    adopted.transport = Transport.WEBSOCKET;
    return adopted;
  }

  /** Goes on from what that edge has noted; returns the session's port. */
  ClientPort goOn(ClientSession session, HubFormat format, Notes notes) {
    Journal journal = new Journal(config.resumeBufferBytes(), notes);
    resumption = new Resumption(this, session, format, journal, true);
    Hub known = new Hub(this, format);
    hub = known;
    phase = Phase.OPEN;
    times.waits();
    known.goOn(session, notes.heard());
    return known;
  }

  SessionId id() {
    return id;
  }

  SessionId token() {
    return token;
  }

  /** Of the route that it came by. */
  String path() {
    return path;
  }

  String function() {
    return function;
  }

  boolean isShakingHands() {
    return phase == Phase.HANDSHAKE;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isOver() {
    return phase == Phase.OVER;
  }

  /** The transport that the first request chose; null before it. */
  @Nullable Transport chosen() {
    return transport;
  }

  void choose(Transport first) {
    transport = first;
  }

  Transport transport() {
    return transport == null ? Transport.WEBSOCKET : transport;
  }

  /** Whether another WebSocket may take the place of the one that it has, or had. */
  boolean canResume() {
    return phase == Phase.OPEN && resumption != null;
  }

  Posts posts() {
    return posts;
  }

  @Nullable Pipe pipe() {
    return pipe;
  }

  // ---- transports come and go

  /** The first transport starts the handshake. */
  void begin(Pipe first, Handshake opened) {
    pipe = first;
    request = opened;
    phase = Phase.HANDSHAKE;
    times.began();
  }

  /** Another WebSocket of the same client: goes on where the one before broke off. */
  void resume(Pipe next) {
    if (resumption == null || hub == null) {
      next.end(true);
      return;
    }
    if (pipe != null) {
      pipe.end(false);
    }
    pipe = next;
    input.clear();
    resumption.resume();
    times.resumed();
    hub.drained();
  }

  /** A pipe is gone without our doing. */
  void lost(Pipe which, CloseReason reason) {
    if (pipe != which || phase == Phase.OVER) {
      return;
    }
    boolean broken =
        reason.code() == CloseReason.LOST.code() || reason.code() == CloseReason.HEARTBEAT.code();
    // A client that closes without a code has ended its connection as it should.
    CloseReason told = reason.code() == CloseReason.NO_STATUS.code() ? CloseReason.NORMAL : reason;
    if (resumption == null) {
      finish(told);
      return;
    }
    pipe = null;
    times.waits();
    if (!broken) {
      resumption.afterAll(() -> finish(told));
    }
  }

  /** A long poll was answered or given up: the next one is waited for. */
  void pollEnded() {
    if (phase != Phase.HANDSHAKE) {
      times.waits();
    }
  }

  // ---- from the client

  void received(ByteBuf bytes) {
    if (phase != Phase.OVER) {
      input.add(bytes);
      drain();
    }
  }

  /** Handles what has come, as far as the session takes it. */
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      do {
        while (!isPaused() && phase != Phase.OVER && handleNext()) {
          times.received();
        }
      } while (!isPaused()
          && phase != Phase.OVER
          && phase != Phase.NEGOTIATED
          && posts.feed(input));
    } finally {
      draining = false;
    }
  }

  private boolean handleNext() {
    try {
      return switch (phase) {
        case HANDSHAKE -> handshake(input.nextRecord());
        case OPEN -> hub != null && accept(hub.format().next(input));
        default -> false;
      };
    } catch (HubViolation violation) {
      violated(violation);
      return false;
    }
  }

  private boolean handshake(byte @Nullable [] record) {
    if (record == null) {
      return false;
    }
    try {
      agree(HandshakeCodec.decode(record));
    } catch (HubViolation e) {
      refuse(HubErrors.malformedHandshake(config.detailedErrors() ? e.text() : null));
    }
    return true;
  }

  private void agree(HandshakeCodec.Request wanted) {
    HubFormat format = HubFormat.named(wanted.protocol()).orElse(null);
    if (format == null) {
      refuse(HubErrors.unknownProtocol(wanted.protocol()));
    } else if (wanted.version() > HandshakeCodec.VERSION) {
      refuse(HubErrors.unknownVersion(wanted.protocol(), wanted.version()));
    } else if (format.binary() && pipe != null && !pipe.carriesBinary()) {
      refuse(HubErrors.needsBinary(wanted.protocol()));
    } else {
      open(format, wanted.version());
    }
  }

  private void open(HubFormat format, long version) {
    Handshake opened = request;
    if (opened == null || pipe == null) {
      return;
    }
    boolean resumes = resumable && version >= 2 && pipe.transport() == Transport.WEBSOCKET;
    Hub speaking = new Hub(this, format);
    hub = speaking;
    phase = Phase.OPEN;
    push(HandshakeCodec.accepted());
    times.waits();
    ClientSession session = owner.open(this, opened, speaking);
    if (resumes) {
      boolean noted = owner.keep(this, session, format);
      Journal journal = new Journal(config.resumeBufferBytes());
      resumption = new Resumption(this, session, format, journal, noted);
    }
    speaking.opened(session);
  }

  /** Nothing follows the answer to a handshake that is refused. */
  private void refuse(String error) {
    push(HandshakeCodec.refused(error));
    end(false);
  }

  void handshakeTimedOut() {
    refuse(HubErrors.HANDSHAKE_CANCELED);
  }

  private boolean accept(@Nullable HubMessage message) throws HubViolation {
    if (message == null) {
      return false;
    }
    if (resumption == null) {
      handle(message, Hub.NO_NUMBER);
    } else {
      resumption.receive(message);
      if (resumption.isFull() && pipe != null) {
        pipe.pauseReading();
      }
    }
    return true;
  }

  /**
   * Hands a message on, unless the connection is over.
   *
   * @param number the client's own, if it counts its messages
   */
  void handle(HubMessage message, long number) {
    if (hub == null || phase != Phase.OPEN) {
      return;
    }
    if (message instanceof HubMessage.Ping) {
      times.pinged();
    } else if (message instanceof HubMessage.Close) {
      hub.end(CloseReason.NORMAL);
      end(false);
    } else {
      hub.receive(message, number);
    }
  }

  private void violated(HubViolation violation) {
    if (phase == Phase.HANDSHAKE) {
      refuse(HubErrors.HANDSHAKE_CANCELED);
    } else if (hub != null) {
      hub.end(violation.reason());
      close(HubErrors.violation(violation, config.detailedErrors()), violation.reason());
    }
  }

  // ---- towards the client

  /**
   * Writes what is repeated if the client comes back without having got it.
   *
   * @param event what it is the form of, if it is an event
   */
  void writeCounted(byte[] bytes, @Nullable Outbound event) {
    if (resumption == null) {
      push(bytes);
    } else if (phase != Phase.OVER) {
      resumption.send(bytes, event);
    }
  }

  /** Writes to the transport, if there is one: what is not counted, or has its number. */
  void push(byte[] bytes) {
    if (pipe != null && phase != Phase.OVER) {
      times.sent();
      pipe.write(bytes, hub != null && hub.format().binary());
    }
  }

  boolean writable() {
    if (phase != Phase.OPEN || resumption != null && !resumption.writable()) {
      return false;
    }
    return pipe == null || pipe.writable();
  }

  long pendingBytes() {
    if (pipe != null) {
      return pipe.pendingBytes();
    }
    return resumption == null ? 0 : resumption.bytes();
  }

  void drained() {
    if (hub != null) {
      hub.drained();
    }
  }

  void ping() {
    if (hub != null) {
      push(hub.format().encode(new HubMessage.Ping()));
    }
  }

  /** Something that came is to be acknowledged. */
  void owesAck() {
    times.owesAck();
  }

  void acknowledge() {
    if (resumption != null && pipe != null) {
      resumption.acknowledge();
    }
  }

  boolean isPaused() {
    return paused || resumption != null && resumption.isFull();
  }

  void pauseReading() {
    paused = true;
    if (pipe != null) {
      pipe.pauseReading();
    }
  }

  void resumeReading() {
    paused = false;
    goOnReading();
  }

  /** One reason less not to read. */
  void goOnReading() {
    if (isPaused()) {
      return;
    }
    times.received();
    drain();
    if (!isPaused() && pipe != null) {
      pipe.resumeReading();
    }
  }

  // ---- the end

  /** Tells the client that the session is over, and ends the transport. */
  void close(@Nullable String error, CloseReason reason) {
    if (resumption != null) {
      resumption.sendRest();
    }
    if (hub != null) {
      push(hub.format().encode(new HubMessage.Close(error, reason.retry())));
    }
    end(reason.code() == CloseReason.INTERNAL_ERROR.code());
  }

  /** Another node has the connection: the client finds it there if it loses its WebSocket here. */
  void handedOver(CloseReason reason) {
    if (resumption == null) {
      close(HubErrors.closed(reason), reason);
    } else if (phase != Phase.OVER) {
      phase = Phase.OVER;
      posts.close();
      forget();
      if (pipe != null) {
        pipe.cutOff();
      }
    }
  }

  /** Ends the transport; what a long poll has not fetched yet waits for it. */
  private void end(boolean failed) {
    if (phase == Phase.OVER) {
      return;
    }
    phase = Phase.OVER;
    posts.close();
    input.clear();
    Pipe last = pipe;
    if (last != null && last.transport() == Transport.LONGPOLL) {
      times.waits();
    } else {
      forget();
    }
    if (last != null) {
      last.end(failed);
    }
  }

  /** The client is gone, or has ended the connection. */
  void finish(CloseReason reason) {
    if (hub != null) {
      hub.end(reason);
    }
    end(false);
  }

  /** It was away for too long. */
  void absent() {
    finish(CloseReason.LOST);
  }

  /** It has said nothing for too long. */
  void silent() {
    if (hub != null) {
      hub.end(CloseReason.HEARTBEAT);
      close(HubErrors.closed(CloseReason.HEARTBEAT), CloseReason.HEARTBEAT);
    }
  }

  /** Nothing is left to be fetched. */
  void forget() {
    times.cancel();
    owner.forget(this);
  }
}
