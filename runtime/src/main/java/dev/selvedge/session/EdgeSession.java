package dev.selvedge.session;

import dev.selvedge.config.SessionConfig;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ToFunction.Inbound;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session on the edge that owns it: between the client's port and the instance it is bound to.
 * What the client sends waits in the {@link Inbox} until it is handled, where it is handled is the
 * concern of {@link Hosting}, and what the client is sent goes through the {@link Outflow}.
 *
 * <p>Confined to its lane.
 */
final class EdgeSession implements ClientSession {
  private final SessionId id;
  private final String function;
  private final String protocol;
  private final Handshake handshake;
  private final @Nullable String principal;
  private final Lane lane;
  private final SessionTable table;
  private final Inbox inbox;
  private final Hosting hosting;
  private final Outflow outflow;
  private final long openedAt = System.currentTimeMillis();
  private boolean reading = true;
  private @Nullable CloseReason ending;

  /** Null until somebody asks for it, as when the session joins a group. */
  private @Nullable Memberships memberships;

  /** Null until the client uses a stream. */
  private @Nullable EdgeStreams streams;

  /** Null until the client is asked something. */
  private @Nullable Questions questions;

  /** Null if the session ends with its connection. */
  private @Nullable Keeping keeping;

  EdgeSession(
      SessionId id,
      String function,
      String protocol,
      Handshake handshake,
      @Nullable String principal,
      ClientPort port,
      Lane lane,
      SessionTable table) {
    this.id = id;
    this.function = function;
    this.protocol = protocol;
    this.handshake = handshake;
    this.principal = principal;
    this.lane = lane;
    this.table = table;
    SessionConfig rules = table.placement().rules(function);
    this.inbox = new Inbox(id, rules.inboundCredit());
    this.hosting = new Hosting(this, inbox);
    this.outflow = new Outflow(port, rules);
  }

  // ---- what the protocol calls

  @Override
  public String id() {
    return id.toString();
  }

