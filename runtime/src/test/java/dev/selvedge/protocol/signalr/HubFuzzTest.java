package dev.selvedge.protocol.signalr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Fuzz;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random messages come back as they were; damaged ones are read or refused, nothing else. */
class HubFuzzTest {
  private static final int LIMIT = 32 * 1024;
  private static final int ROUNDS = 10_000;

  private final Random random = new Random(20_261_123);

  @ParameterizedTest
  @EnumSource(HubFormat.class)
  void whatIsWrittenIsReadAgain(HubFormat format) throws HubViolation {
    for (int round = 0; round < ROUNDS; round++) {
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

  /** One of each kind, and with each kind of value. */
  private static List<HubMessage> each(HubFormat format) {
    JsonObject object = new JsonObject().put("a", new JsonArray().add(1).addNull().add("ü"));
    Object bytes = format == HubFormat.JSON ? "AQID" : Buffer.buffer(new byte[300]);
    return List.of(
        new HubMessage.Invocation(
            "7", "Send", List.of("x", -1, 2.5, true, object, bytes), List.of()),
        new HubMessage.Invocation(null, "Send", List.of(1L << 40, new JsonArray()), List.of("8")),
        new HubMessage.StreamItem("7", object),
        new HubMessage.Failed("7", "no"),
        new HubMessage.Result("7", bytes),
        new HubMessage.Done("7"),
        new HubMessage.StreamInvocation("7", "Count", List.of(3), List.of("9", "10")),
        new HubMessage.CancelInvocation("7"),
        new HubMessage.Ping(),
        new HubMessage.Close("bye", true),
        new HubMessage.Ack(42),
        new HubMessage.Sequence(146));
  }

  @Tag("fuzz")
  @ParameterizedTest
  @EnumSource(HubFormat.class)
  void damagedMessagesAreReadOrRefused(HubFormat format) throws Exception {
    List<byte[]> golden = new ArrayList<>();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (HubMessage message : each(format)) {
      golden.add(format.encode(message));
      all.writeBytes(format.encode(message));
    }
    golden.add(all.toByteArray());
    Fuzz.of("SignalR " + format.word(), golden)
        .words("\u001e", "[", "{\"a\":", "\"type\":1,", "\"arguments\":[", "\"headers\":{\"a\":")
        .bytes(
            "91",
            "81a161",
            "dc0400",
            "de0200",
            "dcffff",
            "ddffffffff",
            "dfffffffff",
            "c6ffffffff",
            "dbffffffff")
        .bytes("d7ff", "c70cff", "cfffffffffffffffff", "ffffffff07", "8080808001")
        .refusedWith(HubViolation.class)
        .run(input -> read(format, input));
  }

  /** In pieces, as a transport may cut them. */
  private static void read(HubFormat format, byte[] bytes) throws HubViolation {
    Random cuts = new Random(Arrays.hashCode(bytes));
    HubInput input = new HubInput(LIMIT);
    int messages = 0;
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + cuts.nextInt(bytes.length));
      input.add(Unpooled.wrappedBuffer(bytes, at, length));
      while (format.next(input) != null) {
        messages++;
      }
      at += length;
    }
    assertTrue(messages <= bytes.length, "a message takes a byte at least");
  }

  @Tag("fuzz")
  @Test
  void damagedHandshakesAreReadOrRefused() throws Exception {
    Fuzz.ofTexts(
            "SignalR handshake",
            "{\"protocol\":\"json\",\"version\":1}",
            "{\"version\":2,\"more\":{\"a\":[1,\"x\",null]},\"protocol\":\"messagepack\"}")
        .words("[", "{\"a\":", "\"protocol\":", "\"version\":", ",", "}")
        .refusedWith(HubViolation.class)
        .run(input -> assertNotNull(HandshakeCodec.decode(input).protocol()));
  }

  @Tag("fuzz")
  @Test
  void damagedNegotiationsAreAnsweredWithVersion0Or1OrRefused() throws Exception {
    Fuzz.ofTexts(
            "SignalR negotiation",
            "negotiateVersion=1&useStatefulReconnect=true",
            "NegotiateVersion=0&USESTATEFULRECONNECT=False",
            "_=17")
        .words("&", "=", "&negotiateVersion=", " ", "+", "-")
        .refusedWith(NotAnInteger.class)
        .run(
            input -> {
              var request =
                  NegotiateCodec.decode(query(new String(input, StandardCharsets.UTF_8)))
                      .orElseThrow(NotAnInteger::new);
              assertTrue(request.version() == 0 || request.version() == 1);
            });
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], parts.length < 2 ? "" : parts[1]);
    }
    return query;
  }

  private static final class NotAnInteger extends Exception {
    private static final long serialVersionUID = 1L;
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
