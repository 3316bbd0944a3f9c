package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.Handshake;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sessions that this node's edge owns. */
public interface Sessions {
  /**
   * Opens a session of a function; call it on {@code lane}, that of the client's socket. Nothing is
   * called on the port before this has returned; from then on the function's {@code onOpen} runs,
   * and messages may come and go. If the function refuses the session, the port is closed with
   * {@code REFUSED}; if this node does not take sessions (drain), with {@code SERVICE_RESTART}; if
   * the function is not deployed, with {@code FUNCTION_GONE}.
   *
   * @param protocol {@code raw}, {@code socketio} or {@code signalr}
   */
  ClientSession open(
      Lane lane,
      String function,
      String protocol,
      Handshake handshake,
      @Nullable String principal,
      ClientPort port);

  /**
   * The same for a protocol that has the id already, or wants one of a form of its own.
   *
   * @param id of this node and {@code lane}, and new
   */
  ClientSession open(
      Lane lane,
      SessionId id,
      String function,
      String protocol,
      Handshake handshake,
      @Nullable String principal,
      ClientPort port);

  /** The session of that id, if it is one of {@code lane}; call it on {@code lane}. */
  Optional<ClientSession> find(Lane lane, SessionId id);
}
