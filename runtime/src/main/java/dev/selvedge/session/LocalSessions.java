package dev.selvedge.session;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that this node's edge owns, for {@link PeerServers}, which speak to each node by
 * itself: nothing here leaves the node. Any thread; what one thread asks for happens in the order
 * of its calls, and futures complete on the caller's context.
 */
public final class LocalSessions {
  /**
   * Sessions of this node.
   *
   * @param scope which of them at all; asked on their lanes
   */
  public record Selection(Predicate<ClientSession> scope, PeerServers.Target target) {}

  /**
   * A session as peers see it.
   *
   * @param state its state as JSON; null for none
   * @param openedAt milliseconds since 1970
   */
  public record Seen(
      String id, Handshake handshake, List<String> groups, @Nullable String state, long openedAt) {}

  /**
   * What was asked of sessions; each answer fails with a {@link
   * dev.selvedge.function.FunctionException} if there is none.
   */
  public record Asked(List<Future<List<@Nullable Object>>> answers) {}

  private final Fabric fabric;
  private final SessionTable table;

  public LocalSessions(Fabric fabric, SessionTable table) {
    this.fabric = fabric;
    this.table = table;
  }

  /** Whether a group may have that name. */
  public static boolean isGroupName(String name) {
    return !name.isEmpty() && name.length() <= GroupTable.MAX_NAME;
  }

  /** Whether anybody may be in one of the groups; sure if not. */
  public boolean mayHave(String group) {
    return table.groups().hasMembers(group) || ownId(group).isPresent();
  }

  /** Whether a group has members here. */
  public boolean hasMembers(String group) {
    return table.groups().hasMembers(group);
  }

  /**
   * Tells when a group gets its first member here or loses its last: ask {@link #hasMembers} which.
   * Called on lanes.
   */
  public void onGroups(Consumer<String> changed) {
    table.groups().onLocalChange(changed);
  }

  /** Tells when a session opens here and when it is over for its client. Called on lanes. */
  public void onSessions(Consumer<ClientSession> opened, Consumer<ClientSession> closed) {
    table.onSessions(opened, closed);
  }

  /** Sends an event to each; those who have lost their connections get it when they are back. */
  public void deliver(Selection to, Outbound event) {
    if (event.isRepeatable()) {
      event.marked(table.recovery().mark(fabric.membership().self(), 0));
    }
    for (Lane lane : fabric.lanes()) {
      lane.run(
          () -> {
            Set<EdgeSession> meant = meant(lane, to);
            table.recovery().sentHere(lane, audience(lane, to), meant, event);
            meant.forEach(session -> session.deliver(event));
          });
    }
  }

  private Audience audience(Lane lane, Selection selection) {
    List<String> groups = selection.target().groups();
    List<String> except = selection.target().except();
    return (id, function, inGroup) ->
        (groups.isEmpty() || groups.contains(id) || groups.stream().anyMatch(inGroup))
            && !except.contains(id)
            && except.stream().noneMatch(inGroup)
            && SessionId.parse(id)
                .map(table.sessions(lane)::get)
                .filter(selection.scope()::test)
                .isPresent();
  }

  /** Completes when the sessions are in the groups. */
  public Future<Void> join(Selection who, List<String> groups) {
    return onEveryLane(
            lane -> {
              for (EdgeSession session : meant(lane, who)) {
                groups.forEach(group -> table.groups().join(session, group, null));
              }
              return List.of();
            })
        .mapEmpty();
  }

  public Future<Void> leave(Selection who, List<String> groups) {
    return onEveryLane(
            lane -> {
              for (EdgeSession session : meant(lane, who)) {
                groups.forEach(group -> table.groups().leave(session, group));
              }
              return List.of();
            })
        .mapEmpty();
  }

  /**
   * @param connections whether what else their clients do over the same connections ends, too
   */
  public void close(Selection who, CloseReason reason, boolean connections) {
    Consumer<EdgeSession> end =
        connections ? session -> session.hangUp(reason) : session -> session.close(reason);
    for (Lane lane : fabric.lanes()) {
      lane.run(() -> meant(lane, who).forEach(end));
    }
  }

  public Future<List<Seen>> find(Selection who) {
    return onEveryLane(lane -> meant(lane, who).stream().map(LocalSessions::seen).toList());
  }

  private static Seen seen(EdgeSession session) {
    return new Seen(
        session.id(),
        session.handshake(),
        session.memberships().groups(),
        session.hosting().state(),
        session.openedAt());
  }

  /** Asks each session; completes when all have been asked. */
  public Future<Asked> request(
      Selection who, Duration timeout, String event, List<@Nullable Object> args) {
    return onEveryLane(
            lane ->
                meant(lane, who).stream()
                    .map(session -> ask(lane, session, timeout, event, args))
                    .toList())
        .map(Asked::new);
  }

  private Future<List<@Nullable Object>> ask(
      Lane lane, EdgeSession session, Duration timeout, String event, List<@Nullable Object> args) {
    NodeId self = fabric.membership().self();
    return table
        .requests()
        .ask(
            lane,
            self,
            timeout,
            number -> new ToClient.Request(session.sessionId(), event, args, number),
            number -> lane.run(() -> session.forgetQuestion(self, number)));
  }

  // ---- who is meant

  /** A copy: a slow session may be closed, and so leave its groups. */
  private Set<EdgeSession> meant(Lane lane, Selection selection) {
    Set<EdgeSession> meant = new LinkedHashSet<>();
    List<String> groups = selection.target().groups();
    if (groups.isEmpty()) {
      meant.addAll(table.sessions(lane).values());
    }
    for (String group : groups) {
      meant.addAll(table.groups().on(lane, group));
      ownId(group).map(table.sessions(lane)::get).ifPresent(meant::add);
    }
    List<String> except = selection.target().except();
    meant.removeIf(
        session ->
            !session.isOpen()
                || !selection.scope().test(session)
                || !except.isEmpty() && isExcepted(session, except));
    return meant;
  }

  private static boolean isExcepted(EdgeSession session, List<String> except) {
    return except.contains(session.id())
        || except.stream().anyMatch(session.memberships()::contains);
  }

  private Optional<SessionId> ownId(String group) {
    return SessionId.parse(group).filter(id -> table.heirs().edgeOf(id).equals(table.self()));
  }

  private <T> Future<List<T>> onEveryLane(Function<Lane, List<? extends T>> question) {
    List<Future<List<? extends T>>> parts = new ArrayList<>();
    for (Lane lane : fabric.lanes()) {
      Promise<List<? extends T>> part =
          ((VertxInternal) fabric.vertx()).getOrCreateContext().promise();
      lane.run(() -> part.complete(question.apply(lane)));
      parts.add(part.future());
    }
    return Future.all(parts)
        .map(
            done -> {
              List<T> all = new ArrayList<>();
              parts.forEach(part -> all.addAll(part.result()));
              return all;
            });
  }
}
