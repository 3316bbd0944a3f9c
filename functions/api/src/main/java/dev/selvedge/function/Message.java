package dev.selvedge.function;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message from a client: an event name, arguments, and perhaps the wish for a reply.
 *
 * <p>A bare WebSocket text or binary frame arrives as the event {@code message} with one String or
 * Buffer.
 */
public interface Message {
  /** The event that a bare text or binary frame stands for. */
  String DEFAULT_EVENT = "message";

  String event();

  /** The arguments: null, Boolean, Number, String, JsonObject, JsonArray or Buffer each. */
  List<@Nullable Object> args();

  /** Whether the client waits for a {@link #reply}. */
  boolean expectsReply();

  /**
   * Whether this message may have been seen before: true only when it was under way to an instance
   * whose node died before it said that the message was done.
   */
  boolean redelivered();

  /**
   * Answers the client. The first answer counts; later ones, and answers nobody asked for, are
   * ignored. A reply may come after {@code onMessage} has completed.
   */
  Future<Void> reply(@Nullable Object... args);

  /** Answers the client with an error. */
  Future<Void> fail(String code, String text);

  /** The number of arguments. */
  default int size() {
    return args().size();
  }

  /**
   * The argument at {@code index}, as {@code type}.
   *
   * @throws FunctionException code {@code bad-argument}, naming the event, index, and types
   */
  default <T> T arg(int index, Class<T> type) {
    Object value = index < size() ? args().get(index) : null;
    if (!type.isInstance(value)) {
      throw new FunctionException(
          "bad-argument",
          event()
              + ": argument "
              + index
              + " is "
              + (value == null ? "missing" : "a " + value.getClass().getSimpleName())
              + " (expected: "
              + type.getSimpleName()
              + ")");
    }
    return type.cast(value);
  }

  /** The first argument, a string. */
  default String text() {
    return arg(0, String.class);
  }

  /** The first argument, a JSON object. */
  default JsonObject json() {
    return arg(0, JsonObject.class);
  }

  /** The first argument, a JSON array. */
  default JsonArray jsonArray() {
    return arg(0, JsonArray.class);
  }

  /** The first argument, bytes. */
  default Buffer binary() {
    return arg(0, Buffer.class);
  }
}
