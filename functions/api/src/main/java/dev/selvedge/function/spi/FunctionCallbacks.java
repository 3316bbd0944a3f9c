package dev.selvedge.function.spi;

import dev.selvedge.function.Call;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Future;

/** The way into a function instance. Called on the instance's own Vert.x context only. */
public interface FunctionCallbacks {
  Future<?> open(Session client);

  Future<?> message(Session client, Message message);

  Future<?> close(Session client, CloseReason reason);

  Future<?> call(Call call);
}
