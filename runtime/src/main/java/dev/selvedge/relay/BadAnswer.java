package dev.selvedge.relay;

/** A member's answer that is not HTTP/1.1 as RFC 9112 wants it, or could be read in two ways. */
final class BadAnswer extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadAnswer(String text) {
    super(text, null, false, false);
  }
}
