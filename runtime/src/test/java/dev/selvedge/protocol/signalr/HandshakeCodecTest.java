package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeCodecTest {
  private static HandshakeCodec.Request decode(String json) throws HubViolation {
    return HandshakeCodec.decode(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void otherMembersAreIgnored() throws HubViolation {
    assertEquals(
        new HandshakeCodec.Request("json", 1),
        decode("{\"x\":[{}],\"version\":1,\"protocol\":\"json\"}"));
  }

  @Test
  void answersAreRecords() {
    assertEquals("{}\u001e", new String(HandshakeCodec.accepted(), StandardCharsets.UTF_8));
    assertEquals(
        "{\"error\":\"The protocol 'x' is not supported.\"}\u001e",
        new String(HandshakeCodec.refused(HubErrors.unknownProtocol("x")), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"protocol\":\"json\"}",
        "{\"version\":1}",
        "{\"protocol\":1,\"version\":1}",
        "{\"protocol\":\"json\",\"version\":\"1\"}",
        "{\"protocol\":\"json\",\"version\":99999999999999999999}",
        "{\"type\":6}",
      })
  void whatMissesAMemberIsRefused(String json) {
    assertThrows(HubViolation.class, () -> decode(json));
  }
}
