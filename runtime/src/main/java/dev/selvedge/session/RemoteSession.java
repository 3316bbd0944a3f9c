package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.AttachmentWire.Place;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session whose client has come back on this lane while the session itself is on another one, or
 * on another node: passes on what either side says. Confined to the client's lane.
 */
final class RemoteSession implements ClientSession {
  private final Attachments owner;
  private final Lane lane;
  private final Place place;
  private final NodeId edge;
  private final Claim claim;
  private final Handshake handshake;
  private final String protocol;
  private final ClientPort port;
  private final Promise<Optional<Sessions.Recovered>> claimed;
  private final Deque<Outbound> waiting = new ArrayDeque<>(4);
  private @Nullable SessionId id;
  private boolean open = true;
  private int owed;

  RemoteSession(
      Attachments owner,
      Lane lane,
      Place place,
      NodeId edge,
      Sessions.Return back,
      Promise<Optional<Sessions.Recovered>> claimed) {
    this.owner = owner;
    this.lane = lane;
    this.place = place;
    this.edge = edge;
    this.claim = back.claim();
    this.handshake = back.handshake();
    this.protocol = back.protocol();
    this.port = back.port();
    this.claimed = claimed;
  }

  Place place() {
    return place;
  }

  boolean isAt(NodeId node) {
    return edge.equals(node);
  }

  // ---- from the edge

  void receive(AttachmentWire.ToPlace said) {
    if (said instanceof AttachmentWire.Claimed answer) {
      claimed(answer);
    } else if (open && said instanceof AttachmentWire.Pass pass) {
      waiting.add(pass.message());
      drained();
    } else if (open && said instanceof AttachmentWire.Reading reading) {
      if (reading.on()) {
        port.resumeReading();
      } else {
        port.pauseReading();
      }
    } else if (said instanceof AttachmentWire.Close close) {
      close(close.reason());
    }
  }

  private void claimed(AttachmentWire.Claimed answer) {
    id = answer.session();
    if (answer.stops()) {
      edgeLost();
    } else if (id == null) {
      over();
      claimed.tryComplete(Optional.empty());
    } else {
      claimed.tryComplete(Optional.of(new Sessions.Recovered(this, answer.missed())));
    }
  }

  /** The edge is gone: the client may come back once more, to whoever has the session then. */
  void edgeLost() {
    if (id == null) {
      over();
      claimed.tryFail(new NodeGoneException(edge));
    } else {
      close(CloseReason.LOST);
    }
  }

  private void close(CloseReason reason) {
    if (open) {
      over();
      waiting.forEach(port::send);
      waiting.clear();
      port.close(reason);
    }
  }

  private void over() {
    open = false;
    owner.forget(this, lane);
  }

  // ---- from the client

  private SessionId session() {
    return id == null ? claim.secret() : id;
  }

  private void tell(AttachmentWire what) {
    if (open) {
      lane.send(edge, what);
    }
  }

  @Override
  public String id() {
    return session().toString();
  }

  @Override
  public String function() {
    return claim.function();
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
  public boolean isOpen() {
    return open;
  }

  @Override
  public void receive(ClientMessage message) {
    ToFunction.Inbound said = new ToFunction.Inbound(session(), 0, message, false);
    tell(new AttachmentWire.Said(session(), place, said));
  }

  @Override
  public void answer(long request, List<@Nullable Object> args) {
    tell(new AttachmentWire.Answered(session(), place, request, args, null));
  }

  @Override
  public void answerError(long request, ReplyError error) {
    tell(new AttachmentWire.Answered(session(), place, request, List.of(), error));
  }

  @Override
  public void drained() {
    while (open && !waiting.isEmpty() && port.writable()) {
      port.send(waiting.remove());
      owed++;
    }
    if (owed >= RemotePort.WINDOW / 4) {
      tell(new AttachmentWire.Taken(session(), place, owed));
      owed = 0;
    }
  }

  @Override
  public void end(CloseReason reason) {
    leave(reason, true);
  }

  @Override
  public void lost(CloseReason reason) {
    leave(reason, false);
  }

  private void leave(CloseReason reason, boolean forGood) {
    tell(new AttachmentWire.Gone(session(), place, reason, forGood));
    over();
  }

  // ---- streams: no protocol has both them and clients that come back elsewhere

  @Override
  public void item(long stream, @Nullable Object value) {
    throw noStreams();
  }

  @Override
  public void endStream(long stream, @Nullable ReplyError error) {
    throw noStreams();
  }

  @Override
  public void cancel(long replyTo) {
    throw noStreams();
  }

  private static UnsupportedOperationException noStreams() {
    return new UnsupportedOperationException("streams of a session on another lane");
  }

  @Override
  public void keep(SessionId secret) {
    throw new IllegalStateException("kept already by its edge");
  }

  // ---- notes: clients that number their messages are passed on to their session's lane

  @Override
  public void keep(SessionId secret, Notes notes) {
    throw new IllegalStateException("kept already by its edge");
  }

  @Override
  public void note(Note note) {}

  @Override
  public void whenNoted(Runnable then) {
    then.run();
  }

  @Override
  public void receive(long number, ClientMessage message) {
    receive(message);
  }
}
