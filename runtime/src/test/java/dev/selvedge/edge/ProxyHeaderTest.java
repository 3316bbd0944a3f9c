package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.testing.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of PROXY headers, both versions. */
class ProxyHeaderTest {
  private static final String START = "0d0a0d0a000d0a515549540a";
  private static final String IPV4 = "c0000207" + "cb007109" + "1234" + "01bb";
  private static final String IPV6 =
      "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "1234" + "01bb";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] v1(String line) {
    return line.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static InetSocketAddress address(String host, int port) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  /** Reads it in two parts, for each way to part it, with more behind it. */
  private static ProxyHeader read(byte[] header) {
    ByteBuf whole = Unpooled.wrappedBuffer(header, v1("GET"));
    ProxyHeader read = ProxyHeader.read(whole);
    assertNotNull(read);
    assertEquals("GET", whole.toString(StandardCharsets.ISO_8859_1));
    for (int cut = 0; cut < header.length; cut++) {
      ByteBuf part = Unpooled.wrappedBuffer(header, 0, cut);
      assertNull(ProxyHeader.read(part), "not whole after " + cut + " bytes");
      assertEquals(0, part.readerIndex());
    }
    return read;
  }

  private static void refused(byte[] header) {
    assertThrows(
        ProxyHeader.Malformed.class, () -> ProxyHeader.read(Unpooled.wrappedBuffer(header)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROXY TCP4 192.0.2.7 203.0.113.9 4660 443 | 192.0.2.7 | 4660 | 203.0.113.9 | 443",
        "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535 | 0.0.0.0 | 0 | 255.255.255.255 | 65535",
        "PROXY TCP6 2001:db8::1 2001:DB8::2 4660 443 | 2001:db8::1 | 4660 | 2001:db8::2 | 443",
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            + " 65535 65535 | ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff | 65535 |"
            + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff | 65535"
      })
  void version1NamesTheClient(String line, String from, int fromPort, String to, int toPort)
      throws Exception {
    ProxyHeader header = read(v1(line + "\r\n"));

    assertEquals(ProxyHeader.Says.CLIENT, header.says());
    assertEquals(address(from, fromPort), header.source());
    assertEquals(address(to, toPort), header.destination());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKNOWN", "PROXY UNKNOWN ", "PROXY UNKNOWN what ever stands here"})
  void ofAnUnknownClientVersion1SaysNothing(String line) {
    ProxyHeader header = read(v1(line + "\r\n"));

    assertEquals(ProxyHeader.Says.UNKNOWN, header.says());
    assertNull(header.source());
  }

  @Test
  void aLineOfVersion1HasAtMost107BytesWithItsEnd() {
    String longest = "PROXY UNKNOWN " + "x".repeat(107 - 14 - 2);

    assertEquals(ProxyHeader.Says.UNKNOWN, read(v1(longest + "\r\n")).says());
    refused(v1(longest + "x\r\n"));
    refused(v1(longest + "xx"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "proxy TCP4 192.0.2.7 203.0.113.9 1 2\r\n",
        "PROXY\r\n",
        "PROXY  TCP4 192.0.2.7 203.0.113.9 1 2\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 1 2\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 1 2 \r\n",
        "PROXY TCP4 192.0.2.7  203.0.113.9 1 2\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 1\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 1 65536\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 01 2\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 -1 2\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.9 99999999999 2\r\n",
        "PROXY TCP4 192.0.2.007 203.0.113.9 1 2\r\n",
        "PROXY TCP4 192.0.2 203.0.113.9 1 2\r\n",
        "PROXY TCP4 192.0.2.256 203.0.113.9 1 2\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 192.0.2.7 203.0.113.9 1 2\r\n",
        "PROXY TCP6 2001:db8::1::2 2001:db8::2 1 2\r\n",
        "PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n",
        "PROXY TCP6 fe80::1%eth0 2001:db8::2 1 2\r\n",
        "PROXY UDP4 192.0.2.7 203.0.113.9 1 2\r\n",
        "PROXY UNKNOWNS\r\n"
      })
  void whatIsNoLineOfVersion1IsRefused(String line) {
    refused(v1(line));
  }

  @Test
  void version2NamesTheClient() throws Exception {
    ProxyHeader four = read(bytes(START + "21" + "11" + "000c" + IPV4));
    ProxyHeader six = read(bytes(START + "21" + "21" + "0024" + IPV6));

    assertEquals(address("192.0.2.7", 0x1234), four.source());
    assertEquals(address("203.0.113.9", 443), four.destination());
    assertEquals(address("2001:db8::1", 0x1234), six.source());
    assertEquals(address("2001:db8::2", 443), six.destination());
  }

  @Test
  void whatFollowsTheAddressesIsSkippedByItsLength() throws Exception {
    String tlvs = "040000" + "0200036f6e65" + "ea0002" + "ffff";

    ProxyHeader header = read(bytes(START + "21" + "11" + "001a" + IPV4 + tlvs));

    assertEquals(address("192.0.2.7", 0x1234), header.source());
  }

  @Test
  void ofAnUnspecifiedFamilyVersion2SaysNothing() {
    assertEquals(ProxyHeader.Says.UNKNOWN, read(bytes(START + "21" + "00" + "0000")).says());
    assertEquals(ProxyHeader.Says.UNKNOWN, read(bytes(START + "21" + "00" + "0003040000")).says());
  }

  @ParameterizedTest
  @ValueSource(strings = {"000000", "00" + "0004deadbeef", "11" + "000cffffffffffffffffffffffff"})
  void aLocalConnectionIsTheProxysOwnWhateverFollows(String rest) {
    assertEquals(ProxyHeader.Says.LOCAL, read(bytes(START + "20" + rest)).says());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0d0a0d0a000d0a515549540b", // another signature
        START + "11", // version 1 in the form of version 2
        START + "31",
        START + "22", // a command that is not known
        START + "2f",
        START + "21" + "12" + "000c" + IPV4, // UDP
        START + "21" + "13" + "000c" + IPV4,
        START + "21" + "31" + "0000",
        START + "21" + "41" + "000c" + IPV4,
        START + "21" + "11" + "000b" + "c0000207cb0071091234" + "01", // cut off
        START + "21" + "21" + "000c" + IPV4,
        START + "21" + "11" + "000e" + IPV4 + "0400", // a TLV without its length
        START + "21" + "11" + "0010" + IPV4 + "04000200", // longer than the header
        START + "21" + "11" + "0012" + IPV4 + "030003" + "000000", // a checksum of three bytes
        START + "21" + "11" + "0013" + IPV4 + "030004" + "00000000"
      })
  void whatIsNoHeaderOfVersion2IsRefused(String hex) {
    refused(bytes(hex));
  }

  @Test
  void aChecksumMustBeThatOfTheWholeHeader() throws Exception {
    String before = START + "21" + "11" + "0018" + IPV4 + "030004";
    String after = "0400022a2b";
    CRC32C crc = new CRC32C();
    crc.update(bytes(before + "00000000" + after));
    String sum = HexFormat.of().toHexDigits((int) crc.getValue());

    assertEquals(address("192.0.2.7", 0x1234), read(bytes(before + sum + after)).source());
    refused(bytes(before + sum + "0400022a2c"));
    refused(
        bytes(
            START
                + "21"
                + "11"
                + "0018"
                + "c0000208"
                + IPV4.substring(8)
                + "030004"
                + sum
                + after));
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    for (String host : new String[] {"192.0.2.7", "2001:db8::1"}) {
      ByteBuf bytes = Unpooled.buffer();
      ProxyHeader.write(address(host, 4711), address("2001:db8::2", 443), bytes);

      ProxyHeader header = ProxyHeader.read(bytes);

      assertNotNull(header);
      assertEquals(address(host, 4711), header.source());
      assertEquals(address("2001:db8::2", 443), header.destination());
    }
  }

  @Tag("fuzz")
  @Test
  void damagedHeadersAreReadOrRefusedOrWaitedFor() throws Exception {
    Fuzz.of(
            "PROXY header",
            List.of(
                v1("PROXY TCP4 192.0.2.7 203.0.113.9 4660 443\r\n"),
                v1("PROXY TCP6 2001:db8::1 ::2 4660 443\r\n"),
                v1("PROXY UNKNOWN\r\n"),
                bytes(START + "2111000c" + IPV4),
                bytes(START + "21110010" + IPV4 + "04000161"),
                bytes(START + "21210024" + IPV6),
                bytes(START + "20000000"),
                bytes(START + "21000000")))
        .words("PROXY ", "TCP4", "\r\n", " ", "::", "1.", "65536")
        .bytes(START, "2111", "ffff", "030004", "0400ff")
        .refusedWith(ProxyHeader.Malformed.class)
        .allocating(64, 16 * 1024)
        .run(
            input -> {
              ByteBuf in = Unpooled.wrappedBuffer(input);
              ProxyHeader read = ProxyHeader.read(in);
              assertEquals(read == null, in.readerIndex() == 0, "read whole or not at all");
            });
  }
}
