package dev.selvedge.session;

import dev.selvedge.config.SessionConfig;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ToFunction.Inbound;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
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
  private final ClientPort port;
  private final Lane lane;
  private final SessionTable table;
  private final Inbox inbox;
  private final Hosting hosting;
  private final Outflow outflow;
  private final Memberships memberships = new Memberships();
  private final long openedAt = System.currentTimeMillis();
  private @Nullable CloseReason ending;

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
    this.port = port;
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
    return port.transport();
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
  public void receive(String event, List<@Nullable Object> args, long replyTo) {
    if (ending != null) {
      return;
    }
    table.listener().received(this);
    Inbound message = inbox.add(event, args, replyTo);
    if (inbox.becameExhausted()) {
      port.pauseReading();
    }
    hosting.received(message);
  }

  @Override
  public void drained() {
    if (ending == null) {
      outflow.drain();
    }
  }

  @Override
  public void end(CloseReason reason) {
    if (ending == null) {
      ending = reason;
      outflow.discard();
      table.closed(this, reason);
      hosting.ended();
    }
  }

  // ---- towards the client

  void deliver(Outbound message) {
    if (ending == null) {
      table.listener().sent(this);
      if (!outflow.offer(message, this, table.listener())) {
        outflow.discard();
        close(CloseReason.SLOW_CONSUMER);
      }
    }
  }

  /** A reply; dropped if it is the second to a message that was delivered again. */
  void reply(long sequence, Outbound message) {
    if (inbox.answer(sequence)) {
      deliver(message);
    }
  }

  /** Ends the session from this side: what waits is sent, then the client is closed. */
  void close(CloseReason reason) {
    if (ending == null) {
      outflow.flush();
      end(reason);
      port.close(reason);
    }
  }

  // ---- what the host says

  /** Messages have been handled; reading goes on if that frees enough of the credit. */
  void done(long sequence, @Nullable String state) {
    hosting.done(sequence, state);
    if (inbox.becameFree() && ending == null) {
      port.resumeReading();
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
        id, function, version, fresh, protocol, port.transport(), handshake, principal, state);
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
      table.closed(this, reason);
      port.close(reason);
    }
  }

  void forget() {
    table.forget(this);
  }

  // ---- groups, and what operators see

  Memberships memberships() {
    return memberships;
  }

  /** The members are those of the admin API's session. */
  JsonObject describe() {
    NodeId host = hosting.host();
    return new JsonObject()
        .put("id", id.toString())
        .put("function", function)
        .put("version", hosting.version())
        .put("protocol", protocol)
        .put("transport", port.transport().word())
        .put("node", id.node().value())
        .put("host", host == null ? "" : host.value())
        .put("groups", memberships.groups())
        .put("remoteAddress", handshake.remoteAddress())
        .put("principal", principal)
        .put("openedAt", Instant.ofEpochMilli(openedAt).toString());
  }
}
