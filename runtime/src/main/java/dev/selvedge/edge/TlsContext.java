package dev.selvedge.edge;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.TlsConfig;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What handshakes are made with: the certificates as they were read once, TLS 1.2 and 1.3 with
 * suites that HTTP/2 allows (RFC 9113 §9.2.2), and the protocols that are offered (RFC 7301). A
 * client that offers protocols and none of these is refused. Immutable.
 */
final class TlsContext {
  private final List<Certificate> certificates;
  private final CertificateChoice choice;
  private final SslContext context;
  private final @Nullable String hsts;
  private final Map<Certificate, ConnectionSecurity> security = new HashMap<>();

  private TlsContext(TlsConfig config, List<Certificate> certificates) throws SSLException {
    this.certificates = certificates;
    this.choice = new CertificateChoice(certificates);
    this.hsts = config.hsts().isZero() ? null : "max-age=" + config.hsts().toSeconds();
    this.context =
        SslContextBuilder.forServer(choice)
            .sslProvider(SslProvider.JDK)
            .protocols(
                config.minVersion().equals("TLSv1.3")
                    ? new String[] {"TLSv1.3"}
                    : new String[] {"TLSv1.3", "TLSv1.2"})
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1))
            .build();
    // One certificate is for whatever leads here; of several, each is for its own names.
    for (Certificate one : certificates) {
      List<String> names = certificates.size() > 1 ? one.names() : null;
      security.put(one, new ConnectionSecurity(true, names, hsts));
    }
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws ConfigException if one of them is not what it should be
   */
  static TlsContext read(Vertx vertx, TlsConfig config) {
    List<Certificate> certificates = new ArrayList<>();
    for (int i = 0; i < config.certificates().size(); i++) {
      certificates.add(Certificate.read(vertx, config.certificates().get(i), config.keys().get(i)));
    }
    try {
      return new TlsContext(config, List.copyOf(certificates));
    } catch (SSLException e) {
      ConfigException error =
          new ConfigException(
              "edge.tls.certificate",
              config.certificates(),
              "certificates that TLS can use; " + e.getMessage());
      error.initCause(e);
      throw error;
    }
  }

  List<Certificate> certificates() {
    return certificates;
  }

  SSLEngine newEngine(ByteBufAllocator alloc) {
    return context.newEngine(alloc);
  }

  /** What follows for a connection from its finished handshake. */
  ConnectionSecurity securityOf(SSLSession session) {
    return Objects.requireNonNull(security.get(choice.of(session).get(0)));
  }
}
