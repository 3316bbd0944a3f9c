package dev.selvedge.host;

import dev.selvedge.function.FunctionException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that functions may send: null, Boolean, Number, String, JSON and Buffer. */
final class Values {
  private Values() {}

  /**
   * The arguments as a list of its own.
   *
   * @throws FunctionException code {@code bad-argument} for anything that is not such a value
   */
  static List<@Nullable Object> listOf(@Nullable Object... args) {
    if (args.length == 1) {
      return Collections.singletonList(checked(args[0]));
    }
    @Nullable Object[] copy = new Object[args.length];
    for (int i = 0; i < args.length; i++) {
      copy[i] = checked(args[i]);
    }
    return Collections.unmodifiableList(Arrays.asList(copy));
  }

  /** The value itself, JSON as a copy: what is sent does not change afterwards. */
  static @Nullable Object checked(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return object.copy();
    }
    if (value instanceof JsonArray array) {
      return array.copy();
    }
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      return new JsonArray().add(value).copy().getValue(0);
    }
    if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Buffer) {
      return value;
    }
    throw new FunctionException(
        "bad-argument",
        "a "
            + value.getClass().getName()
            + " cannot be sent (expected: null, Boolean, Number, String, JsonObject, JsonArray or"
            + " Buffer)");
  }
}
