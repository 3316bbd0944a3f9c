package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.NodeId;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A session's id, which leads to its edge without a look-up: {@code <node>-<lane>-<random>}, where
 * random is 22 characters of base64url (128 bits) and alone decides equality. Ids of Socket.IO
 * sessions have 20 characters, see {@link ShortId}; their random part has 17 hexadecimal digits.
 */
public record SessionId(NodeId node, int lane, String random) {
  private static final Pattern LONG = Pattern.compile("[a-z0-9]{8}-[0-9]{1,3}-[A-Za-z0-9_-]{22}");

  /** A new id of a session on that node and lane. */
  public static SessionId random(NodeId node, int lane, SecureRandom random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return new SessionId(node, lane, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** A new id whose text has 20 characters. */
  public static SessionId randomShort(NodeId node, int lane, SecureRandom random) {
    return new SessionId(node, lane, ShortId.random(random));
  }

  /** Parses an id that a client sent; empty if it cannot be one. */
  public static Optional<SessionId> parse(String text) {
    if (text.length() == ShortId.LENGTH) {
      return ShortId.parse(text);
    }
    if (text.length() > 64 || !LONG.matcher(text).matches()) {
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
    return ShortId.isShort(this) ? ShortId.format(this) : node + "-" + lane + "-" + random;
  }
}
