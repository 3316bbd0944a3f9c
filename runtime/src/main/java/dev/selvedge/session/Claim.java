package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;

/**
 * What a client that comes back says of itself.
 *
 * @param secret by which only the session's own client knows it
 * @param offset {@link Outbound#offset} of the last event that it got
 * @param function the function that it asks for
 * @param namespace the namespace that it asks for
 */
public record Claim(SessionId secret, String offset, String function, String namespace) {
  void writeTo(EnvelopeWriter out) {
    secret.writeTo(out);
    out.text(offset).text(function).text(namespace);
  }

  static Claim readFrom(EnvelopeReader in) {
    return new Claim(
        SessionId.readFrom(in), in.requiredText(), in.requiredText(), in.requiredText());
  }
}
