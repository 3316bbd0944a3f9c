package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol that numbers messages wants to be known of a session beyond the end of its edge;
 * {@link Notes} are what many of them come to. Immutable.
 */
public final class Note {
  private static final byte[] NOTHING = {};

  /** What has happened. */
  public enum Kind {
    /** The session is of that sort; the label is the protocol's own. */
    ABOUT,
    /** The client is sent a message. */
    SENT,
    /** The client has all messages up to that number. */
    ACKNOWLEDGED,
    /** The client has said something that the function is to handle; the label names it. */
    HEARD,
    /** The client's messages up to that number have come. */
    RECEIVED,
    /** The function has handled what was heard, and its answer is still to come. */
    DONE,
    /** What was heard needs nothing more. */
    SETTLED,
    /** So many messages to the client, without replies, have come from the session's host. */
    CAME
  }

  private final Kind kind;
  private final long number;
  private final byte[] bytes;
  private final String label;
  private final @Nullable Mark mark;

  private Note(Kind kind, long number, byte[] bytes, String label, @Nullable Mark mark) {
    this.kind = kind;
    this.number = number;
    this.bytes = bytes;
    this.label = label;
    this.mark = mark;
  }

  public static Note about(String label) {
    return new Note(Kind.ABOUT, 0, NOTHING, label, null);
  }

  /**
   * @param bytes shared, not to be modified
   * @param event the event that they are the form of; null for anything else
   */
  public static Note sent(long number, byte[] bytes, @Nullable Outbound event) {
    return new Note(Kind.SENT, number, bytes, "", event == null ? null : event.mark());
  }

  public static Note acknowledged(long number) {
    return new Note(Kind.ACKNOWLEDGED, number, NOTHING, "", null);
  }

  /** The same, with the last event that the client was sent. */
  static Note acknowledged(long number, @Nullable Mark last) {
    return new Note(Kind.ACKNOWLEDGED, number, NOTHING, "", last);
  }

  /**
   * @param bytes shared, not to be modified
   */
  public static Note heard(long number, byte[] bytes, String label) {
    return new Note(Kind.HEARD, number, bytes, label, null);
  }

  public static Note received(long number) {
    return new Note(Kind.RECEIVED, number, NOTHING, "", null);
  }

  static Note done(long number) {
    return done(number, "");
  }

  /** The same, as it is remembered. */
  static Note done(long number, String label) {
    return new Note(Kind.DONE, number, NOTHING, label, null);
  }

  static Note came(long count) {
    return new Note(Kind.CAME, count, NOTHING, "", null);
  }

  public static Note settled(long number) {
    return new Note(Kind.SETTLED, number, NOTHING, "", null);
  }

  public Kind kind() {
    return kind;
  }

  /** The number that its sender gave the message. */
  public long number() {
    return number;
  }

  public byte[] bytes() {
    return bytes;
  }

  public String label() {
    return label;
  }

  @Nullable Mark mark() {
    return mark;
  }

  void writeTo(EnvelopeWriter out) {
    out.number(kind.ordinal()).number(number).bytes(Buffer.buffer(bytes)).text(label);
    out.flag(mark != null);
    if (mark != null) {
      mark.writeTo(out);
    }
  }

  static Note readFrom(EnvelopeReader in) {
    Kind kind = kind(in.number());
    long number = in.number();
    byte[] bytes = Optional.ofNullable(in.bytes()).map(Buffer::getBytes).orElse(NOTHING);
    String label = in.requiredText();
    return new Note(kind, number, bytes, label, in.flag() ? Mark.readFrom(in) : null);
  }

  private static Kind kind(long number) {
    if (number < 0 || number >= Kind.values().length) {
      throw new IllegalArgumentException("note kind: " + number);
    }
    return Kind.values()[(int) number];
  }
}
