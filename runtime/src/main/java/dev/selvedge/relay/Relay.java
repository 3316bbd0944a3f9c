package dev.selvedge.relay;

import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.router.Pool;
import dev.selvedge.router.Route;

/** Passes an exchange on to a member of a pool. */
public final class Relay {
  void pass(Exchange exchange, Route route, Pool pool) {
    exchange.fail(new HttpError(501, "not-implemented", "pool: " + pool.spec().name()));
  }
}
