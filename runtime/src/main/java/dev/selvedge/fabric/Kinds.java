package dev.selvedge.fabric;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kinds of envelopes: who decodes and who receives each. Not changed once sealed. */
final class Kinds {
  static final int COUNT = 128;

  private static final Logger LOG = LoggerFactory.getLogger(Kinds.class);

  private record Registration(Envelope.Decoder decoder, Envelope.Receiver receiver) {}

  private final @Nullable Registration[] registrations = new @Nullable Registration[COUNT];
  private volatile boolean sealed;

  synchronized void register(int kind, Envelope.Decoder decoder, Envelope.Receiver receiver) {
    if (sealed) {
      throw new IllegalStateException("envelope kind " + kind + ": registered after the start");
    }
    if (kind < 1 || kind >= COUNT || registrations[kind] != null) {
      throw new IllegalArgumentException(
          "envelope kind: " + kind + " (expected: 1.." + (COUNT - 1) + ", not registered yet)");
    }
    registrations[kind] = new Registration(decoder, receiver);
  }

  void seal() {
    sealed = true;
  }

  boolean isKnown(int kind) {
    return kind > 0 && kind < COUNT && registrations[kind] != null;
  }

  /** Throws {@link IllegalArgumentException} on malformed bytes and unknown kinds. */
  Envelope decode(int kind, EnvelopeReader in) {
    return registration(kind).decoder().read(in);
  }

  /** Hands the envelope to its receiver. A receiver that throws is logged and harms nobody else. */
  void deliver(Lane lane, NodeId from, Envelope envelope) {
    Envelope.Receiver receiver = registration(envelope.kind()).receiver();
    try {
      receiver.receive(lane, from, envelope);
    } catch (RuntimeException e) {
      LOG.error("envelope not handled kind={} from={}", envelope.kind(), from, e);
    }
  }

  private Registration registration(int kind) {
    Registration registration = kind > 0 && kind < COUNT ? registrations[kind] : null;
    if (registration == null) {
      throw new IllegalArgumentException(
          "envelope kind: " + kind + " (expected: a registered one)");
    }
    return registration;
  }
}
