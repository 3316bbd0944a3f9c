package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * The header of the PROXY protocol, version 2, that tells a server behind a proxy of layer 4 who
 * its client is (HAProxy's {@code proxy-protocol.txt}, section 2.2).
 */
public final class ProxyHeader {
  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };

  private static final int VERSION_2_PROXY = 0x21;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;

  private ProxyHeader() {}

  /**
   * Writes one.
   *
   * @param source the client; resolved
   * @param destination where it has connected to; resolved
   */
  public static void write(InetSocketAddress source, InetSocketAddress destination, ByteBuf to) {
    boolean four =
        source.getAddress() instanceof Inet4Address
            && destination.getAddress() instanceof Inet4Address;
    to.writeBytes(SIGNATURE).writeByte(VERSION_2_PROXY);
    to.writeByte(four ? TCP_OVER_IPV4 : TCP_OVER_IPV6);
    to.writeShort(four ? 12 : 36);
    to.writeBytes(bytes(source, four)).writeBytes(bytes(destination, four));
    to.writeShort(source.getPort()).writeShort(destination.getPort());
  }

  /** Beside an IPv6 address, one of IPv4 is written as a mapped one (RFC 4291 §2.5.5.2). */
  private static byte[] bytes(InetSocketAddress address, boolean four) {
    byte[] raw = address.getAddress().getAddress();
    if (four || raw.length == 16) {
      return raw;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(raw, 0, mapped, 12, 4);
    return mapped;
  }
}
