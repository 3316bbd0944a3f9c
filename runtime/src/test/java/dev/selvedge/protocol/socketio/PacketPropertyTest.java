package dev.selvedge.protocol.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.selvedge.protocol.socketio.Packet.Type;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Packets at random, by seeds: what is written is read back. */
class PacketPropertyTest {
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
}
