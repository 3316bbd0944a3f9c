package dev.selvedge.session;

import dev.selvedge.fabric.EnvelopeReader;
import dev.selvedge.fabric.EnvelopeWriter;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes to a client: an event, a reply or an error reply. Immutable but for a cache of its
 * encodings, so that a publication to a group is encoded once per {@link Encoding} and node.
 */
public final class Outbound {
  /** Turns an outbound into the bytes (or whatever a protocol writes) of one protocol form. */
  public interface Encoding<T> {
    T encode(Outbound message);
  }

  private final @Nullable String event;
  private final List<@Nullable Object> args;
  private final long reply;
  private final @Nullable ReplyError error;
  private final @Nullable String key;

  private record Encoded(Encoding<?> by, Object form) {}

  /** A few entries at most: one for each protocol form that the members of a group speak. */
  private volatile Encoded @Nullable [] encoded;

  private int weight;

  private Outbound(
      @Nullable String event,
      List<@Nullable Object> args,
      long reply,
      @Nullable ReplyError error,
      @Nullable String key) {
    this.event = event;
    this.args = args;
    this.reply = reply;
    this.error = error;
    this.key = key;
  }

  public static Outbound event(String event, List<@Nullable Object> args) {
    return new Outbound(event, args, -1, null, null);
  }

  /** An event that replaces a waiting one with the same key under the conflating policy. */
  public static Outbound latest(String key, String event, List<@Nullable Object> args) {
    return new Outbound(event, args, -1, null, key);
  }

  public static Outbound reply(long id, List<@Nullable Object> args) {
    return new Outbound(null, args, id, null, null);
  }

  public static Outbound error(long id, ReplyError error) {
    return new Outbound(null, List.of(), id, error, null);
  }

  /** The event's name, or null if this is a reply. */
  public @Nullable String event() {
    return event;
  }

  public List<@Nullable Object> args() {
    return args;
  }

  /** The id of the message that this replies to, as the client gave it; -1 for an event. */
  public long replyTo() {
    return reply;
  }

  public @Nullable ReplyError error() {
    return error;
  }

  @Nullable String key() {
    return key;
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
    out.text(event).values(args).number(reply + 1).text(key).flag(error != null);
    if (error != null) {
      out.text(error.code()).text(error.text()).value(error.data());
    }
  }

  static Outbound readFrom(EnvelopeReader in) {
    String event = in.text();
    List<@Nullable Object> args = in.values();
    long reply = in.number() - 1;
    String key = in.text();
    ReplyError error =
        in.flag() ? new ReplyError(in.requiredText(), in.requiredText(), in.value()) : null;
    return new Outbound(event, args, reply, error, key);
  }
}
