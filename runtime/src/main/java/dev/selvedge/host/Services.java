package dev.selvedge.host;

import dev.selvedge.function.Call;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Sessions;
import dev.selvedge.function.Store;
import dev.selvedge.function.spi.FunctionServices;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an instance is given. Any thread. */
final class Services implements FunctionServices {
  private final Instance instance;
  private final JsonObject settings;
  private final System.Logger log;
  private final Groups groups;
  private final Function<String, Store> stores;
  private final FunctionCalls calls;

  Services(
      Instance instance,
      JsonObject settings,
      System.Logger log,
      Function<String, Store> stores,
      FunctionCalls calls) {
    this.instance = instance;
    this.settings = settings;
    this.log = log;
    this.groups = instance.reach().groups();
    this.stores = stores;
    this.calls = calls;
  }

  @Override
  public String name() {
    return instance.function();
  }

  @Override
  public int version() {
    return instance.version();
  }

  @Override
  public JsonObject settings() {
    return settings;
  }

  @Override
  public System.Logger log() {
    return log;
  }

  @Override
  public Groups groups() {
    return groups;
  }

  @Override
  public Sessions sessions() {
    return instance.reach();
  }

  @Override
  public Peers peers() {
    return instance.reach().peers();
  }

  @Override
  public Store store(String name) {
    return stores.apply(name);
  }

  @Override
  public Future<@Nullable Object> call(String function, @Nullable Object body) {
    return calls.call(function, new Call(Values.checked(body), "function", Map.of()));
  }
}
