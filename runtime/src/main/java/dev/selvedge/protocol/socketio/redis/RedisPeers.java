package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.config.SocketIoPeersConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.metrics.PeerMeters;
import dev.selvedge.protocol.Calls;
import dev.selvedge.session.LocalSessions;
import dev.selvedge.session.PeerServers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * This node as a peer of Socket.IO servers that share a Redis. Every node of a cluster is one,
 * named by its node id: what a node's functions say goes to Redis from there, once, and what comes
 * from Redis goes to the node's own sessions. What another node of the cluster said is passed over,
 * for the fabric has brought it.
 *
 * <p>Methods may be called on any thread.
 */
public final class RedisPeers implements PeerServers {
  /** Names of events that Socket.IO keeps for itself. */
  private static final Set<String> RESERVED =
      Set.of(
          "connect",
          "connect_error",
          "disconnect",
          "disconnecting",
          "newListener",
          "removeListener");

  private static final Pattern NODE = Pattern.compile("[a-z0-9]{8}");

  private final Fabric fabric;
  private final SocketIoPeersConfig config;
  private final LocalSessions sessions;
  private final String uid;
  private final Adapter adapter;
  private final RedisLine line;
  private final Asking asking;
  private volatile PeerNamespaces namespaces = new PeerNamespaces(List.of());
  private volatile @Nullable Answering answering;

  public RedisPeers(
      Fabric fabric, SocketIoPeersConfig config, LocalSessions sessions, PeerMeters meters) {
    this.fabric = fabric;
    this.config = config;
    this.sessions = sessions;
    this.uid = fabric.membership().self().value();
    this.adapter =
        switch (config.adapter()) {
          case CLASSIC ->
              new ClassicAdapter(config.key(), uid, config.ownChannels(), this::mayHave);
          case SHARDED -> new ShardedAdapter(config.key(), uid, config.mode());
        };
    this.line =
        new RedisLine(
            fabric.vertx(),
            config,
            adapter.isSharded(),
            adapter.own(dev.selvedge.function.Handshake.MAIN_NAMESPACE),
            RedisLine.Limits.DEFAULT,
            meters);
    this.asking = new Asking(fabric.vertx(), line, adapter, uid);
  }

  private boolean mayHave(String room) {
    Answering started = answering;
    return started != null && started.mayHave(room);
  }

  /**
   * Subscribes. Call it when this node knows the others of its cluster.
   *
   * @param calls brings messages of peers to functions
   * @return completes after the first attempt, whatever came of it: see {@link #trouble}
   */
  public Future<Void> start(PeerNamespaces known, Calls calls) {
    answering = new Answering(sessions, () -> namespaces, config.timeout(), calls, this::answer);
    follow(known);
    if (adapter.hasRoomChannels()) {
      sessions.onGroups(group -> line.run(() -> followRoom(group, sessions.hasMembers(group))));
      sessions.onSessions(
          session -> line.run(() -> followRoom(session.id(), true)),
          session -> line.run(() -> followRoom(session.id(), false)));
    }
    return line.start();
  }

  /** Other functions are deployed, or the same with other namespaces. */
  public void follow(PeerNamespaces known) {
    namespaces = known;
    line.run(this::subscribe);
  }

  /** What is wrong with the way to the peers, for people; empty if nothing is. */
  public Optional<String> trouble() {
    return line.trouble();
  }

  /** Ceases to be a peer. */
  public Future<Void> close() {
    return line.close();
  }

  // ---- what is heard; on the line's loop

  private final Set<Subscription> wanted = new HashSet<>();

  /** The rooms with members here, if rooms may have channels. */
  private final Set<String> rooms = new HashSet<>();

  private void subscribe() {
    Set<Subscription> before = Set.copyOf(wanted);
    wanted.clear();
    for (String namespace : namespaces.all()) {
      adapter.ears(namespace).forEach(ear -> listen(namespace, ear));
      rooms.forEach(room -> adapter.ear(namespace, room).ifPresent(ear -> listen(namespace, ear)));
    }
    before.stream().filter(old -> !wanted.contains(old)).forEach(line::unlisten);
  }

  private void listen(String namespace, Adapter.Ear ear) {
    wanted.add(ear.at());
    if (!line.listensTo(ear.at())) {
      line.listen(
          ear.at(),
          (channel, message) ->
              ear.reader().read(channel, message).ifPresent(heard -> take(namespace, heard)));
    }
  }

