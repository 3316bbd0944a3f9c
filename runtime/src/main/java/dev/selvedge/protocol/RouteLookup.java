package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.FunctionRoute;
import java.util.Optional;

/** Finds the function that a request leads to. Called on event loops, so it may not block. */
public interface RouteLookup {
  /** The route of that request, if it leads to a function that is deployed. */
  Optional<FunctionRoute> find(Exchange exchange);

  /** The function whose own route is exactly that path. */
  default Optional<FunctionRoute> at(String path) {
    return Optional.empty();
  }

  /**
   * What holds where no function's route does: the path {@code /}, no function (its name is empty),
   * the node's own limits and origins. Empty if no function carries the protocol.
   */
  default Optional<FunctionRoute> without(String protocol) {
    return Optional.empty();
  }
}
