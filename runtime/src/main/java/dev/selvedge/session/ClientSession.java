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
   *
   * @param replyTo the client's id for the reply, or -1
   */
  void receive(String event, List<@Nullable Object> args, long replyTo);

  /** The port is writable again. */
  void drained();

  /** The client is gone, or broke a rule: the session ends. The port is not called any more. */
  void end(CloseReason reason);

  boolean isOpen();
}
