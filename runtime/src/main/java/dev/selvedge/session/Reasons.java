package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.function.CloseReason;

/** Close reasons on the fabric. */
public final class Reasons {
  private Reasons() {}

  public static void write(EnvelopeWriter out, CloseReason reason) {
    out.number(reason.code()).text(reason.text()).flag(reason.retry());
  }

  public static CloseReason read(EnvelopeReader in) {
    return new CloseReason((int) in.number(), in.requiredText(), in.flag());
  }
}
