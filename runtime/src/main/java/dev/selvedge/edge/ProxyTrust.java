package dev.selvedge.edge;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which peers are believed what they say of their clients, with {@code X-Forwarded-For} or a PROXY
 * header. Immutable.
 */
public final class ProxyTrust {
  /** An address range such as {@code 10.0.0.0/8} or {@code ::1}. */
  private record Range(byte[] network, int bits) {
    boolean contains(byte[] address) {
      if (address.length != network.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != network[i]) {
          return false;
        }
      }
      int rest = bits % 8;
      return rest == 0 || ((address[whole] ^ network[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }
  }

  private final List<Range> ranges = new ArrayList<>();

  /**
   * @throws IllegalArgumentException naming the range that is none
   */
  public ProxyTrust(List<String> cidrs) {
    for (String cidr : cidrs) {
      ranges.add(parse(cidr.strip()));
    }
  }

  private static Range parse(String cidr) {
    int slash = cidr.indexOf('/');
    byte[] network =
        NetUtil.createByteArrayFromIpAddressString(slash < 0 ? cidr : cidr.substring(0, slash));
    int bits = network == null ? -1 : slash < 0 ? network.length * 8 : number(cidr, slash + 1);
    if (network == null || bits < 0 || bits > network.length * 8) {
      throw new IllegalArgumentException(
          "trusted-proxies: " + cidr + " (expected: an address or a CIDR such as 10.0.0.0/8)");
    }
    return new Range(network, bits);
  }

  private static int number(String text, int from) {
    try {
      return Integer.parseInt(text, from, text.length(), 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  public boolean trusts(InetAddress peer) {
    return trusts(peer.getAddress());
  }

  private boolean trusts(byte[] address) {
    for (Range range : ranges) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The client's address: the peer's own, or if the peer is trusted the last address of the header
   * that is not trusted too. A hop that is no address ends the search at the hop after it, since
   * nobody vouches for what stands before.
   *
   * @param forwardedFor all lines of the header joined by commas, or null
   */
  String client(InetAddress peer, @Nullable String forwardedFor) {
    InetAddress client = peer;
    if (forwardedFor != null && trusts(peer)) {
      String[] hops = forwardedFor.split(",", -1);
      for (int i = hops.length - 1; i >= 0 && trusts(client); i--) {
        InetAddress hop = address(hops[i].strip());
        if (hop == null) {
          break;
        }
        client = hop;
      }
    }
    return NetUtil.toAddressString(client);
  }

  /** Accepts {@code 1.2.3.4}, {@code 1.2.3.4:5}, {@code ::1} and {@code [::1]:5}. */
  private static @Nullable InetAddress address(String hop) {
    String host = hop;
    if (hop.startsWith("[")) {
      host = hop.indexOf(']') > 0 ? hop.substring(1, hop.indexOf(']')) : "";
    } else if (hop.indexOf(':') >= 0 && hop.indexOf(':') == hop.lastIndexOf(':')) {
      host = hop.substring(0, hop.indexOf(':'));
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
    }
  }
}
