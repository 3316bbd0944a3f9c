package dev.selvedge.session;

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

  /** Single entry, replaced when another encoding asks: groups are mostly of one protocol form. */
  private volatile Encoded @Nullable [] encoded;

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
}
