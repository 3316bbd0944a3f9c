package dev.selvedge.router;

import java.util.List;

/**
 * A listener of layer 4 as it is wanted: each connection to it becomes a tunnel to a member.
 *
 * @param host the address that it listens on
 * @param port 0 for any free one
 * @param pool the name of a pool of kind {@code tcp}
 * @param proxyProtocol whether every connection begins with a PROXY header
 * @param trustedProxies address blocks; with {@code proxyProtocol} only they may connect
 */
public record ListenerSpec(
    String name,
    String host,
    int port,
    String pool,
    boolean proxyProtocol,
    List<String> trustedProxies) {
  public ListenerSpec {
    trustedProxies = List.copyOf(trustedProxies);
  }
}
