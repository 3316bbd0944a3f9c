package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import org.jspecify.annotations.Nullable;

/**
 * An error as the other side gets to see it.
 *
 * @param code a word for programs
 * @param text for people
 * @param data a JSON value, or null
 */
public record ReplyError(String code, String text, @Nullable Object data) {
  /** To what was under way when the client's edge ended. */
  public static final ReplyError EDGE_LOST =
      new ReplyError("interrupted", "the connection has moved to another node", null);

  void writeTo(EnvelopeWriter out) {
    out.text(code).text(text).value(data);
  }

  static ReplyError readFrom(EnvelopeReader in) {
    return new ReplyError(in.requiredText(), in.requiredText(), in.value());
  }

  static void write(EnvelopeWriter out, @Nullable ReplyError error) {
    out.flag(error != null);
    if (error != null) {
      error.writeTo(out);
    }
  }

  static @Nullable ReplyError read(EnvelopeReader in) {
    return in.flag() ? readFrom(in) : null;
  }
}
