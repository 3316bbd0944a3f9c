package dev.selvedge.host;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Call;
import dev.selvedge.function.FunctionException;
import dev.selvedge.session.ReplyError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls of functions without a session: to an instance of this node if it hosts the function, else
 * to a node that does. A call that was sent and whose node died is not repeated: it fails with code
 * {@code unavailable}. Any thread; futures complete on the caller's context.
 */
public final class FunctionCalls {
  /** How long a call may take. */
  public static final long TIMEOUT_MILLIS = 30_000;

  private static final String SERVICE = "call";

  private final Fabric fabric;
  private final Function<String, Optional<Instance>> local;
  private final Function<String, Optional<NodeId>> where;
  private final HostListener listener;

  FunctionCalls(
      Fabric fabric,
      Function<String, Optional<Instance>> local,
      Function<String, Optional<NodeId>> where,
      HostListener listener) {
    this.fabric = fabric;
    this.local = local;
    this.where = where;
    this.listener = listener;
    fabric.serve(SERVICE, this::serve);
  }

  /**
   * Calls a function.
   *
   * @return the answer; fails with a {@link FunctionException}: the function's own, or code {@code
   *     no-such-function}, {@code unavailable}, {@code timeout} or {@code internal}
   */
  public Future<@Nullable Object> call(String function, Call call) {
    Optional<Instance> here = local.apply(function);
    if (here.isPresent()) {
      return invoke(here.get(), call)
          .timeout(TIMEOUT_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS)
          .recover(failure -> Future.failedFuture(told(failure)));
    }
    Optional<NodeId> there = where.apply(function);
    if (there.isEmpty() || there.get().equals(fabric.membership().self())) {
      return Future.failedFuture(noSuchFunction(function));
    }
    return fabric
        .request(there.get(), SERVICE, CallCodec.encode(function, call), TIMEOUT_MILLIS)
        .recover(failure -> Future.failedFuture(told(failure)))
        .compose(CallCodec::decodeAnswer);
  }

  private Future<Buffer> serve(Buffer request) {
    CallCodec.Request decoded = CallCodec.decode(request);
    Optional<Instance> here = local.apply(decoded.function());
    Future<@Nullable Object> answer =
        here.isPresent()
            ? invoke(here.get(), decoded.call())
            : Future.failedFuture(noSuchFunction(decoded.function()));
    return answer
        .map(CallCodec::encodeAnswer)
        .otherwise(failure -> CallCodec.encodeFailure(Failures.toClient(told(failure))));
  }

  private Future<@Nullable Object> invoke(Instance instance, Call call) {
    Promise<@Nullable Object> promise =
        ((VertxInternal) fabric.vertx()).getOrCreateContext().promise();
    AtomicReference<@Nullable Future<?>> running = new AtomicReference<>();
    Lane lane = instance.lane();
    lane.run(
        () ->
            instance.execute(
                lane,
                () -> {
                  Future<?> future = instance.callbacks().call(call);
                  running.set(future);
                  return future;
                },
                failure -> {
                  Future<?> future = running.get();
                  if (failure != null) {
                    instance.failed("none", "onCall", failure);
                    promise.tryFail(failure);
                  } else {
                    complete(promise, future == null ? null : future.result());
                  }
                }));
    return promise.future();
  }

  private static void complete(Promise<@Nullable Object> promise, @Nullable Object result) {
    try {
      promise.tryComplete(Values.checked(result));
    } catch (FunctionException notSendable) {
      promise.tryFail(notSendable);
    }
  }

  private static FunctionException noSuchFunction(String function) {
    return new FunctionException("no-such-function", "no function is deployed as " + function);
  }

  static FunctionException told(Throwable failure) {
    if (failure instanceof FunctionException exact) {
      return exact;
    }
    if (failure instanceof NodeGoneException) {
      return new FunctionException("unavailable", "the node that was asked is gone");
    }
    if (failure instanceof java.util.concurrent.TimeoutException) {
      return new FunctionException("timeout", "no answer within " + TIMEOUT_MILLIS + " ms");
    }
    ReplyError internal = Failures.toClient(failure);
    return new FunctionException(internal.code(), internal.text());
  }
}
