package dev.selvedge.router;

import io.vertx.core.Future;
import java.util.Optional;

/** The other nodes, asked for session ids that they have learned. */
interface Colleagues {
  /** There are none. */
  Colleagues NONE = (pool, id) -> Optional.<Future<Optional<String>>>empty();

  /**
   * Asks all of them for the address of the member that gave out the id.
   *
   * @return empty if there is nobody to ask, or too many questions are open; else completes on the
   *     caller's context, within half a second, and does not fail
   */
  Optional<Future<Optional<String>>> whoLearned(String pool, String id);
}
