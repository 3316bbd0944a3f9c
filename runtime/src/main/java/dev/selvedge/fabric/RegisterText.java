package dev.selvedge.fabric;

import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A register's entry as it is kept: the document as JSON text, so that nobody's later change to an
 * object shows.
 */
record RegisterText(long revision, String document) {
  static RegisterText of(long revision, JsonObject document) {
    return new RegisterText(revision, document.encode());
  }

  /** Reads {@link #encoded}. */
  static RegisterText parse(String encoded) {
    int space = encoded.indexOf(' ');
    return new RegisterText(
        Long.parseLong(encoded.substring(0, space)), encoded.substring(space + 1));
  }

  /** The revision in decimal, a space, the document. */
  String encoded() {
    return revision + " " + document;
  }

  Registers.Entry entry() {
    return new Registers.Entry(revision, new JsonObject(document));
  }

  /**
   * Whether this one stands where the two meet: the higher revision; of two with the same, that
   * with the greater text, so that all nodes decide alike.
   */
  boolean beats(@Nullable RegisterText other) {
    return other == null
        || revision > other.revision
        || (revision == other.revision && document.compareTo(other.document) > 0);
  }
}
