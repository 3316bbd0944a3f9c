package dev.selvedge.edge;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Both ends of a client's connection: those of the socket, or those that a proxy in front has told.
 *
 * @param source the client, or the next proxy
 * @param destination where it has connected to
 * @param known false if a proxy has told that there is a client of whom it knows nothing: the ends
 *     are those of the socket then, and nothing that the client says of itself is the proxy's word
 */
public record ClientEnds(InetSocketAddress source, InetSocketAddress destination, boolean known) {
  /** Where a channel has no addresses of the internet. */
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** Those of the socket. */
  public static ClientEnds of(Channel channel) {
    return new ClientEnds(address(channel.remoteAddress()), address(channel.localAddress()), true);
  }

  private static InetSocketAddress address(java.net.SocketAddress of) {
    return of instanceof InetSocketAddress address ? address : NOWHERE;
  }

  /** With what the proxy at the other end of the socket says. */
  ClientEnds told(ProxyHeader header) {
    InetSocketAddress from = header.source();
    InetSocketAddress to = header.destination();
    return from != null && to != null
        ? new ClientEnds(from, to, true)
        : new ClientEnds(source, destination, header.says() != ProxyHeader.Says.UNKNOWN);
  }
}
