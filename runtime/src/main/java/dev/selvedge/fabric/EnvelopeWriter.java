package dev.selvedge.fabric;

import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the fields of an envelope; {@link EnvelopeReader} reads them back in the same order. */
public interface EnvelopeWriter {
  /** A whole number of any size, short if it is small and not negative. */
  EnvelopeWriter number(long value);

  EnvelopeWriter flag(boolean value);

  EnvelopeWriter text(@Nullable String value);

  EnvelopeWriter bytes(@Nullable Buffer value);

  EnvelopeWriter texts(Collection<String> values);

  /** A map of texts; its order does not arrive. */
  default EnvelopeWriter textMap(Map<String, String> map) {
    number(map.size());
    map.forEach((key, value) -> text(key).text(value));
    return this;
  }

  /** A null, Boolean, Number, String, JsonObject, JsonArray or Buffer. */
  EnvelopeWriter value(@Nullable Object value);

  EnvelopeWriter values(List<? extends @Nullable Object> values);
}
