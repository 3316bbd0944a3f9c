package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Handshake;
import io.vertx.core.Future;
import java.util.List;
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

  /**
   * Whether sessions may be {@link ClientSession#keep kept}: the operator has said for how long.
   */
  boolean areRecoverable();

  /**
   * A client that has come back.
   *
   * @param handshake the request of its new connection
   * @param port not called before the future of {@link #recover} is complete, and not writable
   *     before the client was told
   */
  record Return(Claim claim, String protocol, Handshake handshake, ClientPort port) {}

  /**
   * A session that goes on with a new port.
   *
   * @param missed the events to send first, in order, each with its {@link Outbound#offset}
   */
  record Recovered(ClientSession session, List<Outbound> missed) {}

  /**
   * Finds a client's session, wherever it is; call it on {@code lane}, that of the client's socket.
   * If the session still has another port, that one is closed. Completes on {@code lane}, empty if
   * there is no such session or what the client has missed is not known any more.
   */
  Future<Optional<Recovered>> recover(Lane lane, Return back);

  /**
   * Who goes on with the clients of a protocol's sessions with {@link Notes}; before any is kept.
   */
  void adoptWith(String protocol, Adopter adopter);

  /** The node that has the session, or had it: as far as is known here. Any thread. */
  NodeId edgeOf(SessionId session);

  /**
   * The node that has the session after {@code asked}, which is gone or hands its sessions over;
   * waits for it. Completes on the caller's context; fails if there is none.
   */
  Future<NodeId> nextEdgeOf(SessionId session, NodeId asked);

  /** Whether this node hands its sessions over, or has done so. */
  boolean areLeaving();

  /** The session of that id, if it is one of {@code lane}; call it on {@code lane}. */
  Optional<ClientSession> find(Lane lane, SessionId id);
}
