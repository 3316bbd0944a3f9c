package dev.selvedge.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.testing.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EnvelopeCodecTest {
  private final ByteBuf bytes = Unpooled.buffer();
  private final ByteWriter out = new ByteWriter(bytes);

  @Test
  void fieldsAreReadAsTheyWereWritten() {
    out.number(0).number(127).number(128).number(Long.MAX_VALUE).number(-1).flag(true).flag(false);
    out.text(null).text("").text("Grüße 🎉").bytes(null).bytes(Buffer.buffer("ab"));
    out.texts(List.of("a", "b"));

    ByteReader in = reader();
    assertEquals(0, in.number());
    assertEquals(127, in.number());
    assertEquals(128, in.number());
    assertEquals(Long.MAX_VALUE, in.number());
    assertEquals(-1, in.number());
    assertEquals(true, in.flag());
    assertEquals(false, in.flag());
    assertNull(in.text());
    assertEquals("", in.text());
    assertEquals("Grüße 🎉", in.requiredText());
    assertNull(in.bytes());
    assertEquals(Buffer.buffer("ab"), in.bytes());
    assertEquals(List.of("a", "b"), in.texts());
    assertEquals(0, in.remaining());
  }

  @Test
  void bytesInsideJsonStayBytes() {
    JsonObject object =
        new JsonObject()
            .put("a", new JsonArray().add(Buffer.buffer("x")).addNull().add(1))
            .put("b", new JsonObject().put("c", Buffer.buffer(new byte[] {0, (byte) 0xff})));
    out.value(object).value(new JsonArray().add(object));

    ByteReader in = reader();
    assertEquals(object, in.value());
    assertEquals(new JsonArray().add(object), in.value());
  }

  @Test
  void nestingWithoutEndIsRefused() {
    for (int i = 0; i < 5_000; i++) {
      bytes.writeByte(ByteWriter.Tag.ARRAY_OF_VALUES).writeByte(1);
    }
    out.value(1);

    assertThrows(IllegalArgumentException.class, () -> reader().value());
  }

  /** Arrays and objects by turns around what is at the bottom. */
  private static Object deep(int levels, JsonArray bottom) {
    Object deep = bottom;
    for (int i = 1; i < levels; i++) {
      deep = i % 2 == 0 ? new JsonArray().add(deep) : new JsonObject().put("n", deep);
    }
    return deep;
  }

  @Test
  void whatIsDeepAndWideIsLookedThroughOnce() {
    JsonArray wide = new JsonArray(new ArrayList<>(Collections.nCopies(200_000, 1)));
    Object deep = deep(900, wide.add(Buffer.buffer("x")));

    out.value(deep); // a look through all at each level would take minutes

    assertEquals(deep, reader().value());
  }

  @Test
  void valuesKeepTheirTypes() {
    List<Object> values =
        Arrays.asList(
            null,
            true,
            false,
            7,
            -7,
            Integer.MIN_VALUE,
            Long.MIN_VALUE,
            1.5,
            "text",
            new JsonObject().put("a", new JsonArray().add(1).addNull()),
            new JsonArray().add("x").add(new JsonObject()),
            Buffer.buffer(new byte[] {0, -1}),
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("1.10"));

    out.values(values);

    assertEquals(values, reader().values());
  }

  @Test
  void smallNumbersTakeOneByte() {
    out.number(100);

    assertEquals(1, bytes.readableBytes());
  }

  @Test
  void bytesInJsonArriveAsBytesHoweverDeep() {
    JsonArray sent =
        new JsonArray()
            .add(Map.of("a", List.of(Buffer.buffer("x"))))
            .add(new JsonObject().put("b", new JsonArray().add(Buffer.buffer("y"))));
    out.value(sent);

    JsonArray read = (JsonArray) reader().value();

    JsonObject first = (JsonObject) read.getList().get(0);
    JsonObject second = (JsonObject) read.getList().get(1);
    assertEquals(List.of(Buffer.buffer("x")), ((JsonArray) first.getMap().get("a")).getList());
    assertEquals(List.of(Buffer.buffer("y")), ((JsonArray) second.getMap().get("b")).getList());
  }

  @Test
  void writingABufferLeavesItAsItWas() {
    Buffer body = Buffer.buffer("body");

    out.bytes(body).bytes(body);

    ByteReader in = reader();
    assertEquals(body, in.bytes());
    assertEquals(body, in.bytes());
  }

  @Test
  void aValueOfAnotherTypeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> out.value(new Object()));
  }

  @Test
  void everyTruncationIsRefused() {
    out.text("abc").value(1L << 40).value(new JsonObject().put("k", "v")).texts(List.of("p", "q"));
    byte[] whole = new byte[bytes.readableBytes()];
    bytes.getBytes(0, whole);

    for (int length = 0; length < whole.length; length++) {
      ByteReader cut = new ByteReader(Unpooled.wrappedBuffer(whole, 0, length));
      assertThrows(
          IllegalArgumentException.class,
          () -> {
            cut.text();
            cut.value();
            cut.value();
            cut.texts();
          });
    }
  }

  @Test
  void hugeLengthsAndCountsAreRefusedBeforeAnythingIsAllocated() {
    out.number(Long.MAX_VALUE);

    assertThrows(IllegalArgumentException.class, () -> reader().text());
    assertThrows(IllegalArgumentException.class, () -> reader().bytes());
    assertThrows(IllegalArgumentException.class, () -> reader().texts());
    assertThrows(IllegalArgumentException.class, () -> reader().values());
  }

  @Test
  void aReaderDoesNotLookPastItsEnd() {
    out.number(1).number(2);

    ByteReader first = new ByteReader(bytes, 1);

    assertEquals(1, first.number());
    assertThrows(IllegalArgumentException.class, first::number);
  }

  @Tag("fuzz")
  @Test
  void damagedFieldsAreReadOrRefused() throws Exception {
    JsonObject object = new JsonObject().put("a", new JsonArray().add(1).addNull().add("ü"));
    out.number(1L << 40).text("Grüße").bytes(Buffer.buffer("ab")).texts(List.of("p", "q"));
    out.values(
        Arrays.asList(
            null,
            true,
            -7,
            Long.MIN_VALUE,
            1.5,
            "x",
            object,
            new JsonArray().add(object),
            Buffer.buffer("y"),
            new JsonObject().put("b", Buffer.buffer("z")),
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("1.10")));
    byte[] plain = ByteBufUtil.getBytes(bytes);
    bytes.clear();
    out.number(0)
        .text(null)
        .bytes(null)
        .texts(List.of())
        .values(List.of(deep(1_000, new JsonArray().add(Buffer.buffer("x")))));
    Fuzz.of("fabric fields", List.of(plain, ByteBufUtil.getBytes(bytes)))
        .words("{\"a\":", "[", "1e999999999")
        .bytes("0b01", "0c01", "0a", "ffffffffffffffffff01", "ffffffff0f", "80")
        .refusedWith(IllegalArgumentException.class)
        .allocating(512, 64 * 1024)
        .run(
            input -> {
              ByteReader in = new ByteReader(Unpooled.wrappedBuffer(input));
              in.number();
              in.text();
              in.bytes();
              in.texts();
              in.values();
            });
  }

  @Tag("fuzz")
  @Test
  void damagedHeadsOfFramesAreReadOrRefused() throws Exception {
    List<byte[]> golden = new ArrayList<>();
    for (Frame.Type type : Frame.Type.values()) {
      golden.add(new Frame(type, new NodeId("0a1b2c3d"), 3, 4, 5, 6).toBuffer().getBytes());
    }
    Fuzz.of("fabric frames", golden)
        .refusedWith(IllegalArgumentException.class)
        .run(input -> Frame.read(Unpooled.wrappedBuffer(input)));
  }

  @Test
  void randomValuesSurvive() {
    Random random = new Random(11);
    for (int round = 0; round < 2_000; round++) {
      List<Object> values = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        values.add(randomValue(random));
      }
      bytes.clear();
      out.values(values);
      assertEquals(values, reader().values());
    }
  }

  private static Object randomValue(Random random) {
    return switch (random.nextInt(7)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextLong() >> random.nextInt(64);
      case 2 -> random.nextDouble();
      case 3 -> "s".repeat(random.nextInt(300)) + (char) random.nextInt(0xD800);
      case 4 -> new JsonObject().put("n", random.nextInt()).put("s", "é" + random.nextInt());
      case 5 -> Buffer.buffer(new byte[random.nextInt(200)]);
      default -> random.nextBoolean();
    };
  }

  private ByteReader reader() {
    return new ByteReader(bytes.duplicate());
  }
}
