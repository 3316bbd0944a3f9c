package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.fabric.NodeId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an event, the same wherever it goes: what a client that comes back says it has got.
 *
 * @param by the node that named it
 * @param number unique on that node
 */
record Mark(NodeId by, long number) {
  private static final Pattern TEXT = Pattern.compile("[1-9a-z][0-9a-z]{0,11}-[a-z0-9]{8}");

  /** Parses what {@link #toString} gave; empty if it cannot be that. */
  static Optional<Mark> parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      return Optional.empty();
    }
    int dash = text.indexOf('-');
    long number = Long.parseLong(text.substring(0, dash), Character.MAX_RADIX);
    return Optional.of(new Mark(new NodeId(text.substring(dash + 1)), number));
  }

  void writeTo(EnvelopeWriter out) {
    out.text(by.value()).number(number);
  }

  static Mark readFrom(EnvelopeReader in) {
    return new Mark(new NodeId(in.requiredText()), in.number());
  }

  @Override
  public String toString() {
    return Long.toString(number, Character.MAX_RADIX) + "-" + by;
  }
}
