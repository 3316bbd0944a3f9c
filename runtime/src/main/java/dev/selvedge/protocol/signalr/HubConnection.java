package dev.selvedge.protocol.signalr;

import dev.selvedge.config.SignalRConfig;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.session.SessionId;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, from its negotiation to its end: the bytes that come over the transport
 * become hub messages and go to the {@link Hub}, and the other way around. Confined to its lane.
 *
 * <p>One that can be resumed outlives its WebSocket for the disconnect time-out; what the client
 * has not acknowledged is in the {@link Journal}.
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

  private static final long NEVER = Long.MAX_VALUE;
  private static final long ACK_INTERVAL = 1_000;

  private final HubConnections owner;
  private final SessionId id;
  private final String token;
  private final FunctionRoute route;
  private final boolean resumable;
  private final SignalRConfig config;
  private final LaneClock clock;
  private final LaneClock.Deadline deadline;
  private final HubInput input;
  private final Posts posts = new Posts(this);
  private Phase phase = Phase.NEGOTIATED;
  private @Nullable Transport transport;
  private @Nullable Handshake request;
  private @Nullable Pipe pipe;
  private @Nullable Hub hub;
  private @Nullable Journal journal;
  private boolean paused;
  private boolean draining;
  private boolean pinged;
  private long lastSent;
  private long lastReceived;

  /** Since when there is no transport, no handshake, no poll or, at the end, nothing to do. */
  private long waitsSince;

  private long ackDue = NEVER;

  /**
   * @param id of the session that it will have
   * @param token what its requests bring
   * @param resumable whether the client has asked for a connection that can be resumed
   */
  HubConnection(
      HubConnections owner, SessionId id, String token, FunctionRoute route, boolean resumable) {
    this.owner = owner;
    this.id = id;
    this.token = token;
    this.route = route;
    this.resumable = resumable;
    this.config = owner.config();
    this.clock = owner.clock();
    this.deadline = clock.deadline(this::onDeadline);
    this.input = new HubInput(config.maxMessageBytes());
    waitsSince = clock.millis();
    schedule();
  }

  SessionId id() {
    return id;
  }

  String token() {
    return token;
  }

  FunctionRoute route() {
    return route;
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
    return phase == Phase.OPEN && journal != null;
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
    long now = clock.millis();
    waitsSince = now;
    lastSent = now;
    lastReceived = now;
    schedule();
  }

  /** Another WebSocket of the same client: goes on where the one before broke off. */
  void resume(Pipe next) {
    Journal kept = journal;
    Hub of = hub;
    if (kept == null || of == null) {
      next.end(true);
      return;
    }
    if (pipe != null) {
      pipe.end(false);
    }
    pipe = next;
    input.clear();
    kept.resumed();
    pinged = false;
    lastReceived = clock.millis();
    write(of.format().encode(new HubMessage.Sequence(kept.firstUnacknowledged())), false);
    for (byte[] message : kept.unacknowledged()) {
      next.write(message, of.format().binary());
    }
    schedule();
    of.drained();
  }

  /** A pipe is gone without our doing. */
  void lost(Pipe which, CloseReason reason) {
    if (pipe != which || phase == Phase.OVER) {
      return;
    }
    boolean broken =
        reason.code() == CloseReason.LOST.code() || reason.code() == CloseReason.HEARTBEAT.code();
    if (canResume() && broken) {
      pipe = null;
      waitsSince = clock.millis();
      schedule();
    } else {
      // A client that closes without a code has ended its connection as it should.
      finish(reason.code() == CloseReason.NO_STATUS.code() ? CloseReason.NORMAL : reason);
    }
  }

  /** A long poll was answered or given up: the next one is waited for. */
  void pollEnded() {
    if (phase == Phase.HANDSHAKE) {
      return;
    }
    waitsSince = clock.millis();
    schedule();
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
        while (!paused && phase != Phase.OVER && handleNext()) {
          lastReceived = clock.millis();
        }
      } while (!paused && phase != Phase.OVER && phase != Phase.NEGOTIATED && posts.feed(input));
    } finally {
      draining = false;
    }
  }

  private boolean handleNext() {
    try {
      return switch (phase) {
        case HANDSHAKE -> handshake(input.nextRecord());
        case OPEN -> hub != null && accept(hub, hub.format().next(input));
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
    if (resumable && version >= 2 && pipe.transport() == Transport.WEBSOCKET) {
      journal = new Journal(config.resumeBufferBytes());
    }
    Hub speaking = new Hub(this, format);
    hub = speaking;
    phase = Phase.OPEN;
    waitsSince = clock.millis();
    write(HandshakeCodec.accepted(), false);
    schedule();
    speaking.opened(owner.open(this, opened, speaking));
  }

  /** Nothing follows the answer to a handshake that is refused. */
  private void refuse(String error) {
    write(HandshakeCodec.refused(error), false);
    end(false);
  }

  private boolean accept(Hub to, @Nullable HubMessage message) throws HubViolation {
    if (message == null) {
      return false;
    }
    Journal kept = journal;
    if (message instanceof HubMessage.Sequence sequence) {
      if (kept != null) {
        kept.sequence(sequence.sequenceId());
      }
    } else if (kept == null || isNew(kept, message)) {
      handle(to, message);
    }
    return true;
  }

  private boolean isNew(Journal kept, HubMessage message) {
    boolean isNew = kept.isNew(message);
    if (kept.owesAck() && ackDue == NEVER) {
      ackDue = clock.millis() + ACK_INTERVAL;
      schedule();
    }
    return isNew;
  }

  private void handle(Hub to, HubMessage message) throws HubViolation {
    if (message instanceof HubMessage.Ping) {
      if (!pinged) {
        pinged = true;
        schedule();
      }
    } else if (message instanceof HubMessage.Close) {
      to.end(CloseReason.NORMAL);
      end(false);
    } else if (message instanceof HubMessage.Ack ack) {
      acknowledged(to, ack.sequenceId());
    } else {
      to.receive(message);
    }
  }

  private void acknowledged(Hub to, long number) throws HubViolation {
    if (journal != null) {
      boolean full = journal.isFull();
      journal.acknowledged(number);
      if (full && !journal.isFull()) {
        to.drained();
      }
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
   * @param counted whether it is repeated if the client comes back without having got it
   */
  void write(byte[] bytes, boolean counted) {
    if (phase == Phase.OVER) {
      return;
    }
    if (counted && journal != null) {
      journal.add(bytes);
    }
    if (pipe != null) {
      lastSent = clock.millis();
      pipe.write(bytes, hub != null && hub.format().binary());
    }
  }

  boolean writable() {
    if (phase != Phase.OPEN || journal != null && journal.isFull()) {
      return false;
    }
    return pipe == null || pipe.writable();
  }

  long pendingBytes() {
    if (pipe != null) {
      return pipe.pendingBytes();
    }
    return journal == null ? 0 : journal.bytes();
  }

  void drained() {
    if (hub != null) {
      hub.drained();
    }
  }

  boolean isPaused() {
    return paused;
  }

  void pauseReading() {
    paused = true;
    if (pipe != null) {
      pipe.pauseReading();
    }
  }

  void resumeReading() {
    paused = false;
    lastReceived = clock.millis();
    drain();
    if (!paused && pipe != null) {
      pipe.resumeReading();
    }
  }

  // ---- the end

  /** Tells the client that the session is over, and ends the transport. */
  void close(@Nullable String error, CloseReason reason) {
    if (hub != null) {
      write(hub.format().encode(new HubMessage.Close(error, reason.retry())), false);
    }
    end(reason.code() == CloseReason.INTERNAL_ERROR.code());
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
      waitsSince = clock.millis();
      schedule();
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

  /** Nothing is left to be fetched. */
  void forget() {
    deadline.cancel();
    owner.forget(this);
  }

  // ---- time

  private void onDeadline() {
    long now = clock.millis();
    if (phase == Phase.OVER) {
      forget();
      return;
    }
    if (phase == Phase.HANDSHAKE && now >= handshakeDue()) {
      refuse(HubErrors.HANDSHAKE_CANCELED);
    } else if (now >= absenceDue()) {
      finish(CloseReason.LOST);
    } else if (now >= silenceDue()) {
      finishSilent();
    } else {
      ping(now);
      acknowledge(now);
    }
    if (phase != Phase.OVER) {
      schedule();
    }
  }

  private void finishSilent() {
    if (hub != null) {
      hub.end(CloseReason.HEARTBEAT);
      close(HubErrors.closed(CloseReason.HEARTBEAT), CloseReason.HEARTBEAT);
    }
  }

  private void ping(long now) {
    if (hub != null && now >= pingDue()) {
      write(hub.format().encode(new HubMessage.Ping()), false);
    }
  }

  private void acknowledge(long now) {
    if (hub != null && journal != null && now >= ackDue) {
      ackDue = NEVER;
      if (pipe != null && journal.owesAck()) {
        write(hub.format().encode(new HubMessage.Ack(journal.acknowledge())), false);
      }
    }
  }

  private void schedule() {
    long due = Math.min(Math.min(handshakeDue(), absenceDue()), Math.min(silenceDue(), pingDue()));
    due = Math.min(due, ackDue);
    if (phase == Phase.OVER) {
      due = waitsSince + config.disconnectTimeout().toMillis();
    }
    if (due != NEVER) {
      deadline.in(due - clock.millis());
    }
  }

  private long handshakeDue() {
    return phase == Phase.HANDSHAKE ? waitsFor(config.handshakeTimeout().toMillis()) : NEVER;
  }

  private long waitsFor(long millis) {
    return waitsSince + millis;
  }

  /** No transport at all, or no poll. */
  private long absenceDue() {
    boolean absent =
        pipe == null
            || pipe instanceof PollPipe polled && phase == Phase.OPEN && !polled.isPolled();
    return absent && phase != Phase.OVER ? waitsFor(config.disconnectTimeout().toMillis()) : NEVER;
  }

  /** A client that sends pings is silent. */
  private long silenceDue() {
    return pinged && phase == Phase.OPEN && pipe != null && !paused
        ? lastReceived + config.clientTimeout().toMillis()
        : NEVER;
  }

  private long pingDue() {
    return phase == Phase.OPEN && pipe != null && pipe.needsPings()
        ? lastSent + config.keepAlive().toMillis()
        : NEVER;
  }
}
