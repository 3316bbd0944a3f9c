package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Fuzz;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged payloads: their packets, text and binary, are read or refused, nothing else. */
class PacketFuzzTest {
  private static final Set<String> REASONS =
      Set.of(
          "unknown packet type",
          "Illegal attachments",
          "too many attachments",
          "invalid payload",
          "illegal attachments",
          "parse error",
          "got plaintext data when reconstructing a packet",
          "got binary data when not reconstructing a packet");

  private static final String[] PAYLOADS = {
    "451-[\"deep\","
        + "[".repeat(990)
        + "{\"_placeholder\":true,\"num\":0}"
        + "]".repeat(991)
        + "␞bAA==",
    "40␞40/admin,␞40/deli,{\"token\":\"abc\"}␞41␞41/admin,",
    "2␞3␞2probe␞3probe␞5␞6␞1",
    "42[\"a\"]␞42/admin,12[\"tellme\",1.5,null,true,{\"é\":[[],{}]}]␞43/admin,12[\"ok\"]",
    "452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]"
        + "␞bAQID␞bBAUG",
    "462-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]␞bAQ==␞b",
    "461-/admin,1[{\"a\":{\"_placeholder\":true,\"num\":0}}]␞bAQID",
    "450-[\"none\"]␞44{\"message\":\"no\",\"data\":[1]}␞44/x,\"no\"",
  };

  @Tag("fuzz")
  @Test
  void aPayloadIsReadOrRefused() throws Exception {
    String[] golden = new String[PAYLOADS.length];
    for (int i = 0; i < golden.length; i++) {
      golden[i] = PAYLOADS[i].replace('␞', EngineCodec.SEPARATOR);
    }
    Fuzz.ofTexts("Socket.IO payload", golden)
        .words("\u001e", "\u001eb", "\u001e4", "[", "{\"a\":", "_placeholder", "\"num\":", "-", ",")
        .words("{\"_placeholder\":true,\"num\":0},", "451-[\"a\",", "\u001ebAA==", "/admin,", "\"")
        .refusedWith(MalformedPacket.class)
        .allocating(512, 64 * 1024)
        .run(PacketFuzzTest::read);
  }

  private static void read(byte[] payload) throws Exception {
    PacketDecoder decoder = new PacketDecoder();
    Iterator<String> packets = EngineCodec.packets(new String(payload, StandardCharsets.UTF_8));
    try {
      while (packets.hasNext()) {
        EnginePacket packet = EngineCodec.decode(packets.next());
        if (packet.type() == EnginePacket.Type.MESSAGE) {
          Packet read =
              packet.binary() != null
                  ? decoder.binary(packet.binary())
                  : decoder.text(packet.text());
          if (read != null) {
            assertFits(read);
          }
        }
      }
    } catch (MalformedPacket malformed) {
      assertTrue(REASONS.contains(malformed.reason()), malformed.reason());
      throw malformed;
    }
  }

  /** What is read is what the rest relies on. */
  private static void assertFits(Packet packet) {
    assertEquals(0, packet.attachments());
    assertTrue(!packet.type().isBinary());
    assertTrue(packet.namespace().startsWith("/"));
    if (packet.type() == Packet.Type.EVENT || packet.type() == Packet.Type.ACK) {
      assertTrue(packet.data() instanceof JsonArray);
    }
  }
}
