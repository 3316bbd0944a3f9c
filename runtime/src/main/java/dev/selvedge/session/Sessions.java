package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.Handshake;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sessions that this node's edge owns. */
public interface Sessions {
  /**
   * Opens a session of a function; call it on {@code lane}, that of the client's socket. The
   * function's {@code onOpen} runs meanwhile; if it refuses, the port is closed with {@code
   * REFUSED}. If this node does not take sessions (drain) or no node hosts the function, the port
   * is closed before the call returns.
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

  /** The session of that id, if it is one of {@code lane}; call it on {@code lane}. */
  Optional<ClientSession> find(Lane lane, SessionId id);
}
