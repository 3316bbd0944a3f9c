package dev.selvedge.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code Json} of Vert.x makes of a text or a value is what is right. */
class JsonTextTest {
  private static final long SEED = 20_260_512;
  private static final String ODD = "[]{}:,\"\\u0-1eE.tfn \n\u0001\u00e9";

  private static void assertSame(String text) {
    Object expected;
    try {
      expected = Json.decodeValue(text);
    } catch (DecodeException malformed) {
      assertThrows(DecodeException.class, () -> JsonText.parse("42" + text, 2), text);
      return;
    }
    Object parsed = JsonText.parse("42" + text, 2);
    assertEquals(expected, parsed, text);
    assertEquals(types(expected), types(parsed), text);
  }

  /** The classes of a value and of what is in it. */
  private static String types(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return "object" + types(object.getMap());
    } else if (value instanceof JsonArray array) {
      return "array" + types(array.getList());
    } else if (value instanceof Map<?, ?> map) {
      StringBuilder members = new StringBuilder("{");
      map.forEach((name, member) -> members.append(name).append(types(member)));
      return members.toString();
    } else if (value instanceof List<?> list) {
      return list.stream().map(JsonTextTest::types).toList().toString();
    }
    return value == null ? "null" : value.getClass().getSimpleName();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "nul",
        "nulll",
        "true",
        "false ",
        "[]",
        " [ ] ",
        "[",
        "]",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1,\"b\":[{\"c\":null}],\"a\":2}",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "-1",
        "- 1",
        "+1",
        "1.5",
        "1.",
        ".5",
        "1e3",
        "1E-3",
        "1e",
        "2147483647",
        "2147483648",
        "-2147483648",
        "-2147483649",
        "999999999999999999",
        "9999999999999999999",
        "-9223372036854775808",
        "12345678901234567890123",
        "1x",
        "1 x",
        "\"a",
        "\"a\"\"",
        "\"\\\"\"",
        "\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u00e9\\uD83D\\uDE00\"",
        "\"\\ud800\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u\"",
        "\"\\x\"",
        "\"\\",
        "\"a\nb\"",
        "\"tab\there\"",
        "\"\u007f\u0080\u20ac\ud83d\ude00\"",
        "[\"echo\",\"xx\",1,true,null,{\"_placeholder\":true,\"num\":0}]",
        "NaN",
        "Infinity",
        "'a'",
        "/* a */1",
        "\ufeff1",
        "\u00a01",
        "1\u0000",
        "\u0000",
      })
  void everyTextMeansWhatVertxTakesItFor(String text) {
    assertSame(text);
  }

  @Test
  void nestingOfAnyDepthIsLeftToVertx() {
    for (int depth : List.of(1, 15, 16, 17, 18, 100, 500)) {
      assertSame("[".repeat(depth) + "]".repeat(depth));
      assertSame("{\"a\":".repeat(depth) + "1" + "}".repeat(depth));
      assertSame("[".repeat(depth));
    }
  }

  @Test
  void randomValuesAreReadAndWrittenAsVertxDoes() {
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      List<@Nullable Object> values = list(random, 4);
      String text = new JsonArray(values).encode();
      assertEquals(text, new String(JsonText.array(values), StandardCharsets.UTF_8));
      assertSame(text);
      assertSame(damaged(text, random));
    }
  }

  private static String damaged(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = 1 + random.nextInt(3); i > 0 && damaged.length() > 0; i--) {
      int at = random.nextInt(damaged.length());
      char other = ODD.charAt(random.nextInt(ODD.length()));
      switch (random.nextInt(3)) {
        case 0 -> damaged.setCharAt(at, other);
        case 1 -> damaged.insert(at, other);
        default -> damaged.deleteCharAt(at);
      }
    }
    return damaged.toString();
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 8 : 12)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextInt();
      case 3 -> random.nextInt(100);
      case 4 -> random.nextLong();
      case 5 -> random.nextGaussian();
      case 6, 7 -> text(random);
      case 8 -> list(random, depth - 1);
      case 9 -> new JsonArray(list(random, depth - 1));
      case 10 -> map(random, depth - 1);
      default -> new JsonObject(map(random, depth - 1));
    };
  }

  private static List<@Nullable Object> list(Random random, int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(random, depth));
    }
    return list;
  }

  private static Map<String, @Nullable Object> map(Random random, int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(text(random), value(random, depth));
    }
    return map;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int most = random.nextBoolean() ? 0x7f : random.nextBoolean() ? 0x900 : 0x1_0ffff;
    for (int i = random.nextInt(12); i > 0; i--) {
      int c = random.nextInt(most);
      // A lone surrogate has no place in UTF-8: there is nothing to compare.
      text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? ' ' : c);
    }
    return text.toString();
  }

  @Test
  void otherValuesAreWrittenAsVertxDoes() {
    Map<Object, Object> named = new LinkedHashMap<>();
    named.put(1, "one");
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      deep = new ArrayList<>(List.of("level", deep));
    }
    List<@Nullable Object> values =
        Arrays.asList(
            1.5f,
            Double.MIN_VALUE,
            new java.math.BigDecimal("1.50"),
            (short) 3,
            Instant.EPOCH,
            Buffer.buffer("bytes"),
            "\ud800",
            "\u0000\u001f\u007f");
    for (Object value : values) {
      List<Object> one = List.of(value);
      assertEquals(
          new JsonArray(one).encode().replace('\ud800', '?'),
          new String(JsonText.array(one), StandardCharsets.UTF_8));
    }
    for (Object value : List.of(named, deep)) {
      assertEquals(
          new JsonArray(List.of(value)).encode(),
          new String(JsonText.array(List.of(value)), StandardCharsets.UTF_8));
    }
  }
}
