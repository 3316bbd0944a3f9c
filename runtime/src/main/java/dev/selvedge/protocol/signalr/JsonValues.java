package dev.selvedge.protocol.signalr;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of the function API in JSON. Bytes are strings in base64 (RFC 4648 §4), which is how .NET
 * writes a {@code byte[]}; what is read stays a string, since nothing tells it apart. Whole numbers
 * beyond 64 bits become doubles.
 */
final class JsonValues {
  /** How deep objects and arrays may be inside each other; System.Text.Json has the same limit. */
  static final int MAX_DEPTH = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private JsonValues() {}

  static JsonParser parser(byte[] json) throws IOException {
    return FACTORY.createParser(json);
  }

  static JsonGenerator generator(ByteArrayOutputStream to) throws IOException {
    return FACTORY.createGenerator(to);
  }

  /** The value that begins at the current token. */
  static @Nullable Object read(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> readObject(in);
      case START_ARRAY -> new JsonArray(readAll(in));
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT -> wholeNumber(in);
      case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IOException("not a value: " + in.currentToken());
    };
  }

  private static Object wholeNumber(JsonParser in) throws IOException {
    return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? (Object) in.getBigIntegerValue().doubleValue()
        : in.getNumberValue();
  }

  private static JsonObject readObject(JsonParser in) throws IOException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      members.put(name, read(in));
    }
    return new JsonObject(members);
  }

  /** The values of the array that begins at the current token. */
  static List<@Nullable Object> readAll(JsonParser in) throws IOException {
    List<@Nullable Object> values = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      values.add(read(in));
    }
    return values;
  }

  static void write(@Nullable Object value, JsonGenerator out) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Number number) {
      writeNumber(number, out);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof JsonObject object) {
      writeObject(object.getMap(), out);
    } else if (value instanceof JsonArray array) {
      writeArray(array.getList(), out);
    } else if (value instanceof Map<?, ?> map) {
      writeObject(map, out);
    } else if (value instanceof List<?> list) {
      writeArray(list, out);
    } else if (value instanceof Buffer bytes) {
      out.writeString(Base64.getEncoder().encodeToString(bytes.getBytes()));
    } else if (value instanceof byte[] bytes) {
      out.writeString(Base64.getEncoder().encodeToString(bytes));
    } else {
      out.writeString(value.toString());
    }
  }

  private static void writeNumber(Number number, JsonGenerator out) throws IOException {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      out.writeNumber(number.intValue());
    } else if (number instanceof Long) {
      out.writeNumber(number.longValue());
    } else if (number instanceof Float) {
      out.writeNumber(number.floatValue());
    } else if (number instanceof Double) {
      out.writeNumber(number.doubleValue());
    } else {
      out.writeNumber(number.toString());
    }
  }

  private static void writeObject(Map<?, ?> members, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      out.writeFieldName(String.valueOf(member.getKey()));
      write(member.getValue(), out);
    }
    out.writeEndObject();
  }

  private static void writeArray(List<?> items, JsonGenerator out) throws IOException {
    out.writeStartArray();
    for (Object item : items) {
      write(item, out);
    }
    out.writeEndArray();
  }
}
