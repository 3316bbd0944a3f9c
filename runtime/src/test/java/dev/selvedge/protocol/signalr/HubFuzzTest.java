package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random messages come back as they were; mutated ones are read or refused, nothing else. */
class HubFuzzTest {
  private static final int LIMIT = 32 * 1024;
  private static final int ROUNDS = Integer.getInteger("selvedge.fuzz.rounds", 40_000);

  private final Random random = new Random(20_261_123);

  @ParameterizedTest
  @EnumSource(HubFormat.class)
  void whatIsWrittenIsReadAgain(HubFormat format) throws HubViolation {
    for (int round = 0; round < ROUNDS / 4; round++) {
      HubMessage message = message(format);
      HubInput input = new HubInput(1024 * 1024);
      byte[] bytes = format.encode(message);
      int at = random.nextInt(bytes.length + 1);
      input.add(Unpooled.wrappedBuffer(bytes, 0, at));
      HubMessage early = format.next(input);
      input.add(Unpooled.wrappedBuffer(bytes, at, bytes.length - at));

      assertEquals(message, early != null ? early : format.next(input));
    }
  }

  @ParameterizedTest
  @EnumSource(HubFormat.class)
  void mutatedMessagesAreReadOrRefused(HubFormat format) {
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      HubInput input = new HubInput(LIMIT);
      try {
        for (int i = 0; i < 3; i++) {
          input.add(Unpooled.wrappedBuffer(mutated(format.encode(message(format)))));
          while (format.next(input) != null) {
            // What is read must be whole; whether it means something is for the hub.
          }
        }
      } catch (HubViolation violation) {
        assertNotNull(violation.reason());
        refused++;
      }
    }
    assertTrue(refused > ROUNDS / 10, "the mutations do nothing");
  }

  @Test
  void mutatedHandshakesAreReadOrRefused() {
    byte[] handshake = "{\"protocol\":\"json\",\"version\":1}".getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < ROUNDS; round++) {
      try {
        assertNotNull(HandshakeCodec.decode(mutated(handshake)).protocol());
      } catch (HubViolation violation) {
        assertNotNull(violation.text());
      }
    }
  }

  private byte[] mutated(byte[] original) {
    byte[] bytes = original.clone();
    for (int left = random.nextInt(4); left > 0 && bytes.length > 0; left--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = cut(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)));
        case 3 -> bytes[at] = (byte) (0xC0 + random.nextInt(0x20));
        default -> bytes = repeated(bytes, at);
      }
    }
    return bytes;
  }

  private static byte[] cut(byte[] bytes, int from, int to) {
    byte[] rest = new byte[bytes.length - (to - from)];
    System.arraycopy(bytes, 0, rest, 0, from);
    System.arraycopy(bytes, to, rest, from, bytes.length - to);
    return rest;
  }

  private static byte[] repeated(byte[] bytes, int from) {
    byte[] longer = new byte[2 * bytes.length - from];
    System.arraycopy(bytes, 0, longer, 0, bytes.length);
    System.arraycopy(bytes, from, longer, bytes.length, bytes.length - from);
    return longer;
  }

  private HubMessage message(HubFormat format) {
    return switch (1 + random.nextInt(11)) {
      case 1 ->
          new HubMessage.Invocation(
              random.nextBoolean() ? null : text(), text(), values(format), texts());
      case 2 -> new HubMessage.StreamItem(text(), value(format, 0));
      case 3 -> new HubMessage.Failed(text(), text());
      case 4 -> new HubMessage.StreamInvocation(text(), text(), values(format), texts());
      case 5 -> new HubMessage.CancelInvocation(text());
      case 6 -> new HubMessage.Ping();
      case 7 -> new HubMessage.Close(random.nextBoolean() ? null : text(), random.nextBoolean());
      case 8 -> new HubMessage.Ack(random.nextLong(1L << random.nextInt(62)));
      case 9 -> new HubMessage.Sequence(random.nextLong(1L << random.nextInt(62)));
      case 10 -> new HubMessage.Done(text());
      default -> new HubMessage.Result(text(), value(format, 0));
    };
  }

  private String text() {
    int[] points = new int[random.nextInt(random.nextInt(20) == 0 ? 400 : 12)];
    for (int i = 0; i < points.length; i++) {
      int point = random.nextInt(random.nextInt(10) == 0 ? 0x11_0000 : 0x80);
      points[i] = point >= 0xD800 && point < 0xE000 ? 0x2028 : point;
    }
    return new String(points, 0, points.length);
  }

  private List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int left = random.nextInt(3); left > 0; left--) {
      texts.add(text());
    }
    return texts;
  }

  private List<Object> values(HubFormat format) {
    List<Object> values = new ArrayList<>();
    for (int left = random.nextInt(4); left > 0; left--) {
      values.add(value(format, 0));
    }
    return values;
  }

  private Object value(HubFormat format, int depth) {
    return switch (random.nextInt(depth > 4 ? 7 : 10)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt() >> random.nextInt(32);
      case 3 -> random.nextDouble() * 1e6;
      case 4 -> text();
      case 5 -> Long.MAX_VALUE - random.nextInt();
      case 6 -> format == HubFormat.JSON ? text() : bytes();
      case 7, 8 -> object(format, depth);
      default -> array(format, depth);
    };
  }

  private Buffer bytes() {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  private JsonObject object(HubFormat format, int depth) {
    JsonObject object = new JsonObject();
    for (int left = random.nextInt(4); left > 0; left--) {
      object.put(text(), value(format, depth + 1));
    }
    return object;
  }

  private JsonArray array(HubFormat format, int depth) {
    JsonArray array = new JsonArray();
    for (int left = random.nextInt(4); left > 0; left--) {
      array.add(value(format, depth + 1));
    }
    return array;
  }
}
