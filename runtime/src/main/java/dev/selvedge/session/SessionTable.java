package dev.selvedge.session;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that this node's edge owns, by lane; each is touched on its own lane only. What
 * hosts and others say to them comes by {@link Arrivals}.
 */
public final class SessionTable implements Sessions {
  /** How long a session waits for a node that hosts its function. */
  private static final long ORPHAN_PATIENCE_NANOS = 10_000_000_000L;

  /** The code for a session that has ended, or whose edge is gone. */
  static final String NO_SUCH_SESSION = "no-such-session";

  private static final long ORPHAN_RETRY_MILLIS = 50;

  /** Sessions moved or closed in one go, before others get their turn. */
  private static final int BATCH = 100;

  private final Fabric fabric;
  private final Placement placement;
  private final SessionListener listener;
  private final Tickets<Void> tickets;
  private final Recovery recovery;
  private final Attachments attachments;
  private final Replicas replicas;
  private final Heirs heirs;
  private final HandOver handOver;
  private final GroupTable groups;
  private final Requests requests;
  private final Broadcasts broadcasts;
  private final long[] lastRequest;
  private final List<Map<SessionId, EdgeSession>> byLane = new ArrayList<>();
  private final boolean[] retrying;
  private final Map<String, Adopter> adopters = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private volatile boolean draining;
  private volatile Consumer<ClientSession> onOpened = session -> {};
  private volatile Consumer<ClientSession> onClosed = session -> {};

  /** Sessions that end with their connections. */
  public SessionTable(Fabric fabric, Placement placement, SessionListener listener) {
    this(fabric, placement, listener, RecoveryConfig.OFF);
  }

  /**
   * @param recoveryRules how long sessions wait for their clients to come back
   */
  public SessionTable(
      Fabric fabric, Placement placement, SessionListener listener, RecoveryConfig recoveryRules) {
    this.fabric = fabric;
    this.placement = placement;
    this.listener = listener;
    this.tickets = new Tickets<>(fabric.vertx());
    this.recovery = new Recovery(fabric, tickets, recoveryRules);
    this.attachments = new Attachments(fabric, this);
    this.replicas = new Replicas(fabric, this);
    this.heirs = new Heirs(fabric);
    this.handOver = new HandOver(fabric, this, new Fences(fabric, tickets), this::closeAll);
    this.groups = new GroupTable(fabric, tickets, listener, this);
    this.requests = new Requests(fabric);
    this.broadcasts = new Broadcasts(fabric, this);
    this.lastRequest = new long[fabric.lanes().size()];
    this.retrying = new boolean[fabric.lanes().size()];
    fabric.lanes().forEach(lane -> byLane.add(new HashMap<>()));
    new Arrivals(fabric, this, tickets).register();
    fabric.membership().addListener(heirs);
    fabric.membership().addListener(new NodeWatch());
  }

  // ---- the protocols' side

  @Override
  public ClientSession open(
      Lane lane,
      String function,
      String protocol,
      Handshake handshake,
      @Nullable String principal,
      ClientPort port) {
    SessionId id = SessionId.random(fabric.membership().self(), lane.index(), random);
    return open(lane, id, function, protocol, handshake, principal, port);
  }

  @Override
  public ClientSession open(
      Lane lane,
      SessionId id,
      String function,
      String protocol,
      Handshake handshake,
      @Nullable String principal,
      ClientPort port) {
    EdgeSession session =
        new EdgeSession(id, function, protocol, handshake, principal, port, lane, this);
    enter(session);
    lane.context().runOnContext(later -> begin(session));
    return session;
  }

  private void enter(EdgeSession session) {
    sessions(session.lane()).put(session.sessionId(), session);
    open.incrementAndGet();
    listener.opened(session);
    onOpened.accept(session);
  }

  private void begin(EdgeSession session) {
    if (draining) {
      session.close(CloseReason.SERVICE_RESTART);
    } else {
      session.hosting().open();
    }
  }

  @Override
  public boolean areRecoverable() {
    return recovery.isOn();
  }

  @Override
  public Future<Optional<Recovered>> recover(Lane lane, Return back) {
    return recoverAt(lane, back, heirs.edgeOf(back.claim().secret()));
  }

