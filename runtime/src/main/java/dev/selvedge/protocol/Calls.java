package dev.selvedge.protocol;

import dev.selvedge.function.Call;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Calls functions without a session. */
@FunctionalInterface
public interface Calls {
  /**
   * Calls {@code onCall} of an instance of the function, wherever one is.
   *
   * @return the answer (null, Boolean, Number, String, JsonObject, JsonArray or Buffer), on the
   *     caller's context; fails with the callee's {@link dev.selvedge.function.FunctionException},
   *     or one with code {@code no-such-function}, or a {@link
   *     java.util.concurrent.TimeoutException}
   */
  Future<@Nullable Object> call(String function, Call call);
}
