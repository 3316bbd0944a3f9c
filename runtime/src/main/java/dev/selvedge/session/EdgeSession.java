package dev.selvedge.session;

import dev.selvedge.config.SessionConfig;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ToFunction.Inbound;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session on the edge that owns it: between the client's port and the instance it is bound to.
 *
 * <p>Messages from the client are numbered and kept in {@link #pending} until the instance says
 * that they are done. That is what lets the session move: when it is released between two messages,
 * what is pending goes to the next instance; when the host dies, what was under way goes again,
 * marked as redelivered. The state travels in {@code Done}, {@code Released} and {@code Bind}.
 *
 * <p>Confined to its lane.
 */
final class EdgeSession implements ClientSession {
  /** Where the session stands towards its function. */
  enum Phase {
    /** Not bound yet: that comes in the loop's next turn. */
    OPENING,
    /** Bound: messages go to the instance as they come. */
    BOUND,
    /** The instance was asked to let go; messages wait. */
    RELEASING,
    /** No node to bind to at the moment; messages wait. */
    ORPHANED,
    /** Over, and the function has been told. */
    OVER
  }

  private final SessionId id;
  private final String function;
  private final String protocol;
  private final Handshake handshake;
  private final @Nullable String principal;
  private final ClientPort port;
  private final Lane lane;
  private final SessionTable table;
  private final SessionConfig rules;
  private final Outflow outflow;
  private final long openedAt = System.currentTimeMillis();

  private Phase phase = Phase.OPENING;
  private @Nullable NodeId host;
  private int version;
  private boolean confirmed;
  private @Nullable String state;
  private long lastSequence;
  private long sentSequence;
  private boolean readingPaused;
  private @Nullable CloseReason ending;
  private long orphanedAt;
  private final ArrayDeque<Inbound> pending = new ArrayDeque<>(2);
  private Map<String, @Nullable JsonObject> groups = Map.of();

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
    this.rules = table.placement().rules(function);
    this.outflow = new Outflow(port, rules);
  }

  // ---- what the protocol calls

  @Override
  public String id() {
    return id.toString();
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
    Inbound message = new Inbound(id, ++lastSequence, event, args, replyTo, false);
    pending.add(message);
    if (!readingPaused && pending.size() >= rules.inboundCredit()) {
      readingPaused = true;
      port.pauseReading();
    }
    if (phase == Phase.BOUND) {
      forward(message);
    }
  }

  @Override
  public void drained() {
    if (ending == null) {
      outflow.drain();
    }
  }

  @Override
  public void end(CloseReason reason) {
    if (ending != null) {
      return;
    }
    ending = reason;
    outflow.discard();
    table.closed(this, reason);
    switch (phase) {
      case BOUND -> tellEnded();
      case RELEASING -> {} // told to the next instance, which gets the session's last messages
      case OPENING -> {
        if (pending.isEmpty()) {
          over(); // the function has not heard of it, and need not
        } else {
          bind();
        }
      }
      case ORPHANED -> bind();
      case OVER -> {}
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

  /** The first binding, unless the session has ended meanwhile. */
  void open() {
    if (phase == Phase.OPENING) {
      bind();
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

  // ---- towards the function

  /** Binds to the best node there is now; without one the session waits for {@link #rebind}. */
  void bind() {
    Placement.Binding target = table.placement().pick(function, host).orElse(null);
    if (target == null) {
      orphan();
      return;
    }
    boolean fresh = !confirmed;
    host = target.node();
    version = target.version();
    phase = Phase.BOUND;
    orphanedAt = 0;
    sentSequence = pending.isEmpty() ? lastSequence : pending.peekFirst().sequence() - 1;
    boolean alive =
        lane.send(
            host,
            new ToFunction.Bind(
                id,
                function,
                version,
                fresh,
                protocol,
                port.transport(),
                handshake,
                principal,
                state));
    if (alive) {
      forwardPending();
    } else {
      orphan();
    }
  }

  private void forwardPending() {
    for (Inbound message : List.copyOf(pending)) {
      if (phase == Phase.BOUND && message.sequence() > sentSequence) {
        forward(message);
      }
    }
    if (ending != null && phase == Phase.BOUND) {
      tellEnded();
    }
  }

  private void forward(Inbound message) {
    sentSequence = message.sequence();
    if (host != null) {
      lane.send(host, message);
    }
  }

  private void tellEnded() {
    if (host != null && ending != null) {
      lane.send(host, new ToFunction.Ended(id, ending));
    }
    over();
  }

  private void over() {
    phase = Phase.OVER;
    pending.clear();
    table.forget(this);
  }

  private void orphan() {
    phase = Phase.ORPHANED;
    host = null;
    if (orphanedAt == 0) {
      orphanedAt = System.nanoTime();
    }
    if (ending != null) {
      over(); // nobody left to tell
    } else if (!table.placement().isDeployed(function)) {
      giveUp(CloseReason.FUNCTION_GONE);
    } else {
      table.retryOrphansLater(lane);
    }
  }

  /** Binds an orphan if a node is there by now, or closes it when its time is over. */
  void retryOrphan(long patienceNanos) {
    if (phase == Phase.ORPHANED && System.nanoTime() - orphanedAt > patienceNanos) {
      giveUp(CloseReason.TRY_AGAIN_LATER);
    } else if (phase == Phase.ORPHANED) {
      bind();
    }
  }

  private void giveUp(CloseReason reason) {
    if (ending == null) {
      ending = reason;
      table.closed(this, reason);
      port.close(reason);
    }
    over();
  }

  /**
   * The function's serving version may have changed, or the host wants to be rid of the session.
   */
  void rebind(boolean always) {
    switch (phase) {
      case BOUND -> {
        if (!table.placement().isDeployed(function)) {
          close(CloseReason.FUNCTION_GONE);
        } else if (host != null && (always || wantsOther())) {
          phase = Phase.RELEASING;
          lane.send(host, new ToFunction.Release(id));
        }
      }
      case ORPHANED -> bind();
      case OPENING, RELEASING, OVER -> {}
    }
  }

  private boolean wantsOther() {
    return table.placement().servingVersion(function) != version;
  }

  // ---- what the host says; the table has checked that it is the host of this session

  boolean isHostedBy(NodeId node) {
    return node.equals(host);
  }

  void bound(@Nullable String newState) {
    confirmed = true;
    keep(newState);
  }

  void done(long sequence, @Nullable String newState) {
    keep(newState);
    acknowledge(sequence);
    if (readingPaused && pending.size() <= rules.inboundCredit() / 2) {
      readingPaused = false;
      if (ending == null) {
        port.resumeReading();
      }
    }
  }

  void released(long sequence, @Nullable String newState, boolean interrupted) {
    if (phase != Phase.RELEASING && phase != Phase.BOUND) {
      return;
    }
    state = newState;
    confirmed = true;
    acknowledge(sequence);
    if (interrupted && !pending.isEmpty()) {
      pending.addFirst(pending.removeFirst().again());
    }
    bind();
    table.listener().rebound(this);
  }

  void refused(CloseReason reason) {
    if (phase != Phase.OVER) {
      giveUp(reason);
    }
  }

  /** The host could not take this session: nothing was handled there. */
  void unbound() {
    if (phase == Phase.BOUND || phase == Phase.RELEASING) {
      orphan();
    }
  }

  /** The host is gone: what was under way there goes again. */
  void hostLost() {
    if (phase == Phase.OVER) {
      return;
    }
    int count = pending.size();
    for (int i = 0; i < count; i++) {
      Inbound message = pending.remove();
      pending.add(message.sequence() <= sentSequence ? message.again() : message);
    }
    host = null;
    bind();
    table.listener().rebound(this);
  }

  private void keep(@Nullable String newState) {
    if (newState != null) {
      state = newState;
    }
  }

  private void acknowledge(long sequence) {
    Inbound first = pending.peekFirst();
    while (first != null && first.sequence() <= sequence) {
      pending.removeFirst();
      first = pending.peekFirst();
    }
  }

  // ---- groups

  /** Notes a membership; tells whether it is new or its meta has changed. */
  boolean noteJoined(String group, @Nullable JsonObject meta) {
    if (groups.containsKey(group) && meta == null) {
      return false;
    }
    if (groups.isEmpty()) {
      groups = new LinkedHashMap<>(4);
    }
    groups.put(group, meta);
    return true;
  }

  boolean isIn(String group) {
    return groups.containsKey(group);
  }

  @Nullable JsonObject metaIn(String group) {
    return groups.get(group);
  }

  boolean noteLeft(String group) {
    if (!groups.containsKey(group)) {
      return false;
    }
    groups.remove(group);
    return true;
  }

  List<String> groups() {
    return List.copyOf(groups.keySet());
  }

  // ---- what operators see

  SessionId sessionId() {
    return id;
  }

  @Override
  public String function() {
    return function;
  }

  Lane lane() {
    return lane;
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public Transport transport() {
    return port.transport();
  }

  /** The members are those of the admin API's session. */
  JsonObject describe() {
    return new JsonObject()
        .put("id", id.toString())
        .put("function", function)
        .put("version", host == null ? 0 : version)
        .put("protocol", protocol)
        .put("transport", port.transport().word())
        .put("node", id.node().value())
        .put("host", host == null ? "" : host.value())
        .put("groups", groups())
        .put("remoteAddress", handshake.remoteAddress())
        .put("principal", principal)
        .put("openedAt", java.time.Instant.ofEpochMilli(openedAt).toString());
  }
}
