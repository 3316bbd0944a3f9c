package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Groups;
import dev.selvedge.session.Clients;
import dev.selvedge.session.GroupWire;
import dev.selvedge.session.PeerServers;
import dev.selvedge.session.Queries;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The groups as an instance sees them, in order, over its lane. Any thread. */
final class GroupsView implements Groups {
  private final Clients clients;
  private final Queries queries;
  private final Reach sessions;
  private final Lane lane;
  private final String function;
  private final List<String> excepted;
  private final List<String> exceptedGroups;
  private final boolean isVolatile;

  GroupsView(Clients clients, Queries queries, Reach sessions, Lane lane, String function) {
    this(clients, queries, sessions, lane, function, List.of(), List.of(), false);
  }

  private GroupsView(
      Clients clients,
      Queries queries,
      Reach sessions,
      Lane lane,
      String function,
      List<String> excepted,
      List<String> exceptedGroups,
      boolean isVolatile) {
    this.clients = clients;
    this.queries = queries;
    this.sessions = sessions;
    this.lane = lane;
    this.function = function;
    this.excepted = excepted;
    this.exceptedGroups = exceptedGroups;
    this.isVolatile = isVolatile;
  }

  @Override
  public Groups except(String... sessionIds) {
    return with(with(excepted, sessionIds), exceptedGroups, isVolatile);
  }

  @Override
  public Groups exceptGroups(String... groups) {
    return with(excepted, with(exceptedGroups, groups), isVolatile);
  }

  @Override
  public Groups asVolatile() {
    return with(excepted, exceptedGroups, true);
  }

  private GroupsView with(List<String> ids, List<String> groups, boolean volatileToo) {
    return new GroupsView(clients, queries, sessions, lane, function, ids, groups, volatileToo);
  }

  private static List<String> with(List<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  @Override
  public Future<Void> publish(String group, String event, @Nullable Object... args) {
    return isVolatile || !exceptedGroups.isEmpty()
        ? publish(List.of(group), event, args)
        : clients.publish(lane, function, group, event, Values.listOf(args), excepted);
  }

  @Override
  public Future<Void> publish(Collection<String> groups, String event, @Nullable Object... args) {
    return clients.publish(
        lane,
        function,
        new GroupWire.Broadcast(
            List.copyOf(groups),
            null,
            event,
            Values.listOf(args),
            excepted,
            exceptedGroups,
            isVolatile));
  }

  @Override
  public Future<List<Member>> members(String group) {
    return queries.members(group);
  }

  @Override
  public Future<Answers> request(
      Duration timeout, String group, String event, @Nullable Object... args) {
    Reach.requireTimeout(timeout);
    Future<Answers> here =
        members(group).compose(members -> requestOf(meant(members), timeout, event, args));
    return clients
        .peers()
        .request(function, timeout, target(group), event, Values.listOf(args))
        .compose(theirs -> here.map(ours -> together(ours, theirs)));
  }

  private static Answers together(Answers some, Answers others) {
    return new Answers(
        Stream.concat(some.answers().stream(), others.answers().stream()).toList(),
        some.missing() + others.missing());
  }

  /** Of operations over members, which pass over sessions and not over groups. */
  private PeerServers.Target target(String group) {
    return new PeerServers.Target(List.of(group), excepted);
  }

  private List<String> meant(List<Member> members) {
    return members.stream().map(Member::session).filter(id -> !excepted.contains(id)).toList();
  }

  private Future<Answers> requestOf(
      List<String> ids, Duration timeout, String event, @Nullable Object... args) {
    List<Answer> answers = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> asked = new ArrayList<>(ids.size());
    for (String id : ids) {
      asked.add(
          sessions
              .request(id, timeout, event, args)
              .onSuccess(values -> answers.add(new Answer(id, values))));
    }
    return Future.join(asked)
        .otherwiseEmpty()
        .map(all -> new Answers(List.copyOf(answers), ids.size() - answers.size()));
  }

  @Override
  public Future<Void> joinAll(String group, String other) {
    clients.peers().join(function, target(group), other);
    return forAll(group, id -> sessions.join(id, other));
  }

  @Override
  public Future<Void> leaveAll(String group, String other) {
    clients.peers().leave(function, target(group), other);
    return forAll(group, id -> sessions.leave(id, other));
  }

  @Override
  public Future<Void> closeAll(String group, CloseReason reason) {
    clients.peers().close(function, target(group), reason.retry());
    return forAll(group, id -> sessions.close(id, reason));
  }

  /** Sessions that have ended meanwhile are no failure. */
  private Future<Void> forAll(String group, Function<String, Future<Void>> action) {
    return members(group)
        .compose(
            members ->
                Future.join(meant(members).stream().map(action).toList())
                    .otherwiseEmpty()
                    .mapEmpty());
  }
}
