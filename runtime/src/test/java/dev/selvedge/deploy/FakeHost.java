package dev.selvedge.deploy;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.Call;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Sessions;
import dev.selvedge.function.Store;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.spi.FunctionServices;
import dev.selvedge.host.InstanceHost;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Instances without sessions: they can be called, and their drains observed. */
final class FakeHost implements InstanceHost {
  /** An instance that is open. */
  record Open(String name, int version, Lane lane, Context context, FunctionCallbacks callbacks) {}

  final List<Open> open = new CopyOnWriteArrayList<>();
  final List<String> events = new CopyOnWriteArrayList<>();

  /** Drains complete when this does. */
  volatile Future<Void> drained = Future.succeededFuture();

  @Override
  public Attached attach(
      EdgeFunction function, String name, int version, Lane lane, JsonObject settings) {
    FunctionCallbacks callbacks = function.attach(new Given(name, version, settings));
    return new Attached() {
      private Open mine;

      @Override
      public void open(Context context) {
        mine = new Open(name, version, lane, context, callbacks);
        open.add(mine);
      }

      @Override
      public void close() {
        open.remove(mine);
        mine = null;
      }
    };
  }

  @Override
  public Future<Void> drain(String name, int version, long timeoutMillis) {
    events.add("drain " + name + "@" + version);
    return drained;
  }

  List<Open> of(String name, int version) {
    return open.stream().filter(o -> o.name().equals(name) && o.version() == version).toList();
  }

  /** Calls one instance of a version. */
  Future<Object> call(String name, int version, Object body) {
    Open instance = of(name, version).get(0);
    Promise<Object> answer = Promise.promise();
    instance
        .context()
        .runOnContext(
            v -> {
              try {
                instance
                    .callbacks()
                    .call(new Call(body, "test", Map.of()))
                    .<Object>map(value -> value)
                    .onComplete(answer);
              } catch (RuntimeException thrown) {
                answer.fail(thrown);
              }
            });
    return answer.future();
  }

  private record Given(String name, int version, JsonObject settings) implements FunctionServices {
    @Override
    public System.Logger log() {
      return System.getLogger("function." + name);
    }

    @Override
    public Groups groups() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Sessions sessions() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Peers peers() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Store store(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Object> call(String function, Object body) {
      throw new UnsupportedOperationException();
    }
  }
}
