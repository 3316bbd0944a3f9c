package dev.selvedge.fabric;

import io.vertx.core.buffer.Buffer;
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

  List<@Nullable Object> values();
}
