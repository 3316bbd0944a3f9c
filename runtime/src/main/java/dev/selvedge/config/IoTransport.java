package dev.selvedge.config;

import java.util.Locale;

/** What a node's sockets are served with: {@code node.transport}. */
public enum IoTransport {
  /** Epoll where there is its library (Linux on x86-64), else NIO. */
  AUTO,
  EPOLL,
  /** Linux 6.0 or later, where its use is not forbidden. */
  IO_URING,
  /** The JDK's, on any system. */
  NIO;

  /** As it is written in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
