package dev.selvedge.session;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session on the edge that owns it; confined to its lane. Made by {@link Sessions#open}. */
public interface ClientSession {
  String id();

  /** The name of the function that serves it. */
  String function();

  /** {@code raw}, {@code socketio} or {@code signalr}. */
  String protocol();

  Transport transport();

  Handshake handshake();

  /**
   * Takes a message from the client. Messages are handled by the function one at a time in the
   * order of these calls. With 32 unprocessed ones (by default) the port is told to pause reading;
   * what comes all the same is taken.
   */
  void receive(ClientMessage message);

  /**
   * {@link #receive(ClientMessage)} with a number of the client's own.
   *
   * @param number higher than those of the messages before; all messages of the session have one,
   *     or none
   */
  void receive(long number, ClientMessage message);

  /** {@link #receive(ClientMessage)} of one without streams. */
  default void receive(String event, List<@Nullable Object> args, long replyTo) {
    receive(new ClientMessage(event, args, replyTo));
  }

  /**
   * Takes an item of a stream that came with a message. Items of unknown streams are ignored. With
   * 32 that the function has not read the port is told to pause reading.
   */
  void item(long stream, @Nullable Object value);

  /**
   * A stream that came with a message is at its end.
   *
   * @param error what the client has to say about its failure; null for an orderly end
   */
  void endStream(long stream, @Nullable ReplyError error);

  /** The client wants no more of the stream that answers that message; unknown is ignored. */
  void cancel(long replyTo);

  /** The client's answer to a message with that {@link Outbound#request}; unknown is ignored. */
  void answer(long request, List<@Nullable Object> args);

  /** As {@link #answer}, but the client failed. */
  void answerError(long request, ReplyError error);

  /** The port is writable again. */
  void drained();

  /** The client is gone, or broke a rule: the session ends. The port is not called any more. */
  void end(CloseReason reason);

  /**
   * The client's connection is gone. A session that is {@link #keep kept} and that the function has
   * let in waits for its client, which may {@link Sessions#recover} it; any other ends. The port is
   * not called any more.
   */
  void lost(CloseReason reason);

  /**
   * From now on the session outlives its connection for the configured window.
   *
   * @param secret an id of this session's node and lane that only its client gets to know
   */
  void keep(SessionId secret);

  /**
   * The same for a protocol whose clients number their messages. The node that stands by for this
   * one knows what is {@link #note noted}; when it takes the session over, it gives the notes to
   * the protocol's {@link Adopter}.
   *
   * @param notes without any; the session's from here on
   */
  void keep(SessionId secret, Notes notes);

  /** Notes something; ignored if the session is not kept with notes. */
  void note(Note note);

  /**
   * Runs that when no death of this node can make anybody forget what was noted until now; in the
   * order of the calls, and before this returns if there is nobody to stand by. It is not run at
   * all if another edge gets the session before.
   */
  void whenNoted(Runnable then);

  boolean isOpen();
}
