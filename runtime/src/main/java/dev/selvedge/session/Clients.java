package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way to any client of the cluster, from any thread. What goes out over one lane arrives in
 * order; a failed future carries a {@link FunctionException}, code {@code no-such-session} if the
 * session has ended or its edge is gone.
 */
public final class Clients {
  private final Fabric fabric;
  private final Tickets<Void> tickets;
  private final GroupTable groups;
  private final Requests requests;
  private final Broadcasts broadcasts;
  private final PeerServers peers;
  private final Heirs heirs;

  /** Without peers. */
  public Clients(Fabric fabric, SessionTable table) {
    this(fabric, table, PeerServers.NONE);
  }

  public Clients(Fabric fabric, SessionTable table, PeerServers peers) {
    this.fabric = fabric;
    this.peers = peers;
    this.tickets = table.tickets();
    this.groups = table.groups();
    this.requests = table.requests();
    this.broadcasts = table.broadcasts();
    this.heirs = table.heirs();
  }

  public Future<Void> send(Lane lane, SessionId session, Outbound message) {
    return ask(lane, session, ticket -> new ToClient.Deliver(session, message, ticket));
  }

  public Future<Void> close(Lane lane, SessionId session, CloseReason reason) {
    return ask(lane, session, ticket -> new ToClient.End(session, reason, ticket));
  }

  /** Completes when every node knows that this session's edge has a member of the group. */
  public Future<Void> join(Lane lane, SessionId session, String group, @Nullable JsonObject meta) {
    GroupTable.requireName(group);
    return ask(
        lane, session, ticket -> new ToClient.Membership(session, group, true, meta, ticket));
  }

  public Future<Void> leave(Lane lane, SessionId session, String group) {
    GroupTable.requireName(group);
    return ask(
        lane, session, ticket -> new ToClient.Membership(session, group, false, null, ticket));
  }

  private Future<Void> ask(Lane lane, SessionId session, LongFunction<ToClient> question) {
    return tickets
        .ask(lane, heirs.edgeOf(session), question)
        .answer()
        .recover(failure -> Future.failedFuture(told(session, failure)));
  }

  private static Throwable told(SessionId session, Throwable failure) {
    boolean gone = failure instanceof NodeGoneException;
    boolean ended =
        failure instanceof FunctionException known
            && known.code().equals(SessionTable.NO_SUCH_SESSION);
    return gone || ended
        ? new FunctionException(
            SessionTable.NO_SUCH_SESSION,
            "no session has the id " + session + (gone ? ": its node is gone" : " (any more)"))
        : failure;
  }

  /** Asks the client; completes with the values of its answer. */
  public Future<List<@Nullable Object>> request(
      Lane lane, SessionId session, Duration timeout, String event, List<@Nullable Object> args) {
    NodeId edge = heirs.edgeOf(session);
    return requests.ask(
        lane,
        edge,
        timeout,
        number -> new ToClient.Request(session, event, args, number),
        number -> lane.run(() -> lane.send(edge, new ToClient.Forget(session, number))));
  }

  /** A lane for callers that are on none: always the same, so that their calls stay in order. */
  public Lane anyLane() {
    return fabric.lane(0);
  }

  /** The servers outside of the cluster whose clients are in its groups too. */
  public PeerServers peers() {
    return peers;
  }

  /**
   * Publishes to a group; completes when the message has left.
   *
   * @param function that publishes; null for none
   */
  public Future<Void> publish(
      Lane lane,
      @Nullable String function,
      String group,
      String event,
      List<@Nullable Object> args,
      List<String> except) {
    GroupTable.requireName(group);
    GroupWire.Publish publication = new GroupWire.Publish(group, event, args, except);
    lane.run(() -> groups.publish(lane, publication));
    peers.publish(function, new PeerServers.Target(List.of(group), except), event, args, false);
    return Future.succeededFuture();
  }

  /** Publishes as the broadcast says; completes when the message has left. */
  public Future<Void> publish(Lane lane, @Nullable String function, GroupWire.Broadcast broadcast) {
    broadcast.groups().forEach(GroupTable::requireName);
    lane.run(() -> broadcasts.publish(lane, broadcast));
    if (!broadcast.groups().isEmpty() || broadcast.function() != null) {
      peers.publish(
          function, target(broadcast), broadcast.event(), broadcast.args(), broadcast.isVolatile());
    }
    return Future.succeededFuture();
  }

  private static PeerServers.Target target(GroupWire.Broadcast broadcast) {
    List<String> except = new ArrayList<>(broadcast.except());
    except.addAll(broadcast.exceptGroups());
    return new PeerServers.Target(broadcast.groups(), except);
  }

  /**
   * Publishes to a group; completes when every node with members has taken the message: what anyone
   * publishes from then on comes after it.
   */
  public Future<Void> publishAcknowledged(
      Lane lane, String group, String event, List<@Nullable Object> args, List<String> except) {
    GroupTable.requireName(group);
    GroupWire.Publish publication = new GroupWire.Publish(group, event, args, except);
    Promise<Void> taken = ((VertxInternal) fabric.vertx()).getOrCreateContext().promise();
    lane.run(() -> groups.publishAcknowledged(lane, publication).onComplete(taken));
    peers.publish(null, new PeerServers.Target(List.of(group), except), event, args, false);
    return taken.future();
  }
}
