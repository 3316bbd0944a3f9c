package dev.selvedge.store;

import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The named stores of a node, all of one kind. Methods may be called on any thread. */
public interface Stores {
  /** Whether the stores can be used now; if not, {@code reason} says why, for people. */
  record Health(boolean ok, String reason) {
    static final Health OK = new Health(true, "ok");
  }

  /**
   * The store of that name; opening it twice gives the same content.
   *
   * @param name 1 to 64 of {@code [A-Za-z0-9_.-]}
   * @throws dev.selvedge.function.FunctionException code {@code bad-argument}
   */
  Store open(String name);

  /** For {@code /readyz}: answers at once, from what is known. */
  Health health();

  /** Writes what is still to be written and lets go of what is held. */
  Future<Void> close();

  /** Stores that live in this process. */
  static Stores memory(Vertx vertx) {
    return new MemoryStores(vertx);
  }
}