  private Future<Optional<Recovered>> recoverAt(Lane lane, Return back, NodeId edge) {
    SessionId secret = back.claim().secret();
    if (edge.equals(self()) && fabric.lane(secret.lane()) == lane && !draining) {
      Optional<Recovery.Missed> found = recovery.claim(lane, back.claim());
      found.ifPresent(missed -> missed.session().resume(back.port()));
      return Future.succeededFuture(
          found.map(missed -> new Recovered(missed.session(), missed.messages())));
    }
    return attachments
        .claim(lane, edge, back)
        .recover(
            gone ->
                heirs
                    .await(secret, edge)
                    .compose(heir -> recoverAt(lane, back, heir))
                    .otherwise(Optional.empty()));
  }

  @Override
  public void adoptWith(String protocol, Adopter adopter) {
    adopters.put(protocol, adopter);
  }

  @Override
  public NodeId edgeOf(SessionId session) {
    return heirs.edgeOf(session);
  }

  @Override
  public Future<NodeId> nextEdgeOf(SessionId session, NodeId asked) {
    return heirs.await(session, asked);
  }

  @Override
  public boolean areLeaving() {
    return draining;
  }

  /** Goes on with a session of an edge that is gone; on the session's lane. */
  void adopt(Lane lane, Replica.Kept former, SentLog.Past past) {
    StandbyWire.Kept opened = former.opened;
    if (sessions(lane).containsKey(opened.session())) {
      return;
    }
    EdgeSession session =
        new EdgeSession(
            opened.session(),
            opened.function(),
            opened.protocol(),
            opened.handshake(),
            opened.principal(),
            new AwayPort(opened.transport()),
            lane,
            this);
    enter(session);
    session.adopt(former, past);
    former.groups.forEach((group, meta) -> groups.join(session, group, meta));
    recovery.adopted(session, past);
    if (former.notes == null) {
      session.goOn(former);
    } else {
      goOn(lane, session, former, former.notes);
    }
  }

  /** What its client is sent goes on without a gap, or its connection is over. */
  private void goOn(Lane lane, EdgeSession session, Replica.Kept former, Notes notes) {
    SessionId secret = former.opened.secret();
    Adopter adopter = adopters.get(session.protocol());
    Optional<List<Outbound>> missed = recovery.missed(lane, secret, notes);
    Optional<ClientPort> port =
        adopter == null || missed.isEmpty()
            ? Optional.empty()
            : adopter.adopt(lane, session, secret, notes);
    port.ifPresent(session::resume);
    missed.ifPresent(messages -> messages.forEach(session::deliver));
    session.goOn(former);
    if (port.isEmpty()) {
      session.close(CloseReason.LOST);
    }
  }

  @Override
  public Optional<ClientSession> find(Lane lane, SessionId id) {
    EdgeSession session = sessions(lane).get(id);
    return session != null && session.isOpen() ? Optional.of(session) : Optional.empty();
  }

  // ---- changes of the cluster and of functions

  /** A function's serving version has changed, or it was undeployed: sessions follow. */
  public void functionChanged(String function) {
    for (Lane lane : fabric.lanes()) {
      lane.run(
          () -> inBatches(lane, all(lane, function), session -> session.hosting().rebind(false)));
    }
  }

  private final class NodeWatch implements Membership.Listener {
    @Override
    public void left(Node node) {
      groups.nodeLeft(node.id());
      replicas.nodeLeft(node.id(), () -> inherit(node.id()));
      chooseStandby();
      for (Lane lane : fabric.lanes()) {
        lane.run(
            () -> {
              tickets.nodeLeft(node.id());
              requests.nodeLeft(node.id());
              attachments.nodeLeft(lane, node.id());
              hostLost(lane, node.id());
            });
      }
    }

    @Override
    public void joined(Node node) {
      groups.nodeJoined(node.id());
      chooseStandby();
    }
  }

  private void inherit(NodeId from) {
    heirs.inherit(from);
    if (draining) {
      handAllOver();
    }
  }

  private void chooseStandby() {
    if (recovery.isOn()) {
      recovery.standby().choose();
    }
  }

