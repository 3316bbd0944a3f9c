package dev.selvedge.fabric;

import io.vertx.core.buffer.Buffer;
import java.util.List;
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

  @Nullable Object value();

  List<@Nullable Object> values();
}
