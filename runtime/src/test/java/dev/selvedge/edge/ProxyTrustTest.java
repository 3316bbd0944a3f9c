package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyTrustTest {
  private final ProxyTrust trust = new ProxyTrust(List.of("10.0.0.0/9", "192.168.1.7", "fd00::/8"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.2.3.4 | 9.9.9.9 | 1.2.3.4", // an untrusted peer is not believed
        "10.0.0.1 | 9.9.9.9 | 9.9.9.9",
        "10.127.255.255 | 9.9.9.9 | 9.9.9.9",
        "10.128.0.0 | 9.9.9.9 | 10.128.0.0",
        "192.168.1.7 | 9.9.9.9 | 9.9.9.9",
        "192.168.1.8 | 9.9.9.9 | 192.168.1.8",
        "10.0.0.1 | 8.8.8.8, 9.9.9.9 | 9.9.9.9", // what stands before a stranger is his word
        "10.0.0.1 | 8.8.8.8, 9.9.9.9, 10.0.0.2 | 9.9.9.9",
        "10.0.0.1 | 10.0.0.3, 10.0.0.2 | 10.0.0.3",
        "10.0.0.1 | 9.9.9.9, junk | 10.0.0.1",
        "10.0.0.1 | 9.9.9.9:4711 | 9.9.9.9",
        "fd00::1 | 2001:db8::9 | 2001:db8::9",
        "fd00::1 | [2001:db8::9]:4711 | 2001:db8::9",
        "fe00::1 | 2001:db8::9 | fe00::1"
      })
  void theClientIsTheLastHopThatIsNotTrusted(String peer, String forwarded, String client)
      throws Exception {
    assertEquals(client, trust.client(InetAddress.getByName(peer), forwarded));
  }

  @Test
  void withoutTheHeaderThePeerIsTheClient() throws Exception {
    assertEquals("10.0.0.1", trust.client(InetAddress.getByName("10.0.0.1"), null));
    assertEquals("10.0.0.1", trust.client(InetAddress.getByName("10.0.0.1"), ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0/8", "host.example", "10.0.0.0/", "::1/129", ""})
  void whatIsNoRangeIsNamed(String range) {
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> new ProxyTrust(List.of(range)));
    assertTrue(error.getMessage().contains(range));
  }
}
