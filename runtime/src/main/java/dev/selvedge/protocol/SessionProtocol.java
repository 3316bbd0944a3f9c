package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.Protocol;
import dev.selvedge.session.SessionId;
import java.util.Optional;

/** A protocol that carries sessions: tells its own requests from others, and whose they are. */
public interface SessionProtocol extends Protocol {
  /** Whether this request is of this protocol; what no protocol takes is plain HTTP. */
  boolean takes(Exchange exchange, FunctionRoute route);

  /**
   * The session that a request belongs to; empty if it opens one or names none that could be. The
   * request is then served on the node and lane of that session, as long as that node lives.
   */
  Optional<SessionId> sessionOf(Exchange exchange);
}
