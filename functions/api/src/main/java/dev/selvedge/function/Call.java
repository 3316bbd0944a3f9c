package dev.selvedge.function;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call without a session.
 *
 * @param body null, Boolean, Number, String, JsonObject, JsonArray or Buffer
 * @param source where it came from: {@code http}, {@code bus}, {@code admin} or {@code function}
 * @param headers for {@code http} the request headers by lower-case name, for {@code bus} the
 *     message headers, otherwise empty
 */
public record Call(@Nullable Object body, String source, Map<String, String> headers) {
  public Call {
    headers = Map.copyOf(headers);
  }

  /**
   * The body, a JSON object.
   *
   * @throws FunctionException code {@code bad-argument}
   */
  public JsonObject json() {
    return as(JsonObject.class);
  }

  /**
   * The body, a string.
   *
   * @throws FunctionException code {@code bad-argument}
   */
  public String text() {
    return as(String.class);
  }

  /**
   * The body as {@code type}.
   *
   * @throws FunctionException code {@code bad-argument}
   */
  public <T> T as(Class<T> type) {
    if (!type.isInstance(body)) {
      throw new FunctionException(
          "bad-argument",
          "the body is "
              + (body == null ? "missing" : "a " + body.getClass().getSimpleName())
              + " (expected: "
              + type.getSimpleName()
              + ")");
    }
    return type.cast(body);
  }
}
