package dev.selvedge.protocol.raw;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes among the arguments of a message in the JSON form: an argument that is an object with the
 * one member {@code "$binary"}, whose value is the bytes in base64 (RFC 4648 §4, with padding;
 * without is read too). Inside another object or array it has no special meaning.
 */
final class BinaryForm {
  private static final String KEY = "$binary";

  private BinaryForm() {}

  static JsonArray encode(List<@Nullable Object> args) {
    List<@Nullable Object> encoded = new ArrayList<>(args.size());
    for (Object arg : args) {
      encoded.add(
          arg instanceof Buffer buffer
              ? new JsonObject().put(KEY, Base64.getEncoder().encodeToString(buffer.getBytes()))
              : arg);
    }
    return new JsonArray(encoded);
  }

  static List<@Nullable Object> decode(JsonArray args) throws MalformedMessage {
    List<@Nullable Object> decoded = new ArrayList<>(args.size());
    for (int i = 0; i < args.size(); i++) {
      decoded.add(decodeValue(args.getValue(i)));
    }
    return decoded;
  }

  static @Nullable Object decodeValue(@Nullable Object arg) throws MalformedMessage {
    return arg instanceof JsonObject object
            && object.size() == 1
            && object.getValue(KEY) instanceof String base64
        ? decodeBytes(base64)
        : arg;
  }

  private static Buffer decodeBytes(String base64) throws MalformedMessage {
    try {
      return Buffer.buffer(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw MalformedMessage.notMessage("\"$binary\" is not base64: " + e.getMessage());
    }
  }
}
