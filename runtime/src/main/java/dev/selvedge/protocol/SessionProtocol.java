package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.Protocol;
import dev.selvedge.function.Handshake;
import dev.selvedge.session.SessionId;
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
   * request is then served on the node and lane of that session, as long as that node lives.
   */
  Optional<SessionId> sessionOf(Exchange exchange);

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
