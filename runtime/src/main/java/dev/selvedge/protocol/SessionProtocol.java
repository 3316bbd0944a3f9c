package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.Protocol;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Handshake;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import java.util.Optional;

/** A protocol that carries sessions: tells its own requests from others, and whose they are. */
public interface SessionProtocol extends Protocol {
  /**
   * The route of a request that leads to no function that carries this protocol at {@code /}, if it
   * is for an endpoint that the protocol has even so.
   */
  default Optional<FunctionRoute> endpoint(Exchange exchange) {
    return Optional.empty();
  }

  /** Whether this request is of this protocol; what no protocol takes is plain HTTP. */
  boolean takes(Exchange exchange, FunctionRoute route);

  /**
   * The session that a request belongs to; empty if it opens one or names none that could be. The
   * request is then served on that session's lane of the node that has it, as long as one does.
   */
  Optional<SessionId> sessionOf(Exchange exchange);

  /** The node that has the session, as far as is known: the one that its id names, or an heir. */
  default NodeId edgeOf(SessionId session) {
    return session.node();
  }

  /** Whether a session that was on the calling lane of this node goes on at another node. */
  default boolean hasLeft(SessionId session) {
    return false;
  }

  /**
   * The node that has the session that a request belongs to after {@code asked}, where it is not
   * any more. Completes on the calling lane; fails if there is none.
   */
  default Future<NodeId> nextEdgeOf(Exchange exchange, SessionId session, NodeId asked) {
    return Future.failedFuture("sessions of " + name() + " end with their node");
  }

  /** Whether that request may wait for a node that does not answer at the moment. */
  default boolean isPatient(Exchange exchange) {
    return false;
  }

  /**
   * What a function gets to see of the request that opens a session: all but the headers that are
   * of the connection only.
   */
  static Handshake handshake(Exchange exchange) {
    return new Handshake(
        exchange.path(),
        HandshakeWords.parameters(exchange.query()),
        HandshakeWords.headers(exchange.headers()),
        exchange.remoteAddress());
  }
}
