package dev.selvedge.host;

import dev.selvedge.fabric.Envelope;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.spi.FunctionCallbacks;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One verticle of a function: its callbacks, the context they run on, and its lane out. */
final class Instance {
  private static final Future<Void> SENT = Future.succeededFuture();

  private final String function;
  private final int version;
  private final Lane lane;
  private final Reach reach;
  private final System.Logger log;
  private final HostListener listener;
  private @Nullable FunctionCallbacks callbacks;
  private @Nullable ContextInternal context;

  Instance(
      String function,
      int version,
      Lane lane,
      Reach reach,
      System.Logger log,
      HostListener listener) {
    this.function = function;
    this.version = version;
    this.lane = lane;
    this.reach = reach;
    this.log = log;
    this.listener = listener;
  }

  void started(FunctionCallbacks given, Context on) {
    callbacks = given;
    context = (ContextInternal) on;
  }

  String function() {
    return function;
  }

  int version() {
    return version;
  }

  Lane lane() {
    return lane;
  }

  Reach reach() {
    return reach;
  }

  FunctionCallbacks callbacks() {
    if (callbacks == null) {
      throw new IllegalStateException("not started: " + this);
    }
    return callbacks;
  }

  /** Where the callbacks run. */
  ContextInternal context() {
    if (context == null) {
      throw new IllegalStateException("not started: " + this);
    }
    return context;
  }

  /** Runs what calls function code on the instance's context: at once, if this is its thread. */
  void run(Runnable task) {
    ContextInternal on = context();
    if (on.isEventLoopContext() && on.inThread()) {
      on.dispatch(task);
    } else {
      on.runOnContext(turn -> task.run());
    }
  }

  /**
   * Runs a callback on the instance's context and reports its end on {@code lane}: before this
   * returns, if the context is of the lane's thread and the callback's future is complete already.
   */
  void execute(Lane from, Supplier<Future<?>> callback, Consumer<@Nullable Throwable> ended) {
    ContextInternal on = context;
    if (on == null) {
      ended.accept(new IllegalStateException("not started: " + this));
    } else if (on.isEventLoopContext() && on.inThread()) {
      ContextInternal previous = on.beginDispatch();
      Future<?> future;
      try {
        future = call(callback);
      } finally {
        on.endDispatch(previous);
      }
      whenDone(from, future, ended);
    } else {
      on.runOnContext(task -> whenDone(from, call(callback), ended));
    }
  }

  private static Future<?> call(Supplier<Future<?>> callback) {
    try {
      Future<?> future = callback.get();
      return future == null ? Future.succeededFuture() : future; // unannotated user code may
    } catch (Throwable thrown) { // user code: whatever it throws is its failure, not the node's
      return Future.failedFuture(thrown);
    }
  }

  private static void whenDone(Lane from, Future<?> future, Consumer<@Nullable Throwable> ended) {
    if (future.isComplete() && from.isCurrent()) {
      ended.accept(future.cause());
    } else {
      future.onComplete(result -> from.run(() -> ended.accept(result.cause())));
    }
  }

  /** Sends an envelope out over this instance's lane; any thread. */
  Future<Void> post(NodeId to, Envelope envelope) {
    if (!lane.isCurrent()) {
      lane.run(() -> lane.send(to, envelope));
      return SENT;
    }
    return lane.send(to, envelope) ? SENT : Future.failedFuture(new NodeGoneException(to));
  }

  void handled(long nanos) {
    listener.handled(function, nanos);
  }

  /** Logs and counts a failure, once. */
  void failed(String session, String what, Throwable failure) {
    listener.failed(function);
    String line =
        "callback failed function="
            + function
            + "@"
            + version
            + " session="
            + session
            + " callback="
            + what;
    if (failure instanceof FunctionException told) {
      log.log(System.Logger.Level.INFO, line + " code=" + told.code() + ": " + told.text());
    } else {
      log.log(System.Logger.Level.ERROR, line, failure);
    }
  }

  @Override
  public String toString() {
    return function + "@" + version + " on lane " + lane.index();
  }
}
