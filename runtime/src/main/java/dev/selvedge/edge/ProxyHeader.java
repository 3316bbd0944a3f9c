package dev.selvedge.edge;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of the PROXY protocol, that tells a server behind a proxy of layer 4 who its client is
 * (HAProxy's {@code proxy-protocol.txt}): versions 1 and 2 are read, version 2 is written. Pure.
 *
 * @param says what the proxy knows of the client
 * @param source the client, with {@link Says#CLIENT}; else null
 * @param destination where the client has connected to, likewise
 */
public record ProxyHeader(
    Says says, @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
  /** What a header says. */
  public enum Says {
    /** Who the client is. */
    CLIENT,
    /** There is a client, but nothing is known of it: {@code UNKNOWN}, {@code AF_UNSPEC}. */
    UNKNOWN,
    /** The proxy asks on its own account, such as for its health checks. */
    LOCAL
  }

  /** Bytes that are no header; nothing on such a connection can be trusted. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String text) {
      super(text, null, false, false);
    }
  }

  private static final ProxyHeader UNKNOWN = new ProxyHeader(Says.UNKNOWN, null, null);
  private static final ProxyHeader LOCAL = new ProxyHeader(Says.LOCAL, null, null);

  // ---- version 1 (section 2.1)

  private static final byte[] V1_START = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  /** Its line end included. */
  private static final int V1_MOST = 107;

  private static final Pattern V1_LINE =
      Pattern.compile("PROXY TCP([46]) ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) ([0-9]+) ([0-9]+)");
  private static final Pattern V1_PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

  // ---- version 2 (section 2.2)

  private static final byte[] V2_START = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int V2_HEAD = 16;
  private static final int VERSION_2 = 2;
  private static final int COMMAND_LOCAL = 0;
  private static final int COMMAND_PROXY = 1;
  private static final int UNSPECIFIED = 0x00;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;
  private static final int TLV_HEAD = 3;
  private static final int TLV_CRC32C = 0x03;
  private static final int CRC32C_BYTES = 4;

  /**
   * Takes a header from the beginning of what a connection has brought.
   *
   * @param in read up to the header's end, or not at all
   * @return null while the header is not whole
   * @throws Malformed as soon as it cannot become one
   */
  static @Nullable ProxyHeader read(ByteBuf in) {
    if (begins(in, V1_START)) {
      return readV1(in);
    }
    if (begins(in, V2_START)) {
      return readV2(in);
    }
    throw new Malformed("no PROXY header");
  }

  /** Whether what is there is, or can become, what begins so. */
  private static boolean begins(ByteBuf in, byte[] start) {
    int length = Math.min(in.readableBytes(), start.length);
    for (int i = 0; i < length; i++) {
      if (in.getByte(in.readerIndex() + i) != start[i]) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable ProxyHeader readV1(ByteBuf in) {
    int from = in.readerIndex();
    int most = Math.min(in.readableBytes(), V1_MOST);
    int end = in.indexOf(from, from + most, (byte) '\n');
    if (end < 0) {
      if (most == V1_MOST) {
        throw new Malformed("a line of more than " + V1_MOST + " bytes");
      }
      return null;
    }
    if (in.getByte(end - 1) != '\r') {
      throw new Malformed("a line end that is not CRLF");
    }
    String line = in.toString(from, end - 1 - from, StandardCharsets.ISO_8859_1);
    ProxyHeader header = parseV1(line);
    in.readerIndex(end + 1);
    return header;
  }

  private static ProxyHeader parseV1(String line) {
    if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
      return UNKNOWN;
    }
    Matcher parts = V1_LINE.matcher(line);
    if (!parts.matches()) {
      throw new Malformed("a line that is none of version 1");
    }
    int bytes = parts.group(1).equals("4") ? 4 : 16;
    return new ProxyHeader(
        Says.CLIENT,
        new InetSocketAddress(addressV1(parts.group(2), bytes), portV1(parts.group(4))),
        new InetSocketAddress(addressV1(parts.group(3), bytes), portV1(parts.group(5))));
  }

  /** Leading zeros, which some read as octal, are not allowed. */
  private static InetAddress addressV1(String text, int bytes) {
    byte[] raw = NetUtil.createByteArrayFromIpAddressString(text);
    if (raw == null
        || raw.length != bytes
        || bytes == 4 && !NetUtil.bytesToIpAddress(raw).equals(text)) {
      throw new Malformed("an address that is none of its family");
    }
    return address(raw);
  }

  private static int portV1(String text) {
    int port = V1_PORT.matcher(text).matches() ? Integer.parseInt(text) : -1;
    if (port < 0 || port > 65_535) {
      throw new Malformed("a port that is none");
    }
    return port;
  }

  private static @Nullable ProxyHeader readV2(ByteBuf in) {
    int from = in.readerIndex();
    int there = in.readableBytes();
    if (there > V2_START.length) {
      checkCommand(in.getUnsignedByte(from + V2_START.length));
    }
    if (there < V2_HEAD) {
      return null;
    }
    int length = in.getUnsignedShort(from + V2_HEAD - 2);
    if (there < V2_HEAD + length) {
      return null;
    }
    ByteBuf header = in.slice(from, V2_HEAD + length);
    ProxyHeader read = parseV2(header);
    in.skipBytes(V2_HEAD + length);
    return read;
  }

  private static void checkCommand(int versionAndCommand) {
    int command = versionAndCommand & 0x0f;
    if (versionAndCommand >> 4 != VERSION_2
        || command != COMMAND_LOCAL && command != COMMAND_PROXY) {
      throw new Malformed("a version that is not 2, or a command that is not known");
    }
  }

  private static ProxyHeader parseV2(ByteBuf header) {
    if ((header.getByte(12) & 0x0f) == COMMAND_LOCAL) {
      return LOCAL;
    }
    int family = header.getUnsignedByte(13);
    int addressBytes =
        switch (family) {
          case UNSPECIFIED -> 0;
          case TCP_OVER_IPV4 -> 4;
          case TCP_OVER_IPV6 -> 16;
          default -> throw new Malformed("a family that is neither TCP over IPv4 nor over IPv6");
        };
    header.skipBytes(V2_HEAD);
    ProxyHeader read = addressBytes == 0 ? UNKNOWN : addressesV2(header, addressBytes);
    checkTlvs(header);
    return read;
  }

  private static ProxyHeader addressesV2(ByteBuf header, int addressBytes) {
    if (header.readableBytes() < 2 * addressBytes + 4) {
      throw new Malformed("addresses that are cut off");
    }
    byte[] source = new byte[addressBytes];
    byte[] destination = new byte[addressBytes];
    header.readBytes(source).readBytes(destination);
    return new ProxyHeader(
        Says.CLIENT,
        new InetSocketAddress(address(source), header.readUnsignedShort()),
        new InetSocketAddress(address(destination), header.readUnsignedShort()));
  }

  /** What follows the addresses is skipped, but for the checksum over the whole header. */
  private static void checkTlvs(ByteBuf header) {
    while (header.isReadable()) {
      if (header.readableBytes() < TLV_HEAD) {
        throw new Malformed("a TLV that is cut off");
      }
      int type = header.readUnsignedByte();
      int length = header.readUnsignedShort();
      if (header.readableBytes() < length) {
        throw new Malformed("a TLV that is longer than the header");
      }
      if (type == TLV_CRC32C) {
        checkCrc(header, length);
      }
      header.skipBytes(length);
    }
  }

  private static void checkCrc(ByteBuf header, int length) {
    int at = header.readerIndex();
    CRC32C crc = new CRC32C();
    byte[] all = new byte[header.writerIndex()];
    header.getBytes(0, all);
    if (length == CRC32C_BYTES) {
      java.util.Arrays.fill(all, at, at + CRC32C_BYTES, (byte) 0);
      crc.update(all);
    }
    if (length != CRC32C_BYTES || (int) crc.getValue() != header.getInt(at)) {
      throw new Malformed("a checksum that is not that of the header");
    }
  }

  private static InetAddress address(byte[] raw) {
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + raw.length + " bytes", e);
    }
  }

  // ---- and back

  /**
   * Writes one of version 2.
   *
   * @param source the client; resolved
   * @param destination where it has connected to; resolved
   */
  public static void write(InetSocketAddress source, InetSocketAddress destination, ByteBuf to) {
    boolean four =
        source.getAddress() instanceof Inet4Address
            && destination.getAddress() instanceof Inet4Address;
    to.writeBytes(V2_START).writeByte(VERSION_2 << 4 | COMMAND_PROXY);
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
