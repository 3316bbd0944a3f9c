package dev.selvedge.relay;

import dev.selvedge.edge.Wheel;
import dev.selvedge.router.Member;
import dev.selvedge.router.PoolSpec;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to members: makes them, and keeps idle ones for a short while.
 * Confined to its loop.
 */
final class MemberConnections {
  /** Whose it is. */
  record Key(Member member, Optional<PoolSpec.Tls> tls) {}

  /** What became of a connection that was asked for. */
  interface Outcome {
    void connected(MemberConnection connection);

    /**
     * No connection could be made in time, or, with a {@link javax.net.ssl.SSLException}, none that
     * is secure.
     */
    void failed(Throwable cause);
  }

  /**
   * How long a connection is kept idle: shorter than the 5 s after which Apache and Node close
   * theirs, so that a request seldom meets a connection that is just being closed.
   */
  private static final Duration IDLE = Duration.ofSeconds(4);

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final EventLoop loop;
  private final Wheel wheel;
  private final Transports transports;
  private final TlsComplaints complaints = new TlsComplaints();
  private final Map<Key, Deque<MemberConnection>> idle = new HashMap<>();

  MemberConnections(EventLoop loop, Wheel wheel, Transports transports) {
    this.loop = loop;
    this.wheel = wheel;
    this.transports = transports;
  }

  Wheel wheel() {
    return wheel;
  }

  /**
   * Finds or makes a connection.
   *
   * @param fresh only a new one will do
   * @param outcome called on the loop, perhaps before this returns
   */
  void acquire(Member member, PoolSpec.Relaying how, boolean fresh, Outcome outcome) {
    Key key = new Key(member, how.tls());
    MemberConnection kept = fresh ? null : takeIdle(key);
    if (kept != null) {
      outcome.connected(kept);
    } else {
      connect(key, how, outcome);
    }
  }

  private @Nullable MemberConnection takeIdle(Key key) {
    Deque<MemberConnection> connections = idle.get(key);
    if (connections == null) {
      return null;
    }
    MemberConnection latest = connections.pollLast();
    while (latest != null && !latest.isActive()) {
      latest = connections.pollLast();
    }
    if (connections.isEmpty()) {
      idle.remove(key);
    }
    return latest;
  }

  private void connect(Key key, PoolSpec.Relaying how, Outcome outcome) {
    transports
        .tls(how.tls())
        .onSuccess(tls -> onLoop(() -> connect(key, how, tls.orElse(null), outcome)))
        .onFailure(cause -> onLoop(() -> distrust(key, cause, outcome)));
  }

  private void distrust(Key key, Throwable cause, Outcome outcome) {
    complaints.failed(key.member(), cause);
    outcome.failed(cause);
  }

  private void onLoop(Runnable action) {
    if (loop.inEventLoop()) {
      action.run();
    } else {
      loop.execute(action);
    }
  }

  private void connect(Key key, PoolSpec.Relaying how, @Nullable SslContext tls, Outcome outcome) {
    MemberConnection connection = new MemberConnection(this, key);
    Bootstrap bootstrap =
        bootstrap(how)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast("tls", transports.handler(tls, channel, key, how));
                    }
                    channel.pipeline().addLast("member", connection);
                  }
                });
    ChannelFuture connecting =
        bootstrap.connect(
            InetSocketAddress.createUnresolved(
                key.member().spec().host(), key.member().spec().port()));
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            outcome.failed(done.cause());
          } else if (tls == null) {
            outcome.connected(connection);
          } else {
            awaitTls(connection, outcome);
          }
        });
  }

  private void awaitTls(MemberConnection connection, Outcome outcome) {
    SslHandler tls = connection.channel().pipeline().get(SslHandler.class);
    tls.handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                outcome.connected(connection);
              } else {
                connection.close();
                distrust(connection.key(), done.cause(), outcome);
              }
            });
  }

  /** Netty sets TCP_NODELAY itself. */
  private Bootstrap bootstrap(PoolSpec.Relaying how) {
    return new Bootstrap()
        .group(loop)
        .channelFactory(transports.channelFactory())
        .resolver(transports.resolver())
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) how.connect().toMillis());
  }

  /** Puts a connection to the idle ones, or closes the one that is idle for the longest. */
  void keep(MemberConnection connection, Wheel.Timer timer, int most) {
    Deque<MemberConnection> connections =
        idle.computeIfAbsent(connection.key(), key -> new ArrayDeque<>(2));
    connections.addLast(connection);
    wheel.arm(timer, IDLE);
    if (connections.size() > most) {
      connections.getFirst().close();
    }
  }

  /** It is closed. */
  void forget(MemberConnection connection) {
    Deque<MemberConnection> connections = idle.get(connection.key());
    if (connections != null && connections.remove(connection) && connections.isEmpty()) {
      idle.remove(connection.key());
    }
  }
}
