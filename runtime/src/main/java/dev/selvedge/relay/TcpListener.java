package dev.selvedge.relay;

import dev.selvedge.edge.ClientEnds;
import dev.selvedge.edge.ProxyPreface;
import dev.selvedge.edge.ProxyTrust;
import dev.selvedge.edge.Wheel;
import dev.selvedge.router.ListenerSpec;
import dev.selvedge.router.Pool;
import dev.selvedge.router.Pools;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A port of layer 4: each connection becomes a tunnel to a member of a pool, with its bytes as they
 * are and its half-closes kept. Connections are spread over the lanes in turn. Any thread.
 */
public final class TcpListener {
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);
  private static final int BACKLOG = 4096;

  private final ServerChannel server;
  private final List<LaneRelay> lanes = new ArrayList<>();
  private final List<EventLoop> loops = new ArrayList<>();
  private final ListenerSpec spec;
  private final @Nullable AccessLog log;
  private final Pools pools;
  private final ProxyTrust trusted;
  private int next;

  private TcpListener(
      Vertx vertx,
      List<Context> contexts,
      ListenerSpec spec,
      Pools pools,
      @Nullable AccessLog log) {
    this.log = log;
    this.spec = spec;
    this.pools = pools;
    this.trusted = new ProxyTrust(spec.trustedProxies());
    VertxInternal internal = (VertxInternal) vertx;
    this.server = internal.transport().serverChannelFactory(false).newChannel();
    Transports transports = new Transports(vertx);
    for (Context context : contexts) {
      EventLoop loop = ((ContextInternal) context).nettyEventLoop();
      loops.add(loop);
      lanes.add(new LaneRelay(loop, new Wheel(loop), transports));
    }
  }

  /**
   * Binds the port.
   *
   * @param contexts event-loop contexts, one for each lane, on different loops
   * @param pools where the listener's pool is looked up for each connection; without it, it is
   *     closed
   * @param log null for none
   * @return fails if the port cannot be bound
   */
  public static Future<TcpListener> start(
      Vertx vertx,
      List<Context> contexts,
      ListenerSpec spec,
      Pools pools,
      @Nullable AccessLog log) {
    TcpListener listener = new TcpListener(vertx, contexts, spec, pools, log);
    Promise<TcpListener> bound = Promise.promise();
    listener.server.config().setOption(ChannelOption.SO_REUSEADDR, true);
    listener.server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    listener.server.pipeline().addLast(listener.acceptor());
    listener
        .loops
        .get(0)
        .register(listener.server)
        .addListener(
            registered ->
                listener
                    .server
                    .bind(new InetSocketAddress(spec.host(), spec.port()))
                    .addListener(
                        done -> {
                          if (done.isSuccess()) {
                            bound.complete(listener);
                          } else {
                            listener.server.close();
                            bound.fail(done.cause());
                          }
                        }));
    return bound.future();
  }

  private ChannelInboundHandlerAdapter acceptor() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        if (accepted instanceof Channel client) {
          accept(client);
        } else {
          ReferenceCountUtil.release(accepted);
        }
      }

      /** Too many open files, for example: without a pause the loop would try again for ever. */
      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.channel().config().setAutoRead(false);
        ctx.executor()
            .schedule(() -> ctx.channel().config().setAutoRead(true), 1, TimeUnit.SECONDS);
      }
    };
  }

  /** On the loop of the listening socket. */
  private void accept(Channel client) {
    int lane = next;
    next = (next + 1) % loops.size();
    client.config().setAutoRead(false);
    client.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    client.config().setWriteBufferWaterMark(WATER_MARK);
    client.pipeline().addLast(new EarlyBytes());
    loops
        .get(lane)
        .register(client)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                awaitEnds(lanes.get(lane), client);
              } else {
                client.close();
              }
            });
  }

  private void awaitEnds(LaneRelay lane, Channel client) {
    if (!spec.proxyProtocol()) {
      begin(lane, client, ClientEnds.of(client));
      return;
    }
    ProxyPreface.await(
        client,
        trusted,
        lane.wheel(),
        ends -> {
          client.config().setAutoRead(false);
          begin(lane, client, ends);
        },
        () -> {});
    client.config().setAutoRead(true);
  }

  private void begin(LaneRelay lane, Channel client, ClientEnds ends) {
    Pool pool = pools.find(spec.pool()).orElse(null);
    if (pool == null) {
      client.close();
    } else {
      String address = NetUtil.toAddressString(ends.source().getAddress());
      Access access =
          log == null ? null : Access.ofConnection(log, spec.name(), pool.name(), address);
      new TcpClient(lane, pool, client, ends, access).begin();
    }
  }

  /** The port that is bound. */
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Takes no more connections; those that are there go on. */
  public Future<Void> stopAccepting() {
    Promise<Void> closed = Promise.promise();
    server.close().addListener(done -> closed.complete());
    return closed.future();
  }

  /** Closes the port and every connection. */
  public Future<Void> close() {
    return stopAccepting()
        .compose(
            stopped -> {
              List<Future<Void>> all = new ArrayList<>();
              for (int i = 0; i < lanes.size(); i++) {
                LaneRelay lane = lanes.get(i);
                Promise<Void> done = Promise.promise();
                loops
                    .get(i)
                    .execute(
                        () -> {
                          lane.wheel().forEach(Wheel.Owner::onShutdown);
                          done.complete();
                        });
                all.add(done.future());
              }
              return Future.all(all).mapEmpty();
            });
  }
}
