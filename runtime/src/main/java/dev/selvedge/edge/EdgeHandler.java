package dev.selvedge.edge;

/** What an edge does with each request that its limits let through. */
@FunctionalInterface
public interface EdgeHandler {
  /**
   * Answers the exchange, now or later; what it throws becomes a 500. Runs on the socket's loop.
   */
  void handle(Exchange exchange);
}