  /** A room has got its first member here, or lost its last. */
  private void followRoom(String room, boolean isHere) {
    if (isHere ? rooms.add(room) : rooms.remove(room)) {
      for (String namespace : namespaces.all()) {
        adapter.ear(namespace, room).ifPresent(ear -> followRoom(namespace, ear, isHere));
      }
    }
  }

  private void followRoom(String namespace, Adapter.Ear ear, boolean isHere) {
    if (isHere) {
      listen(namespace, ear);
    } else if (wanted.remove(ear.at())) {
      line.unlisten(ear.at());
    }
  }

  private void take(String namespace, Adapter.Heard heard) {
    Answering started = answering;
    if (heard instanceof Adapter.Heard.Response response) {
      asking.answered(response.response());
    } else if (heard instanceof Adapter.Heard.Request request
        && started != null
        && !request.from().uid().equals(uid)) {
      if (isSibling(request.from().uid())) {
        started.takeFromSibling(namespace, request.from());
      } else {
        started.take(namespace, request.from());
      }
    }
  }

  private boolean isSibling(String peer) {
    return NODE.matcher(peer).matches() && fabric.membership().node(new NodeId(peer)).isPresent();
  }

  private void answer(String namespace, String asker, PeerResponse response) {
    line.publish(adapter.response(namespace, asker, response));
  }

  // ---- what is said

  @Override
  public void publish(
      @Nullable String function,
      Target to,
      String event,
      List<@Nullable Object> args,
      boolean isVolatile) {
    if (!RESERVED.contains(event)) {
      say(function, new PeerRequest.Broadcast(data(event, args), to, isVolatile));
    }
  }

  private static List<@Nullable Object> data(String event, List<@Nullable Object> args) {
    List<@Nullable Object> data = new ArrayList<>(args.size() + 1);
    data.add(event);
    data.addAll(args);
    return data;
  }

  private void say(@Nullable String function, PeerRequest request) {
    for (String namespace : namespaces.of(function)) {
      line.publish(adapter.request(namespace, request));
    }
  }

  @Override
  public void join(String function, Target who, String group) {
    say(function, new PeerRequest.Join(who, List.of(group)));
  }

  @Override
  public void leave(String function, Target who, String group) {
    say(function, new PeerRequest.Leave(who, List.of(group)));
  }

  @Override
  public void close(String function, Target who, boolean connection) {
    say(function, new PeerRequest.Disconnect(who, connection));
  }

  @Override
  public void send(String function, String event, List<@Nullable Object> args) {
    say(function, new PeerRequest.ServerMessage(null, data(event, args)));
  }

  // ---- what is asked, in each namespace

  @Override
  public Future<Groups.Answers> request(
      String function, Duration timeout, Target who, String event, List<@Nullable Object> args) {
    if (RESERVED.contains(event)) {
      return PeerServers.NONE.request(function, timeout, who, event, args);
    }
    List<Future<Groups.Answers>> parts =
        inEach(
            function,
            namespace ->
                asking
                    .clients(namespace, data(event, args), who, timeout)
                    .otherwise(new Groups.Answers(List.of(), 0)));
    return Future.all(parts)
        .map(
            all -> {
              List<Groups.Answer> answers = new ArrayList<>();
              parts.forEach(part -> answers.addAll(part.result().answers()));
              int missing = parts.stream().mapToInt(part -> part.result().missing()).sum();
              return new Groups.Answers(answers, missing);
            });
  }

  private <T> List<Future<T>> inEach(
      String function, java.util.function.Function<String, Future<T>> question) {
    return namespaces.of(function).stream().map(question).toList();
  }

  @Override
  public Future<Peers.Answers> ask(
      String function, Duration timeout, String event, List<@Nullable Object> args) {
    List<Future<Peers.Answers>> parts =
        inEach(function, namespace -> asking.servers(namespace, data(event, args), timeout));
    return Future.all(parts)
        .map(
            all -> {
              List<@Nullable Object> answers = new ArrayList<>();
              parts.forEach(part -> answers.addAll(part.result().answers()));
              int missing = parts.stream().mapToInt(part -> part.result().missing()).sum();
              return new Peers.Answers(answers, missing);
            });
  }

  @Override
  public Future<List<Peers.Client>> clients(String function, Target who) {
    List<Future<List<Peers.Client>>> parts =
        inEach(function, namespace -> asking.clients(namespace, who, config.timeout()));
    return Future.all(parts)
        .map(
            all -> {
              List<Peers.Client> clients = new ArrayList<>();
              parts.forEach(part -> clients.addAll(part.result()));
              return clients;
            });
  }
}
