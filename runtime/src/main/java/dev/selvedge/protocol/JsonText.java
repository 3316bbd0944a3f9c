package dev.selvedge.protocol;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON as messages mostly are: strings, whole numbers, and a few levels of lists and objects are
 * read and written here, with little work for each message. All else is left to {@link Json}, whose
 * values, errors and text the results are in any case. Pure.
 */
public final class JsonText {
  private JsonText() {}

  /**
   * The value of a text from an index to its end: null, a Boolean, a Number, a String, a JsonObject
   * or a JsonArray.
   *
   * @throws DecodeException if it is not exactly one value
   */
  public static @Nullable Object parse(String text, int from) {
    Object value = new JsonTextReader(text, from).whole();
    if (value == JsonTextReader.UNUSUAL) {
      return Json.decodeValue(text.substring(from));
    }
    if (value instanceof Map<?, ?>) {
      @SuppressWarnings("unchecked") // names are strings
      Map<String, Object> members = (Map<String, Object>) value;
      return new JsonObject(members);
    }
    return value instanceof List<?> items ? new JsonArray(items) : value;
  }

  /** The text of an array of these values, in UTF-8. */
  public static byte[] array(List<? extends @Nullable Object> values) {
    return new JsonTextWriter().array(values);
  }
}
