package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.config.SocketIoPeersConfig;
import dev.selvedge.metrics.PeerMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * This node's two connections to the peers' Redis, one to publish and one that is subscribed. They
 * come and go together: when either breaks, both are made anew, with delays that double up to a
 * limit, and all subscriptions with them. What is published meanwhile is lost, and counted.
 *
 * <p>A beat finds a server that is silent: an empty message on a channel that only this node hears
 * has to come back. State is touched on the line's own event loop only; the methods may be called
 * on any thread, and what one thread publishes leaves in the order of its calls.
 */
final class RedisLine {
  /**
   * How long things may take, and how much may wait.
   *
   * @param connect for connections with all their subscriptions
   * @param beat between beats, and until one is back
   * @param firstRetry before the second attempt to connect
   * @param lastRetry the longest between two attempts
   * @param maxUnanswered publications, and their bytes, that Redis has not taken; more are lost
   */
  record Limits(
      Duration connect,
      Duration beat,
      Duration firstRetry,
      Duration lastRetry,
      int maxUnanswered,
      long maxUnansweredBytes) {
    static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            32_768,
            64L << 20);
  }

  /** Takes what is published on a channel; called on the line's loop. */
  interface Receiver {
    void receive(String channel, byte[] message);
  }

  /**
   * Two connections of one client.
   *
   * @param asked the subscriptions it began with
   * @param awaited those of them that Redis has not confirmed
   */
  private record Live(
      Redis client,
      RedisConnection publishing,
      RedisConnection subscribed,
      Set<Subscription> asked,
      Set<Subscription> awaited,
      Promise<Void> ready) {}

  private static final System.Logger LOG = System.getLogger(RedisLine.class.getName());

  /** Names in one command. */
  private static final int CHUNK = 256;

  private static final byte[] BEAT = {};

  private final SocketIoPeersConfig config;
  private final boolean sharded;
  private final String beatChannel;
  private final Limits limits;
  private final PeerMeters meters;
  private final ContextInternal loop;
  private final Map<Subscription, Receiver> receivers = new HashMap<>();
  private volatile @Nullable Live live;
  private volatile String trouble = "not connected yet";
  private boolean closed;
  private int failedAttempts;
  private int unanswered;
  private long unansweredBytes;
  private boolean beatIsBack;
  private long lostBefore;

  /**
   * @param beatChannel a channel that only this node hears, and listens to
   */
  RedisLine(
      Vertx vertx,
      SocketIoPeersConfig config,
      boolean sharded,
      String beatChannel,
      Limits limits,
      PeerMeters meters) {
    this.config = config;
    this.sharded = sharded;
    this.beatChannel = beatChannel;
    this.limits = limits;
    this.meters = meters;
    this.loop = ((VertxInternal) vertx).createEventLoopContext();
  }

  /** Makes the first attempt to connect; completes after it, whatever came of it. */
  Future<Void> start() {
    Promise<Void> tried = loop.owner().getOrCreateContext().promise();
    run(() -> attempt().onComplete(done -> tried.complete()));
    return tried.future();
  }

  /** What is wrong now; empty while connected and subscribed. */
  Optional<String> trouble() {
    return live != null
        ? Optional.empty()
        : Optional.of("redis " + config.place() + ": " + trouble);
  }

  /** Runs on the line's loop, after what was handed to it before. */
  void run(Runnable task) {
    loop.runOnContext(now -> task.run());
  }

  Future<Void> close() {
    Promise<Void> gone = loop.owner().getOrCreateContext().promise();
    run(
        () -> {
          closed = true;
          Live last = live;
          live = null;
          trouble = "closed";
          (last == null ? Future.<Void>succeededFuture() : last.client.close())
              .onComplete(done -> gone.complete());
        });
    return gone.future();
  }

  // ---- what is subscribed to; on the loop

  boolean listensTo(Subscription channel) {
    return receivers.containsKey(channel);
  }

  void listen(Subscription channel, Receiver receiver) {
    if (receivers.put(channel, receiver) == null) {
      Live now = live;
      if (now != null) {
        subscribe(now, channel.kind().subscribe(), List.of(channel));
      }
    }
  }

  void unlisten(Subscription channel) {
    Live now = live;
    if (receivers.remove(channel) != null && now != null) {
      subscribe(now, channel.kind().unsubscribe(), List.of(channel));
    }
  }

  private static void subscribe(Live on, Command command, List<Subscription> channels) {
    for (int from = 0; from < channels.size(); from += CHUNK) {
      Request request = Request.cmd(command);
      channels
          .subList(from, Math.min(channels.size(), from + CHUNK))
          .forEach(channel -> request.arg(channel.name()));
      on.subscribed
          .send(request)
          .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "not subscribed", failure));
    }
  }

  /** Channels of a shard are in one command only if they are of the same slot. */
  private static void subscribeAll(Live fresh) {
    for (Subscription.Kind kind : Subscription.Kind.values()) {
      List<Subscription> channels =
          fresh.asked.stream().filter(channel -> channel.kind() == kind).toList();
      if (kind == Subscription.Kind.SHARD) {
        channels.forEach(each -> subscribe(fresh, kind.subscribe(), List.of(each)));
      } else {
        subscribe(fresh, kind.subscribe(), channels);
      }
    }
  }

  // ---- what is published

  void publish(Adapter.Publication publication) {
    run(() -> publishNow(publication.channel(), publication.message()));
  }

  private void publishNow(String channel, byte[] message) {
    Live now = live;
    if (now == null
        || unanswered >= limits.maxUnanswered()
        || unansweredBytes + message.length > limits.maxUnansweredBytes()) {
      lost(now);
      return;
    }
    unanswered++;
    unansweredBytes += message.length;
    meters.published();
    Command command = sharded ? Command.SPUBLISH : Command.PUBLISH;
    now.publishing
        .send(Request.cmd(command).arg(channel).arg(message))
        .onComplete(
            done -> {
              unanswered--;
              unansweredBytes -= message.length;
              if (done.failed()) {
                meters.lost();
                lose(now, text(done.cause()));
              }
            });
  }

  /** The first of a row is said; how many it were is said when Redis is back. */
  private void lost(@Nullable Live now) {
    if (now != null && meters.lostCount() == lostBefore) {
      LOG.log(
          System.Logger.Level.WARNING,
          "publications to peers lost server={0} reason=\"{1} wait\"",
          config.place(),
          unanswered);
    }
    meters.lost();
  }

  /** How many servers hear a channel, this node included; completes on the loop. */
  Future<Integer> count(String channel) {
    Live now = live;
    if (now == null) {
      return Future.failedFuture("redis " + config.place() + ": " + trouble);
    }
    Request request =
        Request.cmd(Command.PUBSUB).arg(sharded ? "SHARDNUMSUB" : "NUMSUB").arg(channel);
    return now.publishing
        .send(request)
        .timeout(limits.connect().toMillis(), TimeUnit.MILLISECONDS)
        .map(answer -> answer == null || answer.size() < 2 ? 0 : answer.get(1).toInteger());
  }

  // ---- connecting

  private Future<Void> attempt() {
    Redis client = Redis.createClient(loop.owner(), options());
    return client
        .connect()
        .compose(publishing -> client.connect().compose(other -> greet(client, publishing, other)))
        .timeout(limits.connect().toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(this::up)
        .onFailure(
            failure -> {
              close(client);
              retryLater(
                  failure instanceof TimeoutException
                      ? "not connected and subscribed within " + limits.connect().toMillis() + " ms"
                      : text(failure));
            })
        .mapEmpty();
  }

  private static void close(Redis client) {
    client
        .close()
        .onFailure(
            failure -> LOG.log(System.Logger.Level.DEBUG, "redis client not closed", failure));
  }

  /** A server that still loads its data, or wants a password, accepts connections too. */
  private Future<Live> greet(Redis client, RedisConnection publishing, RedisConnection other) {
    Live fresh =
        new Live(
            client,
            publishing,
            other,
            Set.copyOf(receivers.keySet()),
            new HashSet<>(receivers.keySet()),
            Promise.promise());
    for (RedisConnection each : List.of(publishing, other)) {
      each.endHandler(end -> broken(fresh, "connection closed"));
      each.exceptionHandler(failure -> broken(fresh, text(failure)));
    }
    other.handler(message -> received(fresh, message));
    return publishing
        .send(Request.cmd(Command.PING))
        .compose(
            pong -> {
              subscribeAll(fresh);
              return fresh.awaited.isEmpty() ? Future.succeededFuture() : fresh.ready.future();
            })
        .map(fresh);
  }

  private void up(Live fresh) {
    if (closed) {
      close(fresh.client);
      return;
    }
    live = fresh;
    failedAttempts = 0;
    catchUp(fresh);
    LOG.log(
        System.Logger.Level.INFO,
        "redis of peers connected server={0} channels={1} publications-lost={2}",
        config.place(),
        receivers.size(),
        meters.lostCount() - lostBefore);
    lostBefore = meters.lostCount();
    beatIsBack = true;
    beatLater(fresh);
  }

  /** What changed while the connections were made. */
  private void catchUp(Live fresh) {
    for (Subscription channel : receivers.keySet()) {
      if (!fresh.asked.contains(channel)) {
        subscribe(fresh, channel.kind().subscribe(), List.of(channel));
      }
    }
    for (Subscription channel : fresh.asked) {
      if (!receivers.containsKey(channel)) {
        subscribe(fresh, channel.kind().unsubscribe(), List.of(channel));
      }
    }
  }

  private void beatLater(Live on) {
    loop.setTimer(
        limits.beat().toMillis(),
        tick -> {
          if (live != on) {
            return;
          }
          if (!beatIsBack) {
            lose(on, "silent for " + 2 * limits.beat().toMillis() + " ms");
            return;
          }
          beatIsBack = false;
          publishNow(beatChannel, BEAT);
          beatLater(on);
        });
  }

  private void broken(Live old, String reason) {
    old.ready.tryFail(reason);
    lose(old, reason);
  }

  private void lose(Live old, String reason) {
    if (live != old) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "redis of peers lost server={0} reason=\"{1}\"",
        config.place(),
        reason);
    live = null;
    lostBefore = meters.lostCount();
    close(old.client);
    retryLater(reason);
  }

  private void retryLater(String reason) {
    trouble = reason;
    if (closed) {
      return;
    }
    long whole =
        Math.min(
            limits.lastRetry().toMillis(),
            limits.firstRetry().toMillis() << Math.min(failedAttempts++, 16));
    long delay = Math.max(1, ThreadLocalRandom.current().nextLong(whole / 2, whole + 1));
    loop.setTimer(
        delay,
        now -> {
          if (!closed) {
            attempt();
          }
        });
  }

  private RedisOptions options() {
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout((int) limits.connect().toMillis())
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true);
    return new RedisOptions()
        .setConnectionString(config.url())
        .setNetClientOptions(net)
        // In the newer one, a message that is pushed could be taken for an answer.
        .setProtocolNegotiation(false)
        .setMaxPoolSize(2)
        .setMaxPoolWaiting(2)
        .setPoolCleanerInterval(-1)
        .setMaxWaitingHandlers(2 * limits.maxUnanswered());
  }

  // ---- what arrives

  private void received(Live from, Response message) {
    if (message instanceof ErrorType refused) {
      broken(from, text(refused));
      return;
    }
    switch (message.get(0).toString()) {
      case "message" -> deliver(Subscription.channel(message.get(1).toString()), 1, message);
      case "smessage" -> deliver(Subscription.shard(message.get(1).toString()), 1, message);
      case "pmessage" ->
          deliver(
              new Subscription(Subscription.Kind.PATTERN, message.get(1).toString()), 2, message);
      case "subscribe" -> confirmed(from, Subscription.channel(message.get(1).toString()));
      case "ssubscribe" -> confirmed(from, Subscription.shard(message.get(1).toString()));
      case "psubscribe" ->
          confirmed(from, new Subscription(Subscription.Kind.PATTERN, message.get(1).toString()));
      default -> {}
    }
  }

  private void confirmed(Live on, Subscription channel) {
    if (on.awaited.remove(channel) && on.awaited.isEmpty()) {
      on.ready.tryComplete();
    }
  }

  /**
   * @param at where in the message its channel is; what was said follows
   */
  private void deliver(Subscription to, int at, Response message) {
    String channel = message.get(at).toString();
    byte[] said = message.get(at + 1).toBytes();
    if (said.length == 0) {
      beatIsBack |= channel.equals(beatChannel);
      return;
    }
    Receiver receiver = receivers.get(to);
    if (receiver != null) {
      meters.received();
      receiver.receive(channel, said);
    }
  }

  private static String text(Throwable failure) {
    String text = failure.getMessage();
    return text == null ? failure.getClass().getSimpleName() : text;
  }
}
