package dev.selvedge.protocol.raw;

import dev.selvedge.function.Message;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that a client sent.
 *
 * @param args null, Boolean, Number, String, JsonObject, JsonArray or Buffer each
 * @param id what the client wants its reply to be marked with; {@link #NO_REPLY} if it wants none
 */
record ClientMessage(String event, List<@Nullable Object> args, long id) {
  static final long NO_REPLY = -1;

  /** What a bare text or binary body stands for. */
  static ClientMessage bare(Object textOrBuffer) {
    return new ClientMessage(
        Message.DEFAULT_EVENT, Collections.singletonList(textOrBuffer), NO_REPLY);
  }
}
