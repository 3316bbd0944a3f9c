package dev.selvedge.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that a client sent.
 *
 * @param event not empty
 * @param args null, Boolean, Number, String, JsonObject, JsonArray or Buffer each; JSON may hold
 *     Buffers
 * @param replyTo what the client wants the answer to be marked with; {@link #NO_REPLY} if it wants
 *     none
 * @param wantsStream whether the answer that it wants is a stream of items
 * @param streams the numbers of the streams that the client sends along, unique in the session
 */
public record ClientMessage(
    String event,
    List<@Nullable Object> args,
    long replyTo,
    boolean wantsStream,
    List<Long> streams) {
  public static final long NO_REPLY = -1;

  /** A message without streams. */
  public ClientMessage(String event, List<@Nullable Object> args, long replyTo) {
    this(event, args, replyTo, false, List.of());
  }

  /** Whether a stream comes with it or is wanted as its answer. */
  public boolean hasStreams() {
    return wantsStream || !streams.isEmpty();
  }
}
