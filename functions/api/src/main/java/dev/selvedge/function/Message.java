package dev.selvedge.function;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
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
  default Future<Void> fail(String code, String text) {
    return fail(new FunctionException(code, text));
  }

  /** Answers the client with an error and its data. */
  Future<Void> fail(FunctionException error);

  /**
   * Whether the client waits for a stream of items, which {@link #stream} answers; {@link
   * #expectsReply} is true then, too.
   */
  boolean expectsStream();

  /**
   * Answers with a stream: its items, each a value as of an argument, until it ends or fails (then
   * with the error that the failure stands for, as of a callback). The stream is paused while the
   * client is behind, so nothing piles up. A client that wants one reply gets all items as one JSON
   * array; more than 1,000 of them, or 1 MiB, are the error {@code too-many-items}.
   *
   * @return completes when the end has left for the client; fails with {@link FunctionException}
   *     code {@code cancelled} if the client wants no more or is gone, and {@code interrupted} if
   *     the session moves to another instance (the client is told so): the stream is paused then
   *     and has no handlers any more, and whatever feeds it can be stopped
   */
  Future<Void> stream(ReadStream<?> items);

  /**
   * The streams that the client sends along with this message, in its order; empty for most. Each
   * has to be read ({@code handler}, {@code pause}, {@code fetch}, as any Vert.x stream) from
   * within the callback on. A stream that the client fails, or cannot go on with, has its exception
   * handler called with a {@link FunctionException}; when the message has been answered, they are
   * over. With 32 items unread the client is not read any more.
   */
  List<ReadStream<@Nullable Object>> streams();

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
