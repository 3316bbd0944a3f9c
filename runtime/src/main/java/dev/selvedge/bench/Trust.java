package dev.selvedge.bench;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Which servers are believed over TLS.
 *
 * @param anybody whatever certificate the server shows, and whatever name stands in it
 * @param authorities a file of PEM certificates that vouch for the server's; null for those that
 *     the JVM trusts
 */
public record Trust(boolean anybody, @Nullable Path authorities) {
  public static final Trust STANDARD = new Trust(false, null);

  /**
   * @throws IllegalArgumentException if the file holds no certificates
   */
  SslContext context() {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    try {
      if (anybody) {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        builder.endpointIdentificationAlgorithm("");
      } else if (authorities != null) {
        builder.trustManager(authorities.toFile());
      }
      return builder.build();
    } catch (IllegalArgumentException | SSLException unreadable) {
      throw new IllegalArgumentException(
          authorities + ": " + unreadable.getMessage() + " (expected: a file of PEM certificates)",
          unreadable);
    }
  }
}
