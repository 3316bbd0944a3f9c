package dev.selvedge.relay;

import dev.selvedge.router.PoolSpec;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.resolver.AddressResolverGroup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;

/** What connections to members are made with: sockets, names, TLS. Any thread. */
final class Transports {
  private final VertxInternal vertx;
  private final Map<PoolSpec.Tls, Future<Optional<SslContext>>> contexts =
      new ConcurrentHashMap<>();

  Transports(Vertx vertx) {
    this.vertx = (VertxInternal) vertx;
  }

  ChannelFactory<? extends Channel> channelFactory() {
    return vertx.transport().channelFactory(false);
  }

  AddressResolverGroup<InetSocketAddress> resolver() {
    return vertx.nameResolver().nettyAddressResolverGroup();
  }

  /** The context for such connections; read from its files once, on a worker thread. */
  Future<Optional<SslContext>> tls(Optional<PoolSpec.Tls> how) {
    if (how.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    Future<Optional<SslContext>> known = contexts.get(how.get());
    if (known != null && !known.failed()) {
      return known;
    }
    Future<Optional<SslContext>> made =
        vertx.executeBlocking(() -> Optional.of(read(how.get())), false);
    contexts.put(how.get(), made);
    return made;
  }

  private static SslContext read(PoolSpec.Tls how) throws SSLException {
    try {
      return context(how);
    } catch (IllegalArgumentException unreadable) {
      throw new SSLException("tls.ca: " + how.ca() + ": " + unreadable.getMessage(), unreadable);
    }
  }

  private static SslContext context(PoolSpec.Tls how) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    if (!how.verify()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (!how.ca().isEmpty()) {
      builder.trustManager(new File(how.ca()));
    }
    return builder.endpointIdentificationAlgorithm(how.verify() ? "HTTPS" : null).build();
  }

  /** The name is asked for with SNI, and checked. */
  SslHandler handler(
      SslContext context, Channel channel, MemberConnections.Key key, PoolSpec.Relaying how) {
    String wanted = how.tls().map(PoolSpec.Tls::serverName).orElse("");
    String name = wanted.isEmpty() ? key.member().spec().host() : wanted;
    SslHandler handler = context.newHandler(channel.alloc(), name, key.member().spec().port());
    handler.setHandshakeTimeoutMillis(how.connect().toMillis());
    return handler;
  }
}
