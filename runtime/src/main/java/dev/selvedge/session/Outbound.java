package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import io.vertx.core.buffer.Buffer;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes to a client: an event, a reply, or a part of a stream that is one. Immutable but for
 * its mark, set before it is shared, and a cache of its encodings, so that a publication to a group
 * is encoded once per {@link Encoding} and node.
 */
public final class Outbound {
  /** Turns an outbound into the bytes (or whatever a protocol writes) of one protocol form. */
  public interface Encoding<T> {
    T encode(Outbound message);
  }

  /** What an outbound is. */
  public enum Kind {
    /** A message: {@link Outbound#event}, {@link Outbound#args}. */
    EVENT,
    /** The answer to a message: {@link Outbound#replyTo}, {@link Outbound#args}. */
    REPLY,
    /** An error as the answer: {@link Outbound#replyTo}, {@link Outbound#error}. */
    ERROR,
    /** An item of a stream that answers a message: {@link Outbound#replyTo}, one argument. */
    ITEM,
    /** The end of such a stream, with an {@link Outbound#error} if it failed. */
    END
  }

  private static final long NONE = -1;

  private final Kind kind;
  private final @Nullable String event;
  private final List<@Nullable Object> args;

  /** The id of what this replies to or, of an event, the one that the client's answer will have. */
  private final long id;

  private final @Nullable ReplyError error;
  private final @Nullable String key;
  private final boolean isVolatile;

  private record Encoded(Encoding<?> by, Object form) {}

  /** A few entries at most: one for each protocol form that the members of a group speak. */
  private volatile Encoded @Nullable [] encoded;

  /** Null if no client needs to name this message. */
  private @Nullable Mark mark;

  private int weight;

  private Outbound(
      Kind kind,
      @Nullable String event,
      List<@Nullable Object> args,
      long id,
      @Nullable ReplyError error,
      @Nullable String key,
      boolean isVolatile) {
    this.kind = kind;
    this.event = event;
    this.args = args;
    this.id = id;
    this.error = error;
    this.key = key;
    this.isVolatile = isVolatile;
  }

  public static Outbound event(String event, List<@Nullable Object> args) {
    return new Outbound(Kind.EVENT, event, args, NONE, null, null, false);
  }

  /** An event that replaces a waiting one with the same key under the conflating policy. */
  public static Outbound latest(String key, String event, List<@Nullable Object> args) {
    return new Outbound(Kind.EVENT, event, args, NONE, null, key, false);
  }

  /** An event that is dropped if the client does not take it at once. */
  public static Outbound volatileEvent(String event, List<@Nullable Object> args) {
    return new Outbound(Kind.EVENT, event, args, NONE, null, null, true);
  }

  /** An event that the client is to answer. */
  public static Outbound request(long id, String event, List<@Nullable Object> args) {
    return new Outbound(Kind.EVENT, event, args, id, null, null, false);
  }

  public static Outbound reply(long id, List<@Nullable Object> args) {
    return new Outbound(Kind.REPLY, null, args, id, null, null, false);
  }

  public static Outbound error(long id, ReplyError error) {
    return new Outbound(Kind.ERROR, null, List.of(), id, error, null, false);
  }

  /** An item of the stream that answers a message. */
  public static Outbound item(long id, @Nullable Object value) {
    return new Outbound(Kind.ITEM, null, Collections.singletonList(value), id, null, null, false);
  }

  /** The end of the stream that answers a message. */
  public static Outbound end(long id, @Nullable ReplyError error) {
    return new Outbound(Kind.END, null, List.of(), id, error, null, false);
  }

  /** Gives it a name, before anyone else sees it. */
  Outbound marked(@Nullable Mark name) {
    mark = name;
    return this;
  }

  @Nullable Mark mark() {
    return mark;
  }

  /**
   * What a client says, when it comes back, if this is the last event that it got; null if there is
   * nothing to say because the session is not one that waits for its client.
   */
  public @Nullable String offset() {
    return mark == null ? null : mark.toString();
  }

  /** Whether a client that comes back gets it if it missed it: an event that matters to the end. */
  boolean isRepeatable() {
    return kind == Kind.EVENT && id == NONE && !isVolatile;
  }

  public Kind kind() {
    return kind;
  }

  /** The event's name; null for all but events. */
  public @Nullable String event() {
    return event;
  }

  public List<@Nullable Object> args() {
    return args;
  }

  /** The id of the message that this answers, as the client gave it; -1 for an event. */
  public long replyTo() {
    return kind == Kind.EVENT ? NONE : id;
  }

  /**
   * What the client is to mark its answer to this event with, unique among the events that this
   * node's sessions of one lane were sent; -1 if it is not to answer.
   */
  public long request() {
    return kind == Kind.EVENT ? id : NONE;
  }

  public @Nullable ReplyError error() {
    return error;
  }

  @Nullable String key() {
    return key;
  }

  /** Whether this is dropped rather than kept for a client that is behind. */
  boolean isVolatile() {
    return isVolatile;
  }

  /**
   * This message in an encoding, made at most a few times however many sessions ask. Any thread;
   * the result is shared and must not be modified.
   */
  @SuppressWarnings("unchecked")
  public <T> T in(Encoding<T> encoding) {
    Encoded[] known = encoded;
    if (known != null) {
      for (Encoded one : known) {
        if (one.by() == encoding) {
          return (T) one.form();
        }
      }
    }
    T form = encoding.encode(this);
    int count = known == null ? 0 : known.length;
    Encoded[] more = new Encoded[count + 1];
    if (known != null) {
      System.arraycopy(known, 0, more, 0, count);
    }
    more[count] = new Encoded(encoding, form);
    encoded = more;
    return form;
  }

  /** Roughly how many bytes this is on the wire; what the outbound limit counts. */
  int weight() {
    int sum = weight;
    if (sum == 0) {
      sum = 16 + (event == null ? 0 : event.length());
      for (Object arg : args) {
        sum += weigh(arg);
      }
      weight = sum;
    }
    return sum;
  }

  private static int weigh(@Nullable Object arg) {
    if (arg instanceof String text) {
      return text.length() + 3;
    }
    if (arg instanceof Buffer bytes) {
      return bytes.length();
    }
    return arg == null ? 5 : arg.toString().length() + 1;
  }

  void writeTo(EnvelopeWriter out) {
    out.number(kind.ordinal()).text(event).values(args).number(id + 1).text(key).flag(isVolatile);
    ReplyError.write(out, error);
    out.flag(mark != null);
    if (mark != null) {
      mark.writeTo(out);
    }
  }

  private static Kind kind(long number) {
    if (number < 0 || number >= Kind.values().length) {
      throw new IllegalArgumentException("outbound kind: " + number);
    }
    return Kind.values()[(int) number];
  }

  static Outbound readFrom(EnvelopeReader in) {
    Kind kind = kind(in.number());
    String event = in.text();
    List<@Nullable Object> args = in.values();
    long id = in.number() - 1;
    String key = in.text();
    boolean isVolatile = in.flag();
    ReplyError error = ReplyError.read(in);
    return new Outbound(kind, event, args, id, error, key, isVolatile)
        .marked(in.flag() ? Mark.readFrom(in) : null);
  }
}
