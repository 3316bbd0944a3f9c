package dev.selvedge.fabric;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an envelope. Throws {@link IllegalArgumentException} on malformed bytes. */
public interface EnvelopeReader {
  long number();

  boolean flag();

  @Nullable String text();

  /** A text that may not be null. */
  String requiredText();

  @Nullable Buffer bytes();

  List<String> texts();

  /** A map of its own, which may be changed. */
  default Map<String, String> textMap() {
    long size = number();
    Map<String, String> map = new HashMap<>();
    for (long i = 0; i < size; i++) {
      map.put(requiredText(), requiredText());
    }
    return map;
  }

  @Nullable Object value();

  /** A value that may only be a JSON object, or null. */
  default @Nullable JsonObject object() {
    Object value = value();
    if (value == null || value instanceof JsonObject) {
      return (JsonObject) value;
    }
    throw new IllegalArgumentException(
        "envelope value: a " + value.getClass().getSimpleName() + " (expected: a JSON object)");
  }

  /** A value that may only be a JSON object. */
  default JsonObject requiredObject() {
    JsonObject object = object();
    if (object == null) {
      throw new IllegalArgumentException("envelope value: null (expected: a JSON object)");
    }
    return object;
  }

  /** A value that may only be a JSON array. */
  default JsonArray requiredArray() {
    if (value() instanceof JsonArray array) {
      return array;
    }
    throw new IllegalArgumentException("envelope value: no JSON array");
  }

  List<@Nullable Object> values();
}
