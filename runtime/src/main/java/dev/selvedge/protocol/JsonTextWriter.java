package dev.selvedge.protocol;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes one array of values as JSON in UTF-8. */
final class JsonTextWriter {
  private static final int MAX_DEPTH = 16;
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[128];
  private int length;

  byte[] array(List<? extends @Nullable Object> values) {
    if (list(values, 0)) {
      return Arrays.copyOf(bytes, length);
    }
    return new JsonArray(values).encode().getBytes(StandardCharsets.UTF_8);
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  private void write(char ascii) {
    reserve(1);
    bytes[length++] = (byte) ascii;
  }

  private void write(byte[] some) {
    reserve(some.length);
    System.arraycopy(some, 0, bytes, length, some.length);
    length += some.length;
  }

  /** False if it is nested too deeply for here. */
  private boolean list(List<? extends @Nullable Object> values, int depth) {
    write('[');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        write(',');
      }
      if (!value(values.get(i), depth)) {
        return false;
      }
    }
    write(']');
    return true;
  }

  private boolean map(Map<?, ? extends @Nullable Object> members, int depth) {
    write('{');
    boolean first = true;
    for (Map.Entry<?, ? extends @Nullable Object> member : members.entrySet()) {
      if (!(member.getKey() instanceof String name)) {
        return false;
      }
      if (!first) {
        write(',');
      }
      first = false;
      string(name);
      write(':');
      if (!value(member.getValue(), depth)) {
        return false;
      }
    }
    write('}');
    return true;
  }

  private boolean value(@Nullable Object value, int depth) {
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Integer || value instanceof Long) {
      ascii(value.toString());
    } else if (value instanceof Boolean truth) {
      write(truth ? TRUE : FALSE);
    } else if (value == null) {
      write(NULL);
    } else if (depth == MAX_DEPTH) {
      return false;
    } else if (value instanceof JsonObject object) {
      return map(object.getMap(), depth + 1);
    } else if (value instanceof JsonArray array) {
      return list(array.getList(), depth + 1);
    } else if (value instanceof Map<?, ?> members) {
      return map(members, depth + 1);
    } else if (value instanceof List<?> items) {
      return list(items, depth + 1);
    } else {
      write(Json.encode(value).getBytes(StandardCharsets.UTF_8));
    }
    return true;
  }

  private void ascii(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length + i] = (byte) text.charAt(i);
    }
    length += text.length();
  }

  private void string(String text) {
    reserve(text.length() + 2);
    bytes[length] = '"';
    int to = length + 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isEscaped(c) || c >= 0x80) {
        escaped(text.getBytes(StandardCharsets.UTF_8));
        return;
      }
      bytes[to++] = (byte) c;
    }
    bytes[to] = '"';
    length = to + 1;
  }

  private static boolean isEscaped(int c) {
    return c == '"' || c == '\\' || c >= 0 && c < ' ';
  }

  /** The bytes of UTF-8 beyond ASCII, negative here, are written as they are. */
  private void escaped(byte[] text) {
    reserve(6 * text.length + 2);
    bytes[length++] = '"';
    for (byte c : text) {
      if (isEscaped(c)) {
        escape(c);
      } else {
        bytes[length++] = c;
      }
    }
    bytes[length++] = '"';
  }

  private void escape(byte c) {
    bytes[length++] = '\\';
    char name =
        switch (c) {
          case '"' -> '"';
          case '\\' -> '\\';
          case '\b' -> 'b';
          case '\f' -> 'f';
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          default -> 'u';
        };
    bytes[length++] = (byte) name;
    if (name == 'u') {
      bytes[length++] = '0';
      bytes[length++] = '0';
      bytes[length++] = HEX[c >> 4];
      bytes[length++] = HEX[c & 0xf];
    }
  }
}