  private void hostLost(Lane lane, NodeId node) {
    List<EdgeSession> hosted =
        sessions(lane).values().stream().filter(session -> session.hosting().isAt(node)).toList();
    inBatches(
        lane,
        hosted,
        session -> {
          if (session.hosting().isAt(node)) {
            session.hosting().hostLost();
          }
        });
  }

  void retryOrphansLater(Lane lane) {
    if (retrying[lane.index()]) {
      return;
    }
    retrying[lane.index()] = true;
    fabric
        .vertx()
        .setTimer(
            ORPHAN_RETRY_MILLIS,
            timer ->
                lane.run(
                    () -> {
                      retrying[lane.index()] = false;
                      for (EdgeSession session : List.copyOf(sessions(lane).values())) {
                        session.hosting().retryOrphan(ORPHAN_PATIENCE_NANOS);
                      }
                    }));
  }

  private void inBatches(Lane lane, List<EdgeSession> chosen, Consumer<EdgeSession> action) {
    inBatches(lane, chosen.iterator(), action);
  }

  private void inBatches(Lane lane, Iterator<EdgeSession> rest, Consumer<EdgeSession> action) {
    for (int i = 0; i < BATCH && rest.hasNext(); i++) {
      action.accept(rest.next());
    }
    if (rest.hasNext()) {
      lane.context().runOnContext(later -> inBatches(lane, rest, action));
    }
  }

  // ---- the end of this node

  /**
   * Takes no new sessions from here on, hands the kept ones over, and closes the others with {@code
   * SERVICE_RESTART}, a batch at a time. Completes when the hosts have been told of all of them.
   */
  public Future<Void> drain() {
    draining = true;
    Promise<Void> empty = Promise.promise();
    handAllOver();
    fabric.vertx().setPeriodic(20, timer -> completeWhenEmpty(timer, empty));
    return empty.future();
  }

  private void handAllOver() {
    for (Lane lane : fabric.lanes()) {
      lane.run(() -> handOver.begin(lane));
    }
  }

  private void closeAll(Lane lane) {
    inBatches(
        lane,
        List.copyOf(sessions(lane).values()),
        session -> session.close(CloseReason.SERVICE_RESTART));
  }

  private void completeWhenEmpty(long timer, Promise<Void> empty) {
    if (open.get() == 0) {
      fabric.vertx().cancelTimer(timer);
      empty.tryComplete();
    }
  }

  // ---- the sessions' side

  Placement placement() {
    return placement;
  }

  SessionListener listener() {
    return listener;
  }

  /** The session is over for its client. */
  void closed(EdgeSession session, CloseReason reason) {
    for (String group : session.memberships().groups()) {
      groups.leave(session, group);
    }
    listener.closed(session, reason);
    onClosed.accept(session);
  }

  /** The session is over for its function too. */
  void forget(EdgeSession session) {
    if (sessions(session.lane()).remove(session.sessionId()) != null) {
      open.decrementAndGet();
    }
  }

  /** Called on lanes with each session that opens here, and when it is over for its client. */
  void onSessions(Consumer<ClientSession> opened, Consumer<ClientSession> closed) {
    onOpened = opened;
    onClosed = closed;
  }

  // ---- others in this process

  /** The sessions that this edge owns. */
  public int size() {
    return open.get();
  }

  public GroupTable groups() {
    return groups;
  }

  NodeId self() {
    return fabric.membership().self();
  }

  /** Whether claims are no longer answered here. */
  boolean isDraining() {
    return draining;
  }

  HandOver handOver() {
    return handOver;
  }

  Replicas replicas() {
    return replicas;
  }

  Heirs heirs() {
    return heirs;
  }

  Recovery recovery() {
    return recovery;
  }

  Tickets<Void> tickets() {
    return tickets;
  }

  Requests requests() {
    return requests;
  }

  Broadcasts broadcasts() {
    return broadcasts;
  }

  /** An id for an event that a client of that lane is to answer. */
  long nextRequest(Lane lane) {
    return lastRequest[lane.index()]++;
  }

  /** Runs on each lane, for queries over its sessions. */
  Map<SessionId, EdgeSession> sessions(Lane lane) {
    return byLane.get(lane.index());
  }

  private List<EdgeSession> all(Lane lane, String function) {
    return sessions(lane).values().stream()
        .filter(session -> session.function().equals(function))
        .toList();
  }
}
