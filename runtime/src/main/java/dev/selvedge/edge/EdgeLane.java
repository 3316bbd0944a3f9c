package dev.selvedge.edge;

import dev.selvedge.config.EdgeConfig;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the connections of one event loop share. Confined to that loop, but for construction. */
final class EdgeLane {
  /** What may wait to be written before a connection is no longer writable: 64 KiB. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private static final byte[] REFUSAL =
      "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final ContextInternal context;
  private final EdgeConfig config;
  private final EdgeHandler handler;
  private final EdgeMetrics metrics;
  private final AddressLimit limit;
  private final ProxyTrust proxies;
  private final Wheel wheel;
  private final PerMessageDeflate deflate = new PerMessageDeflate();
  private final FanOut fanOut;
  private final HttpDecoderConfig decoderConfig;
  private final List<FlushingHandler> unflushed = new ArrayList<>();
  private final ChannelFutureListener countClosed;
  private boolean draining;

  EdgeLane(
      ContextInternal context,
      EdgeConfig config,
      EdgeHandler handler,
      EdgeMetrics metrics,
      AddressLimit limit,
      ProxyTrust proxies) {
    this.context = context;
    this.config = config;
    this.handler = handler;
    this.metrics = metrics;
    this.limit = limit;
    this.proxies = proxies;
    this.wheel = new Wheel(context.nettyEventLoop());
    this.fanOut = new FanOut(context.nettyEventLoop());
    this.countClosed = closed -> metrics.connectionClosed();
    this.decoderConfig =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(config.maxHeaderBytes())
            .setMaxHeaderSize(config.maxHeaderBytes())
            .setInitialBufferSize(128);
  }

  ContextInternal context() {
    return context;
  }

  EdgeConfig config() {
    return config;
  }

  EdgeHandler handler() {
    return handler;
  }

  EdgeMetrics metrics() {
    return metrics;
  }

  ProxyTrust proxies() {
    return proxies;
  }

  Wheel wheel() {
    return wheel;
  }

  /** The loop's compressor, shared by its connections: none keeps context between messages. */
  PerMessageDeflate deflate() {
    return deflate;
  }

  FanOut fanOut() {
    return fanOut;
  }

  boolean draining() {
    return draining;
  }

  /** Takes a fresh socket's pipeline over: from here on no Vert.x handler is in it. */
  void accept(NetSocket socket) {
    awaitEnds(takeOver(socket), this::accept);
  }

  private void accept(ChannelPipeline pipeline, Peer peer) {
    if (admit(pipeline.channel(), peer)) {
      speakHttp1(pipeline, peer, ConnectionSecurity.PLAIN);
    } else {
      metrics.refused("connections-per-address");
      pipeline.addLast("refused", new Refused(wheel));
    }
  }

  /** The same for a socket whose client begins with TLS. One too many is closed without a word. */
  void acceptTls(NetSocket socket, TlsListener listener) {
    awaitEnds(takeOver(socket), (pipeline, peer) -> acceptTls(pipeline, peer, listener));
  }

  private void acceptTls(ChannelPipeline pipeline, Peer peer, TlsListener listener) {
    if (draining || !admit(pipeline.channel(), peer)) {
      metrics.refused(draining ? "draining" : "connections-per-address");
      pipeline.channel().close();
      return;
    }
    TlsContext context = listener.context();
    TlsChannel tls =
        new TlsChannel(context.newEngine(pipeline.channel().alloc()), listener.arithmetic());
    pipeline.addLast("tls", tls);
    pipeline.addLast(
        "handshake",
        new TlsHandshake(this, context, tls, peer, listener.config().handshakeDeadline()));
  }

  /** Has a connection begin when it is known who is at its other end. */
  private void awaitEnds(ChannelPipeline pipeline, BiConsumer<ChannelPipeline, Peer> begin) {
    Channel channel = pipeline.channel();
    if (config.proxyProtocol()) {
      ProxyPreface.await(
          channel,
          proxies,
          wheel,
          ends -> begin.accept(pipeline, Peer.of(ends, proxies)),
          () -> metrics.refused("proxy-protocol"));
    } else {
      begin.accept(pipeline, Peer.of(ClientEnds.of(channel), proxies));
    }
  }

  private ChannelPipeline takeOver(NetSocket socket) {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    ChannelPipeline pipeline = channel.pipeline();
    for (ChannelHandler vertxHandler : List.copyOf(pipeline.toMap().values())) {
      pipeline.remove(vertxHandler);
    }
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    channel.config().setRecvByteBufAllocator(ReadSizes.ADAPTIVE);
    metrics.connectionOpened();
    channel.closeFuture().addListener(countClosed);
    return pipeline;
  }

  /**
   * Has a connection whose handshake is done speak what the client chose.
   *
   * @param protocol as ALPN names it; null if the client did not offer any
   */
  void speakHttp(
      ChannelPipeline pipeline, @Nullable String protocol, Peer peer, ConnectionSecurity security) {
    if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
      Http2ClientConnection.begin(this, pipeline, peer, security);
    } else {
      speakHttp1(pipeline, peer, security);
    }
  }

  private void speakHttp1(ChannelPipeline pipeline, Peer peer, ConnectionSecurity security) {
    pipeline.addLast("decoder", decoder());
    pipeline.addLast("encoder", new HttpResponseEncoder());
    pipeline.addLast("http", new HttpConnection(this, peer, security));
  }

  RequestDecoder decoder() {
    return new RequestDecoder(decoderConfig);
  }

  /** A trusted proxy speaks for many clients, so that the limit is not for it. */
  private boolean admit(Channel channel, Peer peer) {
    if (peer.trusted()) {
      return true;
    }
    InetAddress address = peer.address();
    if (!limit.acquire(address)) {
      return false;
    }
    channel.closeFuture().addListener(closed -> limit.release(address));
    return true;
  }

  /** Answers 503 without reading anything. */
  private static final class Refused extends ChannelInboundHandlerAdapter {
    private final Wheel wheel;

    Refused(Wheel wheel) {
      this.wheel = wheel;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      LingeringClose.begin(ctx, wheel, ctx.write(Unpooled.wrappedBuffer(REFUSAL)));
    }
  }

  /** Flushes at the end of this tick of the loop. */
  void flushLater(FlushingHandler handler) {
    if (unflushed.isEmpty()) {
      context.nettyEventLoop().execute(this::flushAll);
    }
    unflushed.add(handler);
  }

  /** A flush can make a connection writable, and what is then written joins the list. */
  private void flushAll() {
    for (int i = 0; i < unflushed.size(); i++) {
      unflushed.get(i).flushNow();
    }
    unflushed.clear();
  }

  void drain() {
    draining = true;
    wheel.forEach(Wheel.Owner::onDrain);
  }

  void shutDown() {
    draining = true;
    wheel.forEach(Wheel.Owner::onShutdown);
  }

  /** Frees native memory; the loop's connections are gone. */
  void release() {
    deflate.close();
    fanOut.close();
  }
}
