package dev.selvedge.store;

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
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a Redis server, over which every command of this node is pipelined, and
 * which is made anew whenever it breaks.
 *
 * <p>The client has no time-out for a command and does not renew a connection that is held, so both
 * happen here. While there is no connection a command fails at once; a command that is not answered
 * in time fails, and its connection is given up with all that waits on it, since a server that does
 * not answer one command answers none behind it. A ping at intervals finds a dead server when
 * nobody asks. Attempts to connect are spaced by a delay that doubles up to a limit, with jitter,
 * so that the nodes of a cluster do not come back in step.
 *
 * <p>State is changed on the link's own event loop only; {@link #send} may be called on any thread,
 * and completes on the caller's context.
 */
final class RedisLink {
  /**
   * How long things may take, and how much may wait.
   *
   * @param connect for a connection that is ready to be used
   * @param command for the answer to a command
   * @param ping between pings
   * @param firstRetry before the second attempt to connect
   * @param lastRetry the longest between two attempts
   * @param maxInFlight commands sent and not answered; more are refused
   */
  record Limits(
      Duration connect,
      Duration command,
      Duration ping,
      Duration firstRetry,
      Duration lastRetry,
      int maxInFlight) {
    static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            4_096);
  }

  /** A client with its one connection, thrown away together. */
  private record Live(Redis client, RedisConnection connection) {}

  private static final System.Logger LOG = System.getLogger(RedisLink.class.getName());

  private final VertxInternal vertx;
  private final RedisAddress address;
  private final Limits limits;
  private final ContextInternal loop;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile @Nullable Live live;
  private volatile String trouble = "not connected yet";
  private volatile boolean closed;
  private int failedAttempts;

  RedisLink(Vertx vertx, RedisAddress address, Limits limits) {
    this.vertx = (VertxInternal) vertx;
    this.address = address;
    this.limits = limits;
    // Of its own: what is created on a verticle's context is closed with the verticle.
    this.loop = this.vertx.createEventLoopContext();
  }

  /** Makes the first attempt to connect; completes after it, whatever came of it. */
  Future<Void> start() {
    Promise<Void> tried = vertx.getOrCreateContext().promise();
    loop.runOnContext(go -> attempt().onComplete(done -> tried.complete()));
    return tried.future();
  }

  /** What is wrong now; empty while connected. */
  Optional<String> trouble() {
    return live != null ? Optional.empty() : Optional.of("redis " + address + ": " + trouble);
  }

  /**
   * Sends a command.
   *
   * @return the answer; fails with an {@link ErrorType} if the server refuses, and with code {@code
   *     store-unavailable} if there is no connection, no answer in time, or too much in flight
   */
  Future<@Nullable Response> send(Request request) {
    Live now = live;
    if (now == null) {
      return vertx.getOrCreateContext().failedFuture(unavailable(trouble));
    }
    if (inFlight.incrementAndGet() > limits.maxInFlight()) {
      inFlight.decrementAndGet();
      return vertx
          .getOrCreateContext()
          .failedFuture(unavailable(limits.maxInFlight() + " commands wait for an answer"));
    }
    return exchange(now, request, limits.command()).onComplete(done -> inFlight.decrementAndGet());
  }

  Future<Void> close() {
    Promise<Void> gone = vertx.getOrCreateContext().promise();
    loop.runOnContext(
        go -> {
          closed = true;
          Live last = live;
          drop(last, "closed");
          gone.complete();
        });
    return gone.future();
  }

  private Future<@Nullable Response> exchange(Live on, Request request, Duration patience) {
    return on.connection
        .send(request)
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .recover(failure -> Future.failedFuture(explained(on, failure)));
  }

  private Throwable explained(Live on, Throwable failure) {
    if (failure instanceof TimeoutException) {
      String reason = "no answer within " + limits.command().toMillis() + " ms";
      loop.runOnContext(go -> lose(on, reason));
      return unavailable(reason);
    }
    boolean answered = failure instanceof ErrorType error && !error.is("CONNECTION_CLOSED");
    return answered ? failure : unavailable(text(failure));
  }

  private Future<Void> attempt() {
    Redis client = Redis.createClient(vertx, options());
    return client
        .connect()
        .compose(connection -> greet(new Live(client, connection)))
        .timeout(limits.connect().toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(this::up)
        .onFailure(
            failure -> {
              client.close();
              retryLater(
                  failure instanceof TimeoutException
                      ? "no connection within " + limits.connect().toMillis() + " ms"
                      : text(failure));
            })
        .mapEmpty();
  }

  /** A server that still loads its data, or wants a password, accepts connections too. */
  private static Future<Live> greet(Live fresh) {
    return fresh.connection.send(Request.cmd(Command.PING)).map(fresh);
  }

  private void up(Live fresh) {
    if (closed) {
      fresh.client.close();
      return;
    }
    fresh.connection.endHandler(end -> lose(fresh, "connection closed"));
    fresh.connection.exceptionHandler(failure -> lose(fresh, text(failure)));
    live = fresh;
    failedAttempts = 0;
    LOG.log(System.Logger.Level.INFO, "redis connected server={0}", address);
    pingLater(fresh);
  }

  private void pingLater(Live on) {
    loop.setTimer(
        limits.ping().toMillis(),
        tick -> {
          if (live == on) {
            exchange(on, Request.cmd(Command.PING), limits.command())
                .onSuccess(pong -> pingLater(on))
                .onFailure(failure -> refusedPing(on, failure));
          }
        });
  }

  /**
   * A server that answers with an error serves nobody; one that is silent or gone is lost anyway.
   */
  private void refusedPing(Live on, Throwable failure) {
    if (failure instanceof ErrorType) {
      lose(on, text(failure));
    }
  }

  private void lose(Live old, String reason) {
    if (live == old) {
      LOG.log(System.Logger.Level.WARNING, "redis lost server={0} reason=\"{1}\"", address, reason);
      drop(old, reason);
      retryLater(reason);
    }
  }

  private void drop(@Nullable Live old, String reason) {
    trouble = reason;
    live = null;
    if (old != null) {
      old.client
          .close()
          .onFailure(
              failure -> LOG.log(System.Logger.Level.DEBUG, "redis client not closed", failure));
    }
  }

  private void retryLater(String reason) {
    trouble = reason;
    if (closed) {
      return;
    }
    long delay = retryDelay(failedAttempts++);
    LOG.log(
        System.Logger.Level.DEBUG,
        "redis unreachable server={0} reason=\"{1}\" retry-ms={2}",
        address,
        reason,
        delay);
    loop.setTimer(
        delay,
        now -> {
          if (!closed) {
            attempt();
          }
        });
  }

  /** From half to the whole of a delay that doubles with each attempt. */
  private long retryDelay(int attempts) {
    long whole =
        Math.min(
            limits.lastRetry().toMillis(),
            limits.firstRetry().toMillis() << Math.min(attempts, 16));
    return Math.max(1, ThreadLocalRandom.current().nextLong(whole / 2, whole + 1));
  }

  private RedisOptions options() {
    NetClientOptions net =
        new NetClientOptions()
            .setConnectTimeout((int) limits.connect().toMillis())
            .setTcpKeepAlive(true)
            .setTcpNoDelay(true);
    return new RedisOptions()
        .setConnectionString(address.url())
        .setNetClientOptions(net)
        .setMaxPoolSize(1)
        .setMaxPoolWaiting(1)
        .setPoolCleanerInterval(-1)
        // Pings and the steps of a key scan come on top of what is counted.
        .setMaxWaitingHandlers(2 * limits.maxInFlight());
  }

  private RuntimeException unavailable(String reason) {
    return StoreFailures.unavailable("redis " + address + ": " + reason);
  }

  private static String text(Throwable failure) {
    String text = failure.getMessage();
    return text == null ? failure.getClass().getSimpleName() : text;
  }
}
