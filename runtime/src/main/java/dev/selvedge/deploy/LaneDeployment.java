package dev.selvedge.deploy;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.host.InstanceHost;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.impl.ContextBuilderImpl;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.WorkerPool;
import io.vertx.core.internal.deployment.Deployment;
import io.vertx.core.internal.deployment.DeploymentContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Vert.x deployment that puts each instance on the event loop of a lane. {@code
 * Vertx.deployVerticle} gives instances to event loops in turn, wherever it is called; here a
 * socket and the instance that serves it are to share a thread.
 *
 * <p>Instances that may block run on a pool of the version's own: its threads, and what user code
 * left in their thread-locals, end with it.
 */
final class LaneDeployment implements Deployment {
  /** Gives an object its services before it starts. */
  interface Services {
    InstanceHost.Attached attach(EdgeFunction function, Lane lane);
  }

  private static final class Instance {
    final Deployable object;
    final Lane lane;
    final ContextInternal context;
    final InstanceHost.@Nullable Attached attached;
    final Promise<Object> start = Promise.promise();
    final Promise<Object> stop = Promise.promise();
    volatile boolean started;

    Instance(
        Deployable object,
        Lane lane,
        ContextInternal context,
        InstanceHost.@Nullable Attached attached) {
      this.object = object;
      this.lane = lane;
      this.context = context;
      this.attached = attached;
    }
  }

  private final VertxInternal vertx;
  private final String identifier;
  private final List<Lane> lanes;
  private final Services services;
  private final DeploymentOptions options;
  private final @Nullable WorkerPool pool;

  /**
   * Given up at the clean-up: Vert.x keeps a deployment that has failed to start for ever, and its
   * classes are not to stay with it.
   */
  private volatile @Nullable LoadedFunction function;

  private volatile List<Instance> instances = List.of();
  private volatile boolean abandoned;

  /**
   * @param lanes one for each object, in order
   */
  LaneDeployment(
      VertxInternal vertx,
      LoadedFunction function,
      List<Lane> lanes,
      Services services,
      DeploymentOptions options) {
    this.vertx = vertx;
    this.function = function;
    this.identifier = function.loader().getName();
    this.lanes = lanes;
    this.services = services;
    this.options = options;
    this.pool =
        options.getThreadingModel() == ThreadingModel.VIRTUAL_THREAD
            ? null
            : vertx.createSharedWorkerPool(
                options.getWorkerPoolName(),
                options.getWorkerPoolSize(),
                options.getMaxWorkerExecuteTime(),
                options.getMaxWorkerExecuteTimeUnit());
  }

  @Override
  public Set<Context> contexts() {
    Set<Context> contexts = new HashSet<>();
    instances.forEach(instance -> contexts.add(instance.context));
    return contexts;
  }

  @Override
  public Set<Deployable> instances() {
    LoadedFunction code = function;
    return code == null ? Set.of() : Set.copyOf(code.objects());
  }

  @Override
  public DeploymentOptions options() {
    return new DeploymentOptions(options);
  }

  @Override
  public String identifier() {
    return identifier;
  }

  @Override
  public Future<?> deploy(DeploymentContext deployment) {
    LoadedFunction code = Objects.requireNonNull(function, "deployed twice");
    List<Instance> made = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      made.add(instance(code, i, deployment.id()));
    }
    instances = List.copyOf(made);
    List<Future<?>> starts = new ArrayList<>();
    instances.forEach(instance -> starts.add(start(instance)));
    return Future.join(starts)
        .transform(
            started ->
                started.succeeded()
                    ? Future.succeededFuture()
                    : undeploy().transform(undone -> Future.failedFuture(started.cause())));
  }

  private Instance instance(LoadedFunction code, int index, String deploymentId) {
    Deployable object = code.objects().get(index);
    Lane lane = lanes.get(index);
    ContextBuilderImpl builder = (ContextBuilderImpl) vertx.contextBuilder();
    builder
        .withDeployment(deploymentId)
        .withThreadingModel(options.getThreadingModel())
        .withEventLoop(((ContextInternal) lane.context()).nettyEventLoop())
        .withCloseFuture(new CloseFuture())
        .withClassLoader(code.loader());
    if (pool != null) {
      builder.withWorkerPool(pool);
    }
    InstanceHost.Attached attached =
        object instanceof EdgeFunction own ? services.attach(own, lane) : null;
    return new Instance(object, lane, builder.build(), attached);
  }

  private static Future<?> start(Instance instance) {
    instance.context.runOnContext(
        v -> {
          try {
            Future<?> started = instance.object.deploy(instance.context);
            if (started == null) {
              throw new NullPointerException("start() returned null (expected: a Future)");
            }
            instance.started = true;
            started.onComplete(done -> pass(done, instance.start));
          } catch (Throwable thrown) {
            instance.start.tryFail(thrown);
          }
        });
    return instance.start.future();
  }

  /** The promise may have been failed meanwhile. */
  private static void pass(AsyncResult<?> done, Promise<Object> promise) {
    if (done.succeeded()) {
      promise.tryComplete();
    } else {
      promise.tryFail(done.cause());
    }
  }

  /** Lets sessions be bound to the instances. */
  void open() {
    for (Instance instance : instances) {
      if (instance.attached != null) {
        instance.attached.open(instance.context);
      }
    }
  }

  /** No session is bound to the instances any more from here on. */
  void shut() {
    for (Instance instance : instances) {
      if (instance.attached != null) {
        instance.attached.close();
      }
    }
  }

  @Override
  public Future<?> undeploy() {
    if (abandoned) {
      return Future.succeededFuture();
    }
    shut();
    List<Future<?>> stops = new ArrayList<>();
    instances.forEach(instance -> stops.add(stop(instance)));
    return Future.join(stops);
  }

  private static Future<?> stop(Instance instance) {
    instance.context.runOnContext(
        v -> {
          try {
            Future<?> stopped =
                instance.started ? instance.object.undeploy(instance.context) : null;
            if (stopped == null) {
              instance.stop.tryComplete();
            } else {
              stopped.onComplete(done -> pass(done, instance.stop));
            }
          } catch (Throwable thrown) {
            instance.stop.tryFail(thrown);
          }
        });
    return instance.stop.future().eventually(instance.context::close);
  }

  @Override
  public Future<?> cleanup() {
    List<Future<?>> closes = new ArrayList<>();
    instances.forEach(instance -> closes.add(instance.context.closeFuture().close()));
    instances = List.of();
    function = null;
    return Future.join(closes)
        .onComplete(
            done -> {
              if (pool != null) {
                pool.close();
              }
            });
  }

  /**
   * Gives up waiting for code that does not start or stop: Vert.x forgets it, and what still runs
   * on threads of its own is interrupted. Event loops cannot be interrupted.
   */
  Future<?> abandon() {
    abandoned = true;
    shut();
    for (Instance instance : instances) {
      instance.start.tryFail("abandoned");
      instance.stop.tryFail("abandoned");
    }
    List<Future<?>> closes = new ArrayList<>();
    if (options.getThreadingModel() != ThreadingModel.EVENT_LOOP) {
      instances.forEach(instance -> closes.add(instance.context.close()));
    }
    return Future.join(closes).eventually(this::cleanup);
  }
}
