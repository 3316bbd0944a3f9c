package dev.selvedge.router;

import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * Where the answers to a client's request belong: the event loop that asked.
 *
 * @param context null for a thread without one; answers then come where they arise
 */
record Asker(@Nullable ContextInternal context) {
  static Asker here() {
    ContextInternal current = ContextInternal.current();
    return new Asker(current == null ? null : current.unwrap());
  }

  <T> Promise<T> promise() {
    return context == null ? Promise.promise() : context.promise();
  }

  void run(Runnable task) {
    if (context == null) {
      task.run();
    } else {
      context.runOnContext(ignored -> task.run());
    }
  }
}
