package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of this node, called without leaving it. Handlers run on lane 0. */
final class Services {
  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  private final VertxInternal vertx;
  private final EventLoopLane lane0;
  private final Map<String, Function<Buffer, Future<Buffer>>> handlers = new ConcurrentHashMap<>();

  Services(Vertx vertx, EventLoopLane lane0) {
    this.vertx = (VertxInternal) vertx;
    this.lane0 = lane0;
  }

  void serve(String service, Function<Buffer, Future<Buffer>> handler) {
    if (handlers.putIfAbsent(service, handler) != null) {
      throw new IllegalStateException("service " + service + ": served already");
    }
  }

  /** Completes on the caller's context. */
  Future<Buffer> request(String service, Buffer body, long timeoutMillis) {
    Promise<Buffer> answer = vertx.getOrCreateContext().promise();
    lane0.run(() -> handle(service, body).onComplete(answer));
    return timed(answer.future(), service, timeoutMillis);
  }

  /** Calls the handler; call it on lane 0. A handler that throws has failed. */
  Future<Buffer> handle(String service, Buffer body) {
    Function<Buffer, Future<Buffer>> handler = handlers.get(service);
    if (handler == null) {
      return Future.failedFuture(
          new FabricException(FabricException.NO_SERVICE, "no service " + service));
    }
    try {
      return handler.apply(body).recover(failure -> Future.failedFuture(asFabric(failure)));
    } catch (RuntimeException e) {
      LOG.error("service failed service={}", service, e);
      return Future.failedFuture(asFabric(e));
    }
  }

  private static Future<Buffer> timed(Future<Buffer> answer, String service, long timeoutMillis) {
    return answer
        .timeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof TimeoutException
                        ? timeout(service, timeoutMillis)
                        : failure));
  }

  static FabricException timeout(String service, long timeoutMillis) {
    return new FabricException(
        FabricException.TIMEOUT, "no answer of " + service + " in " + timeoutMillis + " ms");
  }

  private static FabricException asFabric(Throwable failure) {
    return failure instanceof FabricException known
        ? known
        : new FabricException(FabricException.FAILED, String.valueOf(failure.getMessage()));
  }
}
