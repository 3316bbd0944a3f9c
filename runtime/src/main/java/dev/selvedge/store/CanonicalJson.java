package dev.selvedge.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.selvedge.function.FunctionException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one encoding of a stored value: JSON in UTF-8 without white space, the members of each object
 * sorted by name. Equal values have equal bytes, so that a store compares bytes; {@code 1} and
 * {@code 1.0} are different values.
 *
 * <p>Inside an object or array, what Vert.x's JSON knows besides JSON's own types is written as
 * Vert.x writes it: an Instant in ISO 8601, bytes in base64url, an enum by name.
 */
final class CanonicalJson {
  static final int MAX_BYTES = 1024 * 1024;
  static final int MAX_DEPTH = 200;

  private final JsonFactory factory = new JsonFactory();

  /**
   * The bytes of a value.
   *
   * @throws FunctionException code {@code bad-argument}
   */
  byte[] encode(@Nullable Object value) {
    requireStorable(value);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = factory.createGenerator(bytes)) {
      write(out, value, 1);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    if (bytes.size() > MAX_BYTES) {
      throw StoreFailures.badArgument(
          "value", bytes.size() + " bytes", "at most " + MAX_BYTES + " bytes as JSON");
    }
    return bytes.toByteArray();
  }

  /** The value of bytes that {@link #encode} made; fails on other bytes. */
  Object decode(byte[] bytes) {
    try {
      Object value = Json.decodeValue(Buffer.buffer(bytes));
      if (value != null) {
        return value;
      }
    } catch (DecodeException foreign) {
      // Somebody else wrote there: said below.
    }
    throw StoreFailures.refused("the stored bytes are no JSON value: another program's data?");
  }

  /**
   * The text itself, unless it holds half a surrogate pair, which has no UTF-8.
   *
   * @throws FunctionException code {@code bad-argument}
   */
  static String wellFormed(String what, String text) {
    if (text.codePoints().anyMatch(point -> point >= 0xD800 && point <= 0xDFFF)) {
      throw StoreFailures.badArgument(what, "half a surrogate pair", "valid Unicode");
    }
    return text;
  }

  private static void requireStorable(@Nullable Object value) {
    boolean storable =
        value instanceof Boolean
            || value instanceof Number
            || value instanceof CharSequence
            || value instanceof JsonObject
            || value instanceof JsonArray;
    if (!storable) {
      throw StoreFailures.badArgument(
          "value",
          value == null ? "null" : "a " + value.getClass().getName(),
          "a Boolean, Number, String, JsonObject or JsonArray");
    }
  }

  private void write(JsonGenerator out, @Nullable Object value, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw StoreFailures.badArgument(
          "value", "nested deeper", "at most " + MAX_DEPTH + " levels of objects and arrays");
    }
    if (value instanceof JsonObject object) {
      writeObject(out, object.getMap(), depth);
    } else if (value instanceof Map<?, ?> map) {
      writeObject(out, map, depth);
    } else if (value instanceof JsonArray array) {
      writeArray(out, array.getList(), depth);
    } else if (value instanceof List<?> list) {
      writeArray(out, list, depth);
    } else if (value instanceof Number number) {
      writeNumber(out, number);
    } else {
      writeScalar(out, value);
    }
  }

  private void writeObject(JsonGenerator out, Map<?, ?> members, int depth) throws IOException {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    members.forEach((name, member) -> sorted.put(String.valueOf(name), member));
    out.writeStartObject();
    for (Map.Entry<String, @Nullable Object> member : sorted.entrySet()) {
      out.writeFieldName(wellFormed("value", member.getKey()));
      write(out, member.getValue(), depth + 1);
    }
    out.writeEndObject();
  }

  private void writeArray(JsonGenerator out, List<?> items, int depth) throws IOException {
    out.writeStartArray();
    for (Object item : items) {
      write(out, item, depth + 1);
    }
    out.writeEndArray();
  }

  private static void writeNumber(JsonGenerator out, Number number) throws IOException {
    if (number instanceof BigInteger || number instanceof BigDecimal) {
      out.writeNumber(number.toString());
    } else if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw StoreFailures.badArgument("value", number, "a finite number");
      }
      out.writeNumber(number.toString());
    } else {
      out.writeNumber(number.longValue());
    }
  }

  private static void writeScalar(JsonGenerator out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof CharSequence text) {
      out.writeString(wellFormed("value", text.toString()));
    } else if (value instanceof Instant instant) {
      out.writeString(DateTimeFormatter.ISO_INSTANT.format(instant));
    } else if (value instanceof byte[] bytes) {
      out.writeString(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    } else if (value instanceof Buffer buffer) {
      out.writeString(Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.getBytes()));
    } else if (value instanceof Enum<?> constant) {
      out.writeString(constant.name());
    } else {
      throw StoreFailures.badArgument(
          "value", "holds a " + value.getClass().getName(), "JSON values");
    }
  }
}
