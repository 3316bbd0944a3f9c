package dev.selvedge.protocol.messagepack;

/** Bytes that are no MessagePack, or not what was expected. The text names no values of them. */
public final class MalformedMessagePack extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedMessagePack(String text) {
    super(text, null, false, false);
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
