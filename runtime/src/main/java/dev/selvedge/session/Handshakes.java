package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import dev.selvedge.function.Handshake;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Handshakes on the fabric. */
final class Handshakes {
  private Handshakes() {}

  static void write(EnvelopeWriter out, Handshake handshake) {
    out.text(handshake.path()).text(handshake.remoteAddress());
    out.textMap(handshake.query()).textMap(handshake.headers());
    out.text(handshake.namespace()).value(handshake.auth());
  }

  static Handshake read(EnvelopeReader in) {
    String path = in.requiredText();
    String remoteAddress = in.requiredText();
    Map<String, String> query = in.textMap();
    Map<String, String> headers = in.textMap();
    String namespace = in.requiredText();
    JsonObject auth = in.requiredObject();
    return new Handshake(path, query, headers, remoteAddress, namespace, auth);
  }
}
