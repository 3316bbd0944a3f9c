package dev.selvedge.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * {@code edge.tls:}, the listener for encrypted clients; there is one if a certificate is named.
 *
 * @param port 0–65535; default 8443
 * @param certificates files in PEM, each a certificate followed by those that lead to its root
 * @param keys files in PEM, the private key of each of {@code certificates} in their order
 * @param minVersion {@code TLSv1.2}, the default, or {@code TLSv1.3}
 * @param handshakeDeadline from the accept to the end of the handshake; default 10 s
 * @param hsts how long browsers are told to come encrypted only (RFC 6797); default 0: not told
 * @param redirectPort plain requests are redirected to this port of the same host, encrypted;
 *     default 0: they are served
 */
public record TlsConfig(
    int port,
    List<Path> certificates,
    List<Path> keys,
    String minVersion,
    Duration handshakeDeadline,
    Duration hsts,
    int redirectPort) {
  public TlsConfig {
    certificates = List.copyOf(certificates);
    keys = List.copyOf(keys);
    Checks.inRange("edge.tls.port", port, 0, 65_535);
    if (certificates.size() != keys.size()) {
      throw new ConfigException(
          "edge.tls.key",
          keys.size() + " files",
          "one for each of the " + certificates.size() + " of edge.tls.certificate");
    }
    certificates.forEach(file -> readable("edge.tls.certificate", file));
    keys.forEach(file -> readable("edge.tls.key", file));
    if (!minVersion.equals("TLSv1.2") && !minVersion.equals("TLSv1.3")) {
      throw new ConfigException("edge.tls.min-version", minVersion, "TLSv1.2 or TLSv1.3");
    }
    Checks.durationInRange(
        "edge.tls.handshake-deadline",
        handshakeDeadline,
        Duration.ofMillis(1),
        Duration.ofHours(1));
    Checks.durationInRange("edge.tls.hsts", hsts, Duration.ZERO, Duration.ofDays(3650));
    Checks.inRange("edge.tls.redirect-port", redirectPort, 0, 65_535);
  }

  private static void readable(String key, Path file) {
    if (!Files.isReadable(file)) {
      throw new ConfigException(key, file, "a readable PEM file");
    }
  }
}
