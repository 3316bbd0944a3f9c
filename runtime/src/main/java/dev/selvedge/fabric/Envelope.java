package dev.selvedge.fabric;

/**
 * What travels from lane to lane: by reference on the same node, encoded to another. Immutable.
 *
 * <p>Each {@link #kind} has one decoder and one receiver, registered with {@link Fabric#register}
 * before the fabric starts. Kinds: 1–15 fabric, 16–47 session and host, 48–63 protocol (forwarded
 * exchanges), 64–79 deploy, 80–111 recovery of sessions.
 */
public interface Envelope {
  int kind();

  void writeTo(EnvelopeWriter out);

  /**
   * Reads what {@link #writeTo} wrote. Throws {@link IllegalArgumentException} on anything else.
   */
  @FunctionalInterface
  interface Decoder {
    Envelope read(EnvelopeReader in);
  }

  /**
   * Takes the envelopes of a kind. Called on {@code lane}; those of one sending lane arrive in the
   * order in which they were sent, each once, as long as both nodes see each other alive.
   */
  @FunctionalInterface
  interface Receiver {
    void receive(Lane lane, NodeId from, Envelope envelope);
  }
}
