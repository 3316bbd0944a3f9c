package dev.selvedge.fabric;

/** An envelope for tests: a number and a text. */
record Note(long number, String text) implements Envelope {
  static final int KIND = 100;

  static Note read(EnvelopeReader in) {
    return new Note(in.number(), in.requiredText());
  }

  @Override
  public int kind() {
    return KIND;
  }

  @Override
  public void writeTo(EnvelopeWriter out) {
    out.number(number).text(text);
  }
}
