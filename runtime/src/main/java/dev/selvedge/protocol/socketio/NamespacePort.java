package dev.selvedge.protocol.socketio;

import dev.selvedge.fabric.JsonBytes;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.Sessions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client in one namespace: a session of a function. Confined to its lane. */
final class NamespacePort implements ClientPort {
  private final SocketClient client;
  private final String namespace;
  private @Nullable ClientSession session;

  /** By which the client finds its session again; null if it cannot. */
  private @Nullable SessionId secret;

  private boolean accepted;
  private boolean joined;
  private boolean over;
  private boolean paused;

  NamespacePort(SocketClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  String namespace() {
    return namespace;
  }

  /** Whether the client has been told that it is in. */
  boolean isJoined() {
    return joined;
  }

  /** The session is there; the function may have answered already. */
  void opened(ClientSession opened, @Nullable SessionId only) {
    session = opened;
    secret = only;
    if (over && opened.isOpen()) {
      opened.end(CloseReason.LOST);
    } else if (accepted) {
      join(opened, List.of());
    }
  }

  /**
   * The client has its session back. What it has missed goes before the news of that, and with it:
   * a client that got the one without the other would see it twice when it comes back once more.
   */
  void recovered(Sessions.Recovered back, SessionId only) {
    session = back.session();
    secret = only;
    if (over) {
      back.session().lost(CloseReason.LOST);
      return;
    }
    List<Frame> missed = new ArrayList<>();
    back.missed().forEach(message -> missed.addAll(OutboundForms.frames(message, namespace)));
    join(back.session(), missed);
  }

  // From the client.

  void event(Packet packet) {
    if (session != null && packet.data() instanceof JsonArray data) {
      session.receive(String.valueOf(data.getValue(0)), values(data, 1), packet.id());
    }
  }

  void acknowledged(Packet packet) {
    if (session != null && packet.id() != Packet.NO_ID && packet.data() instanceof JsonArray data) {
      session.answer(packet.id(), values(data, 0));
    }
  }

  private static List<@Nullable Object> values(JsonArray data, int from) {
    List<@Nullable Object> values = new ArrayList<>(data.size() - from);
    for (int i = from; i < data.size(); i++) {
      values.add(JsonBytes.asValue(data.getList().get(i)));
    }
    return values;
  }

  void drained() {
    if (session != null && joined && !over) {
      session.drained();
    }
  }

  /** The client has left the namespace, or had to. */
  void left(CloseReason reason) {
    if (!over) {
      leave();
      if (session != null && session.isOpen()) {
        session.end(reason);
      }
    }
  }

  /** The connection is over. Whoever broke a rule of the protocol does not come back. */
  void cutOff(CloseReason reason) {
    if (over) {
      return;
    }
    leave();
    if (session == null || !session.isOpen()) {
      return;
    }
    if (reason.code() == CloseReason.PROTOCOL_ERROR.code()) {
      session.end(reason);
    } else {
      session.lost(reason);
    }
  }

  private void leave() {
    over = true;
    resumeReading();
  }

  // What the session asks of its port.

  @Override
  public Transport transport() {
    return client.transport();
  }

  @Override
  public void accepted() {
    accepted = true;
    if (session != null) {
      join(session, List.of());
    }
  }

  private void join(ClientSession opened, List<Frame> first) {
    if (!over && !joined) {
      joined = true;
      client.joined(this, opened.id(), secret, first);
      opened.drained();
    }
  }

  @Override
  public void refused(CloseReason reason, ReplyError why) {
    refuse(why.text(), why.data());
  }

  private void refuse(String message, @Nullable Object data) {
    if (!over) {
      leave();
      client.refused(this, message, data);
    }
  }

  @Override
  public void send(Outbound message) {
    boolean ofStream = message.kind() == Outbound.Kind.ITEM || message.kind() == Outbound.Kind.END;
    if (joined && !ofStream) { // clients of this protocol ask for no streams
      client.send(OutboundForms.frames(message, namespace));
    }
  }

  @Override
  public boolean writable() {
    return joined && !over && client.writable();
  }

  @Override
  public long pendingBytes() {
    return client.pendingBytes();
  }

  /**
   * A client that may come back for better is cut off, which makes it come back; any other is
   * disconnected from the namespace, which makes it stay away.
   */
  @Override
  public void close(CloseReason reason) {
    if (over) {
      return;
    }
    if (!joined && !reason.retry()) {
      refuse(reason.text(), new JsonObject().put("code", reason.code()));
      return;
    }
    leave();
    client.closed(this, reason);
  }

  @Override
  public void hangUp(CloseReason reason) {
    close(reason);
    client.hangUp(reason);
  }

  @Override
  public void pauseReading() {
    if (!paused && !over) {
      paused = true;
      client.pauseReading();
    }
  }

  @Override
  public void resumeReading() {
    if (paused) {
      paused = false;
      client.resumeReading();
    }
  }
}
