package dev.selvedge.function.spi;

import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Sessions;
import dev.selvedge.function.Store;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What the runtime gives to one function instance. Every method may be called on any thread. */
public interface FunctionServices {
  String name();

  int version();

  JsonObject settings();

  System.Logger log();

  Groups groups();

  Sessions sessions();

  Peers peers();

  Store store(String name);

  Future<@Nullable Object> call(String function, @Nullable Object body);
}
