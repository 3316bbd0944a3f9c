package dev.selvedge.protocol;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.Adopter;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Note;
import dev.selvedge.session.Notes;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Sessions whose function is the test. */
public final class FakeSessions implements Sessions {
  private final NodeId node;
  public final List<Opened> opened = new ArrayList<>();

  /** What happens inside {@link #open}, as a function on the same lane would do it. */
  public Consumer<Opened> onOpen = session -> {};

  public boolean recoverable;

  /** Goes on with sessions with notes. */
  public Adopter adopter;

  /** The clients that came back. */
  public final List<Return> returns = new ArrayList<>();

  /** What comes of one. */
  public Function<Return, Future<Optional<Recovered>>> onReturn =
      back -> Future.succeededFuture(Optional.empty());

  public FakeSessions(NodeId node) {
    this.node = node;
  }

  public Opened last() {
    return opened.get(opened.size() - 1);
  }

  @Override
  public ClientSession open(
      Lane lane,
      String function,
      String protocol,
      Handshake handshake,
      String principal,
      ClientPort port) {
    SessionId id = new SessionId(node, lane.index(), String.format("%022d", opened.size() + 1));
    return open(lane, id, function, protocol, handshake, principal, port);
  }

  @Override
  public ClientSession open(
      Lane lane,
      SessionId id,
      String function,
      String protocol,
      Handshake handshake,
      String principal,
      ClientPort port) {
    Opened session = new Opened(id.toString(), function, protocol, handshake, port);
    opened.add(session);
    onOpen.accept(session);
    return session;
  }

  @Override
  public boolean areRecoverable() {
    return recoverable;
  }

  @Override
  public Future<Optional<Recovered>> recover(Lane lane, Return back) {
    returns.add(back);
    return onReturn.apply(back);
  }

  @Override
  public void adoptWith(String protocol, Adopter by) {
    adopter = by;
  }

  @Override
  public NodeId edgeOf(SessionId session) {
    return session.node();
  }

  @Override
  public Future<NodeId> nextEdgeOf(SessionId session, NodeId asked) {
    return Future.failedFuture("no heir of " + asked);
  }

  @Override
  public boolean areLeaving() {
    return false;
  }

  @Override
  public Optional<ClientSession> find(Lane lane, SessionId id) {
    return Optional.empty();
  }

  /** A session: what it got from its client, and the means to send to it. */
  public static final class Opened implements ClientSession {
    public final String id;
    public final String function;
    public final String protocol;
    public final Handshake handshake;
    public final ClientPort port;
    public final List<String> received = new ArrayList<>();
    public final List<ClientMessage> messages = new ArrayList<>();
    public final Deque<Outbound> waiting = new ArrayDeque<>();
    public CloseReason ended;

    /** The reasons for which it lost its client. */
    public final List<CloseReason> lost = new ArrayList<>();

    public SessionId secret;

    /** What was noted, if the session is kept with notes. */
    public List<Note> notes;

    /** What waits until that is known elsewhere; null if nothing has to wait. */
    public Deque<Runnable> unnoted;

    /** Pauses the port with so many messages received; as the credit of a session does. */
    public int credit = Integer.MAX_VALUE;

    Opened(String id, String function, String protocol, Handshake handshake, ClientPort port) {
      this.id = id;
      this.function = function;
      this.protocol = protocol;
      this.handshake = handshake;
      this.port = port;
    }

    public void send(String event, Object... args) {
      send(Outbound.event(event, List.of(args)));
    }

    public void send(Outbound message) {
      waiting.add(message);
      drained();
    }

    public void close(CloseReason reason) {
      ended = reason;
      port.close(reason);
    }

    @Override
    public String id() {
      return id;
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
      return port.transport();
    }

    @Override
    public Handshake handshake() {
      return handshake;
    }

    @Override
    public void receive(ClientMessage message) {
      messages.add(message);
      long replyTo = message.replyTo();
      received.add(message.event() + message.args() + (replyTo < 0 ? "" : "?" + replyTo));
      if (received.size() % credit == 0) {
        port.pauseReading();
      }
    }

    @Override
    public void item(long stream, Object value) {
      received.add("item " + stream + " " + value);
    }

    @Override
    public void endStream(long stream, ReplyError error) {
      received.add("end " + stream + (error == null ? "" : " " + error));
    }

    @Override
    public void cancel(long replyTo) {
      received.add("cancel " + replyTo);
    }

    @Override
    public void answer(long request, List<Object> args) {
      received.add("answer " + request + args);
    }

    @Override
    public void answerError(long request, ReplyError error) {
      received.add("answer " + request + " " + error);
    }

    @Override
    public void drained() {
      while (!waiting.isEmpty() && port.writable()) {
        port.send(waiting.poll());
      }
    }

    @Override
    public void end(CloseReason reason) {
      if (ended != null) {
        throw new IllegalStateException("ended twice: " + ended + ", " + reason);
      }
      ended = reason;
    }

    @Override
    public void lost(CloseReason reason) {
      lost.add(reason);
      if (secret == null) {
        end(reason);
      }
    }

    @Override
    public void keep(SessionId only) {
      secret = only;
    }

    @Override
    public void keep(SessionId only, Notes book) {
      secret = only;
      notes = new ArrayList<>();
    }

    @Override
    public void note(Note note) {
      if (notes != null) {
        notes.add(note);
      }
    }

    @Override
    public void whenNoted(Runnable then) {
      if (unnoted == null) {
        then.run();
      } else {
        unnoted.add(then);
      }
    }

    /** What was noted is known elsewhere. */
    public void noted() {
      while (!unnoted.isEmpty()) {
        unnoted.remove().run();
      }
    }

    @Override
    public void receive(long number, ClientMessage message) {
      receive(message);
    }

    @Override
    public boolean isOpen() {
      return ended == null;
    }
  }
}