  @Override
  public String function() {
    return function;
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public Transport transport() {
    return outflow.port().transport();
  }

  @Override
  public Handshake handshake() {
    return handshake;
  }

  @Override
  public boolean isOpen() {
    return ending == null;
  }

  @Override
  public void receive(ClientMessage said) {
    if (ending == null) {
      received(inbox.add(said));
    }
  }

  @Override
  public void receive(long number, ClientMessage said) {
    if (ending == null) {
      received(inbox.add(number, said));
    }
  }

  private void received(Inbound message) {
    table.listener().received(this);
    if (message.message().hasStreams()) {
      streams().received(message);
    }
    gateReading();
    hosting.received(message);
  }

  @Override
  public void item(long stream, @Nullable Object value) {
    if (ending == null && streams != null) {
      streams.item(stream, value);
      gateReading();
    }
  }

  @Override
  public void endStream(long stream, @Nullable ReplyError error) {
    if (ending == null && streams != null) {
      streams.end(stream, error);
    }
  }

  @Override
  public void cancel(long replyTo) {
    if (ending == null && streams != null) {
      streams.cancel(replyTo);
    }
  }

  @Override
  public void answer(long request, List<@Nullable Object> args) {
    if (questions != null) {
      questions.answer(request, args, null);
    }
  }

  @Override
  public void answerError(long request, ReplyError error) {
    if (questions != null) {
      questions.answer(request, null, error);
    }
  }

  /** The client is read while neither its messages nor its streams' items pile up. */
  private void gateReading() {
    if (reading && (inbox.isExhausted() || streams != null && streams.isExhausted())) {
      reading = false;
      outflow.port().pauseReading();
    } else if (!reading && inbox.isHalfFree() && (streams == null || streams.isHalfFree())) {
      reading = true;
      outflow.port().resumeReading();
    }
  }

  private EdgeStreams streams() {
    if (streams == null) {
      streams = new EdgeStreams(this);
    }
    return streams;
  }

  @Override
  public void drained() {
    if (ending == null) {
      outflow.drain();
      grantStreams();
    }
  }

  private void grantStreams() {
    if (streams != null && !outflow.isBehind()) {
      streams.grant();
    }
  }

  @Override
  public void end(CloseReason reason) {
    if (ending == null) {
      ending = reason;
      outflow.discard();
      over(reason);
      hosting.ended();
    }
  }

  private void over(CloseReason reason) {
    if (keeping != null) {
      table.recovery().ended(keeping);
      keeping = null; // nobody needs to hear of the groups that it leaves now
    }
    table.closed(this, reason);
    if (questions != null) {
      questions.fail(new ReplyError(SessionTable.NO_SUCH_SESSION, "the session has ended", null));
    }
  }

  // ---- the client goes and comes back

  @Override
  public void keep(SessionId secret) {
    keep(new Keeping(this, table.recovery(), secret, null));
  }

  @Override
  public void keep(SessionId secret, Notes notes) {
    Mark start = table.recovery().mark(id.node(), 0);
    notes.startAt(start);
    Keeping with = new Keeping(this, table.recovery(), secret, notes);
    keep(with);
    if (start != null) {
      with.settleAt(start);
    }
  }

  private void keep(Keeping with) {
    keeping = with;
    table.recovery().kept(with);
  }

  @Override
  public void note(Note note) {
    if (keeping != null) {
      keeping.note(note);
    }
  }

  @Override
  public void whenNoted(Runnable then) {
    if (keeping == null) {
      then.run();
    } else {
      keeping.whenNoted(then);
    }
  }

  boolean isKept() {
    return keeping != null;
  }

  /** Whether its protocol notes what it does. */
  private boolean isNoted() {
    return keeping != null && keeping.notes() != null;
  }

  Recovery recovery() {
    return table.recovery();
  }

  @Nullable String principal() {
    return principal;
  }

  /** The session was that of an edge that is gone; its client is away. */
  void adopt(Replica.Kept former, SentLog.Past past) {
    Keeping with = new Keeping(this, table.recovery(), former, past);
    if (with.notes() == null) {
      inbox.startAfter(with.adoptions() << 32);
      former.waiting.forEach(inbox::add);
    }
    keep(with);
    with.hostCounts();
    if (former.settled != null) {
      with.settleAt(former.settled);
    }
  }

  /** Its groups and its past are here: it may go on. */
  void goOn(Replica.Kept former) {
    hosting.adopt(former.host, former.version, former.state);
    if (ending == null && keeping != null && keeping.isAway()) {
      table.recovery().absent(keeping);
    }
  }

  /** Tells the standby of what has not gone to any instance. */
  void tellWaiting(Standby standby) {
    if (isNoted()) {
      return; // it knows, with all else that it was told to note
    }
    for (Inbound message : inbox.all()) {
      if (inbox.isUnsent(message)) {
        standby.waiting(this, message);
      }
    }
  }

  /** The edge is about to stop, and another one has the session now; the client goes there. */
  void handOver(CloseReason reason) {
    if (ending == null) {
      ending = reason;
      if (isNoted()) {
        outflow.discard(); // the other edge has it, and gives it its number
      } else {
        outflow.flush();
      }
      if (keeping != null) {
        table.recovery().forget(keeping);
        keeping = null;
      }
      table.closed(this, reason);
      outflow.port().handedOver(reason);
      hosting.handedOver();
    }
  }

  /** Whether another edge could go on with it. */
  boolean canBeHandedOver() {
    return keeping != null && ending == null && hosting.isConfirmed();
  }

  @Override
  public void lost(CloseReason reason) {
    if (ending != null) {
      return;
    }
    if (keeping == null || !hosting.isConfirmed()) {
      end(reason); // nobody to come back, or nobody has been let in
      return;
    }
    keeping.moved();
    outflow.attach(new AwayPort(outflow.port().transport()));
    if (questions != null) {
      questions.fail(new ReplyError("interrupted", "the client has lost its connection", null));
    }
    table.recovery().absent(keeping);
  }

  /** The client is back: what it has missed is known to the caller, and goes before the rest. */
  void resume(ClientPort next) {
    if (keeping == null) {
      return; // only a kept session has a secret to be found by
    }
    if (!keeping.isAway()) {
      outflow.port().close(CloseReason.GOING_AWAY.because("the client has another connection"));
      keeping.moved();
    }
    keeping.moved();
    outflow.attach(next);
    if (!reading) {
      next.pauseReading();
    }
  }

  /** The port of a client at that place, if that is where the client is. */
  @Nullable RemotePort portAt(NodeId node, AttachmentWire.Place place) {
    return outflow.port() instanceof RemotePort remote && remote.isAt(node, place) ? remote : null;
  }

  boolean hasPortOn(NodeId node) {
    return outflow.port() instanceof RemotePort remote && remote.isOn(node);
  }

  // ---- towards the client

  void deliver(Outbound message) {
    if (ending != null
        || keeping != null && keeping.isOfThePast(message)
        || streams != null && !passesStreams(streams, message)) {
      return;
    }
    if (keeping != null) {
      table.recovery().sent(keeping, message);
    }
    table.listener().sent(this);
    if (!outflow.offer(message, this, table.listener())) {
      outflow.discard();
      close(CloseReason.SLOW_CONSUMER);
    } else if (message.kind() == Outbound.Kind.ITEM) {
      grantStreams();
    }
  }

  private static boolean passesStreams(EdgeStreams streams, Outbound message) {
    return switch (message.kind()) {
      case EVENT -> true;
      case ITEM -> streams.admits(message);
      case REPLY, ERROR, END -> {
        streams.answered(message.replyTo());
        yield true;
      }
    };
  }

  /** A reply; dropped if it is the second to a message that was delivered again. */
  void reply(long sequence, Outbound message) {
    if (inbox.answer(sequence)) {
      deliver(message);
    }
  }

  /** Asks the client; its answer goes to the asker. */
  void ask(ToClient.Request request, Lane asked, NodeId from) {
    if (questions == null) {
      questions = new Questions();
    }
    long id = (keeping == null ? 0 : keeping.questionBase()) + table.nextRequest(lane);
    if (questions.ask(id, asked, from, request.ticket())) {
      deliver(Outbound.request(id, request.event(), request.args()));
    }
  }

  void forgetQuestion(NodeId from, long ticket) {
    if (questions != null) {
      questions.forget(from, ticket);
    }
  }

  /** Ends the session from this side: what waits is sent, then the client is closed. */
  void close(CloseReason reason) {
    if (ending == null) {
      outflow.flush();
      end(reason);
      outflow.port().close(reason);
    }
  }

  /** The same, with whatever else the client does over its connection. */
  void hangUp(CloseReason reason) {
    if (ending == null) {
      outflow.flush();
      end(reason);
      outflow.port().hangUp(reason);
    }
  }

  // ---- what the host says

  /** Messages have been handled; reading goes on if that frees enough of the credit. */
  void done(long sequence, @Nullable String state) {
    hosting.done(sequence, state);
    if (ending == null) {
      gateReading();
    }
  }

  /** A message to the client has come from the session's host. */
  void cameFromHost() {
    if (keeping != null) {
      keeping.cameFromHost();
    }
  }

  /** It has another host. */
  void bound() {
    table.handOver().bound(this);
  }

  /** The host counts anew what it sends here. */
  void hostCounts() {
    if (keeping != null) {
      keeping.hostCounts();
    }
  }

  /**
   * The host has sent so much to the edge before this one. What that one took with it the client
   * can never get: it begins anew.
   */
  void posted(long count) {
    if (keeping != null && keeping.hasMissed(count)) {
      close(CloseReason.SERVICE_RESTART.because("messages were lost with a node"));
    }
  }

  /** The function has handled the messages up to that number, which still wait in the inbox. */
  void handled(long sequence) {
    if (keeping != null) {
      keeping.handled(inbox, sequence);
    }
  }

  /** The function has read items of the client's streams. */
  void streamTaken(int items) {
    if (streams != null) {
      streams.taken(items);
      if (ending == null) {
        gateReading();
      }
    }
  }

  /** The function has let the client in. */
  void accepted() {
    if (ending == null) {
      outflow.port().accepted();
    }
  }

  /** A message goes to an instance now. */
  void forwarded(Inbound message) {
    if (streams != null) {
      streams.forwarded(message);
    }
  }

  /** The session moves away from the instance that had the messages up to {@code lastSent}. */
  void interrupted(long lastSent) {
    if (streams != null && ending == null) {
      streams.interrupted(lastSent);
      gateReading();
    }
  }

  Hosting hosting() {
    return hosting;
  }

  // ---- what the hosting needs

  SessionId sessionId() {
    return id;
  }

  Lane lane() {
    return lane;
  }

  Placement placement() {
    return table.placement();
  }

  @Nullable CloseReason ending() {
    return ending;
  }

  ToFunction.Bind bindTo(int version, boolean fresh, @Nullable String state) {
    return new ToFunction.Bind(
        id,
        function,
        version,
        fresh,
        protocol,
        outflow.port().transport(),
        handshake,
        principal,
        state,
        keeping == null ? 0 : table.recovery().windowMillis());
  }

  void rebound() {
    table.listener().rebound(this);
  }

  void retryLater() {
    table.retryOrphansLater(lane);
  }

  /** No function serves it, nor will: the client is closed. */
  void giveUp(CloseReason reason) {
    if (ending == null) {
      ending = reason;
      over(reason);
      outflow.port().close(reason);
    }
  }

  /** The function does not let the client in. */
  void refuse(CloseReason reason, ReplyError why) {
    if (ending == null) {
      ending = reason;
      over(reason);
      outflow.port().refused(reason, why);
    }
  }

  void forget() {
    table.forget(this);
  }

  // ---- groups, and what operators see

  Memberships memberships() {
    if (memberships == null) {
      memberships = new Memberships();
    }
    return memberships;
  }

  /** Milliseconds since 1970. */
  long openedAt() {
    return openedAt;
  }
}
