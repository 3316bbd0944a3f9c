package dev.selvedge.edge;

import java.net.InetAddress;

/**
 * Who is at the other end of a connection, as far as this node knows.
 *
 * @param trusted whether what it says about its client is believed
 */
record Peer(InetAddress address, boolean trusted) {
  static Peer of(ClientEnds ends, ProxyTrust proxies) {
    InetAddress address = ends.source().getAddress();
    return new Peer(address, ends.known() && proxies.trusts(address));
  }
}
