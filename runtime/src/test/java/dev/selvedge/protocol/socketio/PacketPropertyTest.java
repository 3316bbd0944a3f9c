package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.protocol.socketio.Packet.Type;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Packets at random, by seeds: what is written is read back, and nothing that is read does harm.
 */
class PacketPropertyTest {
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

  private static final String[] NAMESPACES = {"/", "/admin", "/a/b", "/é?x=1"};

  private int bytes;

  private Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 3 ? 6 : 8)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt();
      case 3 -> random.nextLong() | 1L << 40;
      case 4 -> "t\u0000é😀\"\\-,".substring(0, random.nextInt(3)) + random.nextInt(10);
      case 5 -> bytes(random);
      case 6 -> {
        JsonObject object = new JsonObject();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.put("k" + i, value(random, depth + 1));
        }
        yield object;
      }
      default -> {
        JsonArray array = new JsonArray();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(value(random, depth + 1));
        }
        yield array;
      }
    };
  }

  private Object bytes(Random random) {
    if (bytes++ >= PacketCodec.MAX_ATTACHMENTS) {
      return "enough";
    }
    byte[] content = new byte[random.nextInt(20)];
    random.nextBytes(content);
    return Buffer.buffer(content);
  }

  private List<Frame> packet(Random random, Type type, String namespace, long id, JsonArray data) {
    bytes = 0;
    data.add("event");
    for (int i = random.nextInt(4); i > 0; i--) {
      data.add(value(random, 0));
    }
    return PacketCodec.body(type, id, data.getList()).in(namespace);
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    Random random = new Random(1);
    PacketDecoder decoder = new PacketDecoder();
    for (int round = 0; round < 5_000; round++) {
      Type type = random.nextBoolean() ? Type.EVENT : Type.ACK;
      String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
      long id = type == Type.ACK || random.nextBoolean() ? random.nextInt(1 << 20) : -1;
      JsonArray data = new JsonArray();
      List<Frame> frames = packet(random, type, namespace, id, data);

      Packet read = null;
      for (Frame frame : frames) {
        assertEquals(null, read);
        read =
            frame.text()
                ? decoder.text(EngineCodec.decode(string(frame)).text())
                : decoder.binary(Buffer.buffer(frame.bytes()));
      }

      assertNotNull(read);
      assertEquals(new Packet(type, namespace, id, data, 0), read, "round " + round);
    }
  }

  private static String string(Frame frame) {
    return new String(frame.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void noMutationDoesMoreThanFail() {
    Random random = new Random(2);
    int refused = 0;
    for (int round = 0; round < 50_000; round++) {
      Type type = random.nextBoolean() ? Type.EVENT : Type.ACK;
      List<Frame> frames =
          packet(random, type, NAMESPACES[random.nextInt(4)], random.nextInt(100), new JsonArray());
      PacketDecoder decoder = new PacketDecoder();
      try {
        for (Frame frame : mutated(frames, random)) {
          if (frame.text()) {
            decoder.text(EngineCodec.decode(string(frame)).text());
          } else {
            decoder.binary(Buffer.buffer(frame.bytes()));
          }
        }
      } catch (MalformedPacket malformed) {
        refused++;
        assertTrue(REASONS.contains(malformed.reason()), malformed.reason());
      }
    }
    assertTrue(refused > 10_000, "only " + refused + " of the packets were refused");
  }

  private static List<Frame> mutated(List<Frame> frames, Random random) {
    List<Frame> changed = new ArrayList<>(frames);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(changed.size());
      switch (random.nextInt(4)) {
        case 0 -> changed.add(at, changed.get(random.nextInt(changed.size())));
        case 1 -> changed.add(changed.remove(at));
        default -> changed.set(at, mutated(changed.get(at), random));
      }
    }
    return changed;
  }

  private static Frame mutated(Frame frame, Random random) {
    String telling = "0123456789-,/[]{}\"\\ebt_.\u0000";
    StringBuilder text = new StringBuilder(string(frame));
    int at = random.nextInt(text.length() + 1);
    char other = telling.charAt(random.nextInt(telling.length()));
    switch (random.nextInt(4)) {
      case 0 -> text.insert(at, other);
      case 1 -> text.setLength(at);
      case 2 -> text.insert(at, text.substring(0, at));
      default -> {
        if (at < text.length()) {
          text.setCharAt(at, other);
        }
      }
    }
    return new Frame(frame.text(), text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
