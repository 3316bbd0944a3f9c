package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.NodeId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session's id, which leads to its edge without a look-up: {@code <node>-<lane>-<random>}, where
 * random is 22 characters of base64url (128 bits) and alone decides equality.
 */
public record SessionId(NodeId node, int lane, String random) {
  /** Parses an id that a client sent; empty if it cannot be one. */
  public static Optional<SessionId> parse(String text) {
    if (text.length() > 64 || !text.matches("[a-z0-9]{8}-[0-9]{1,3}-[A-Za-z0-9_-]{22}")) {
      return Optional.empty();
    }
    int dash = text.indexOf('-', 9);
    return Optional.of(
        new SessionId(
            new NodeId(text.substring(0, 8)),
            Integer.parseInt(text.substring(9, dash)),
            text.substring(dash + 1)));
  }

  void writeTo(EnvelopeWriter out) {
    out.text(node.value()).number(lane).text(random);
  }

  static SessionId readFrom(EnvelopeReader in) {
    return new SessionId(new NodeId(in.requiredText()), (int) in.number(), in.requiredText());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SessionId id && random.equals(id.random);
  }

  @Override
  public int hashCode() {
    return random.hashCode();
  }

  @Override
  public String toString() {
    return node + "-" + lane + "-" + random;
  }
}
