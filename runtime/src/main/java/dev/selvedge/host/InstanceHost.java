package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.EdgeFunction;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** The function instances of this node and the sessions bound to them. Used by {@code deploy}. */
public interface InstanceHost {
  /**
   * Attaches a function object that is about to be deployed as a verticle: gives it its services.
   * Call {@link Attached#open} with its context when the verticle has started.
   *
   * @param lane the lane whose sessions it serves first; its event loop if it is an event-loop
   *     instance
   */
  Attached attach(EdgeFunction function, String name, int version, Lane lane, JsonObject settings);

  /** An instance that has its services but no sessions yet. */
  interface Attached {
    /** From now on sessions may be bound to it. Its callbacks run on {@code context}. */
    void open(Context context);

    /** No more of it: forgets it; sessions that still come are told to go elsewhere. */
    void close();
  }

  /**
   * Stops admitting sessions to a version on this node and completes when none is bound to it any
   * more, or after {@code timeoutMillis}: what is left then is handed back to its edges, which bind
   * it anew.
   */
  Future<Void> drain(String name, int version, long timeoutMillis);
}
