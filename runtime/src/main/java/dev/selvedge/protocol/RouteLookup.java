package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import java.util.Optional;

/** Finds the function that a request leads to. Called on event loops, so it may not block. */
@FunctionalInterface
public interface RouteLookup {
  /** The route of that request, if it leads to a function that is deployed. */
  Optional<FunctionRoute> find(Exchange exchange);
}
