package dev.selvedge.deploy;

import dev.selvedge.fabric.Lane;
import dev.selvedge.host.InstanceHost;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.deployment.DeploymentContext;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The started instances of one version on this node. Confined to lane 0. */
final class RunningVersion {
  private static final Logger LOG = System.getLogger(RunningVersion.class.getName());
  private static final long STOP_MILLIS = 10_000;

  private final HostContext host;
  private final String name;
  private final int version;
  private final FunctionClassLoader loader;
  private final LaneDeployment deployment;
  private final DeploymentContext deployed;

  private RunningVersion(
      HostContext host,
      String name,
      int version,
      FunctionClassLoader loader,
      LaneDeployment deployment,
      DeploymentContext deployed) {
    this.host = host;
    this.name = name;
    this.version = version;
    this.loader = loader;
    this.deployment = deployment;
    this.deployed = deployed;
  }

  /**
   * Loads and starts all instances and opens them for sessions. If one does not start, none is left
   * and the future fails with what it threw.
   */
  static Future<RunningVersion> start(
      HostContext host, String name, FunctionVersion version, Path jar) {
    Manifest manifest = version.manifest().orElseThrow();
    List<Lane> lanes = lanes(host, manifest, version.plain());
    return LoadedFunction.load(
            host.fabric().vertx(), name, version, jar, lanes.size(), host.settings().start())
        .compose(
            loaded ->
                deploy(host, name, version, loaded, lanes)
                    .onFailure(failure -> release(host, name, version.number(), loaded.loader())));
  }

  private static Future<RunningVersion> deploy(
      HostContext host,
      String name,
      FunctionVersion version,
      LoadedFunction loaded,
      List<Lane> lanes) {
    VertxInternal vertx = (VertxInternal) host.fabric().vertx();
    JsonObject settings = host.settings().settings(version.manifest().orElseThrow());
    LaneDeployment.Services services =
        (object, lane) ->
            host.instances().attach(object, name, version.number(), lane, settings.copy());
    LaneDeployment deployment =
        new LaneDeployment(
            vertx, loaded, lanes, services, options(name, version, settings, lanes.size()));
    return vertx
        .deploymentManager()
        .deploy(null, (ContextInternal) host.lane().context(), deployment)
        .timeout(host.settings().start().toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                deployment
                    .abandon()
                    .transform(abandoned -> Future.failedFuture(late(host, failure))))
        .map(
            deployed -> {
              deployment.open();
              return new RunningVersion(
                  host, name, version.number(), loaded.loader(), deployment, deployed);
            });
  }

  private static Throwable late(HostContext host, Throwable failure) {
    return failure instanceof TimeoutException
        ? new IllegalStateException(
            "start() did not complete within " + host.settings().start().toSeconds() + " s")
        : failure;
  }

  /** The lane of each instance: all in turn, a single one by the function's name. */
  private static List<Lane> lanes(HostContext host, Manifest manifest, boolean plain) {
    int all = host.fabric().lanes().size();
    int count = manifest.instances().orElse(plain ? 1 : all);
    int first = count % all == 0 ? 0 : manifest.name().hashCode();
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lanes.add(host.fabric().lane(first + i));
    }
    return lanes;
  }

  private static DeploymentOptions options(
      String name, FunctionVersion version, JsonObject settings, int instances) {
    Threading wanted = version.manifest().orElseThrow().threading();
    Threading threading = wanted.on(Runtime.version().feature());
    if (threading != wanted) {
      LOG.log(
          Level.INFO,
          "virtual threads need JDK 21, using workers function="
              + name
              + "@"
              + version.number()
              + " jdk="
              + Runtime.version().feature());
    }
    return new DeploymentOptions()
        .setConfig(settings)
        .setInstances(instances)
        .setWorkerPoolName("function-" + name + "@" + version.number())
        .setWorkerPoolSize(Math.max(instances, 4))
        .setThreadingModel(
            switch (threading) {
              case EVENT_LOOP -> ThreadingModel.EVENT_LOOP;
              case VIRTUAL -> ThreadingModel.VIRTUAL_THREAD;
              case WORKER -> ThreadingModel.WORKER;
            });
  }

  int instances() {
    return deployment.contexts().size();
  }

  /** Lets the sessions go, then {@link #stop stops}. */
  Future<Void> drainAndStop() {
    InstanceHost instances = host.instances();
    long patience = host.settings().drain().toMillis();
    return instances
        .drain(name, version, patience)
        .timeout(patience + 5_000, TimeUnit.MILLISECONDS)
        .transform(
            drained -> {
              if (drained.failed()) {
                LOG.log(Level.WARNING, "drain failed function=" + label(), drained.cause());
              }
              return stop();
            });
  }

  /** Stops the instances and lets go of their classes; never fails. */
  Future<Void> stop() {
    Vertx vertx = host.fabric().vertx();
    return vertx
        .undeploy(deployed.id())
        .timeout(STOP_MILLIS, TimeUnit.MILLISECONDS)
        .recover(
            failure -> {
              LOG.log(Level.WARNING, "stop failed, abandoned function=" + label(), failure);
              return deployment.abandon().mapEmpty();
            })
        .transform(
            stopped -> {
              release(host, name, version, loader);
              return Future.succeededFuture();
            });
  }

  private String label() {
    return name + "@" + version;
  }

  private static void release(
      HostContext host, String name, int version, FunctionClassLoader loader) {
    try {
      loader.close();
    } catch (IOException failure) {
      LOG.log(Level.WARNING, "jar not closed function=" + name + "@" + version, failure);
    }
    host.leaks().closed(name, version, loader);
  }
}
