package dev.selvedge.fabric;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.IoTransport;
import io.vertx.core.transport.Transport;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which implementation of sockets a node's event loops have. */
final class Sockets {
  private static final System.Logger LOG = System.getLogger(Sockets.class.getName());

  static {
    // A receive that goes on by itself also does when a connection is not to be read. Netty reads
    // this once, when Vert.x looks for its transports.
    System.setProperty("io.netty.iouring.recvMultiShotEnabled", "false");
  }

  private Sockets() {}

  /**
   * The transport that is wanted; logs which one it is.
   *
   * @throws ConfigException if this machine does not have it, with the reason
   */
  static Transport of(IoTransport wanted) {
    Transport transport = named(wanted);
    if (transport == null || !transport.available()) {
      throw missing(wanted, transport);
    }
    LOG.log(System.Logger.Level.INFO, "sockets transport={0}", transport.name());
    return transport;
  }

  private static @Nullable Transport named(IoTransport transport) {
    return switch (transport) {
      case AUTO -> isThere(Transport.EPOLL) ? Transport.EPOLL : Transport.NIO;
      case EPOLL -> Transport.EPOLL;
      case IO_URING -> Transport.IO_URING == null ? null : new RingTransport();
      case NIO -> Transport.NIO;
    };
  }

  private static boolean isThere(@Nullable Transport transport) {
    return transport != null && transport.available();
  }

  private static ConfigException missing(IoTransport wanted, @Nullable Transport transport) {
    String others =
        Arrays.stream(IoTransport.values())
            .filter(other -> isThere(named(other)))
            .map(IoTransport::word)
            .collect(Collectors.joining(", "));
    Throwable why = transport == null ? null : transport.unavailabilityCause();
    ConfigException missing =
        new ConfigException(
            "node.transport",
            wanted.word(),
            "on %s %s one of %s"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), others)
                + (why == null ? "" : "; " + reason(why)));
    if (why != null) {
      missing.initCause(why);
    }
    return missing;
  }

  /** Of a chain of failures to load a library, the first one tells. */
  private static String reason(Throwable why) {
    Throwable first = why;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String told = first.getMessage();
    return told == null ? first.toString() : told;
  }
}
