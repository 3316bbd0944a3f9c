package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.host.InstanceHost;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.internal.VertxInternal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The functions of the cluster, as one node deploys and runs them. Methods may be called on any
 * thread and never block; futures complete on the caller's context.
 *
 * <p>What is desired stands in the {@link Catalog}; {@link Reconciler} makes this node follow it;
 * {@link Rollout} changes it with care.
 */
public final class Deployments {
  private static final Logger LOG = System.getLogger(Deployments.class.getName());
  private static final Duration STALL = Duration.ofSeconds(1);
  private static final Duration LEAK_GRACE = Duration.ofSeconds(10);
  private static final Duration SWEEP_AGE = Duration.ofHours(1);

  private final Fabric fabric;
  private final DeploySettings settings;
  private final WorkerExecutor files;
  private final ArtifactStore store;
  private final ArtifactExchange artifacts;
  private final ArtifactInspector inspector;
  private final LoaderLeaks leaks = new LoaderLeaks(LEAK_GRACE);
  private final StallWatch stalls;
  private final PublishedCatalog view;
  private final Reconciler reconciler;
  private final Catalog catalog;
  private final Rollout rollout;
  private final AbandonedRollouts abandoned;
  private long timer = -1;
  private int ticks;
  private boolean read;

  /** Nothing happens before {@link #start}; make it before the fabric starts. */
  public Deployments(Fabric fabric, InstanceHost instances, DeploySettings settings) {
    this.fabric = fabric;
    this.settings = settings;
    this.files = fabric.vertx().createSharedWorkerExecutor("selvedge-artifacts", 4);
    this.store = new ArtifactStore(settings.data().resolve("artifacts"));
    this.artifacts = new ArtifactExchange(fabric, store, files, settings.maxArtifactBytes());
    this.inspector = new ArtifactInspector(settings.maxArtifactBytes());
    this.stalls = new StallWatch(fabric.lanes(), STALL);
    this.view = new PublishedCatalog(fabric.membership());
    HostContext host = new HostContext(fabric, instances, settings, leaks);
    this.reconciler = new Reconciler(host, artifacts, files, view);
    this.catalog = new Catalog(fabric, CatalogDisk.directory(settings.own()), reconciler::follow);
    this.rollout = new Rollout(fabric, catalog, new NodeReports(fabric), settings);
    this.abandoned = new AbandonedRollouts(fabric.membership(), catalog, settings.rollout());
    artifacts.serve();
  }

  /**
   * Reads the catalog from disk and cluster and begins to follow it; call it when the fabric has
   * started. Completes when the catalog is known; {@link CatalogView#pending} tells when all that
   * it wants is served.
   */
  public Future<Void> start() {
    stalls.start();
    return onLane(
        () -> {
          timer = fabric.vertx().setPeriodic(1_000, tick -> tick());
          return catalog
              .start()
              .onSuccess(
                  known -> {
                    read = true;
                    reconciler.catalogRead();
                  });
        });
  }

  private void tick() {
    abandoned.check();
    if (ticks++ % 5 == 0) {
      leaks.check();
    }
    if (ticks % 600 == 10) {
      sweep();
    }
  }

  private void sweep() {
    files
        .executeBlocking(
            () -> {
              store.sweep(CatalogDisk.neededArtifacts(settings.data()), SWEEP_AGE);
              return null;
            },
            false)
        .onFailure(failure -> LOG.log(Level.WARNING, "artifacts not swept", failure));
  }

  /** What is deployed. */
  public CatalogView view() {
    return view;
  }

  /**
   * Deploys a jar; the file is left as it is. Completes when every live node serves the new version
   * and has left the old one.
   *
   * @return fails with {@link DeployException}; then what served before serves on
   */
  public Future<DeployResult> deploy(Path jar, Overrides overrides) {
    return onLane(
        () -> known().compose(read -> copy(jar)).compose(part -> deployPart(part, overrides)));
  }

  /** Deploys what a client uploads; otherwise like {@link #deploy(Path, Overrides)}. */
  public Future<DeployResult> deploy(Upload upload, Overrides overrides) {
    upload.body().pause();
    return onLane(
        () ->
            known()
                .compose(read -> files.executeBlocking(store::newPart, false))
                .compose(
                    part ->
                        upload
                            .writeTo(fabric.vertx(), part, settings.maxArtifactBytes())
                            .compose(written -> checkHash(part, upload))
                            .recover(failure -> discard(part, failure))
                            .compose(right -> deployPart(part, overrides))));
  }

  private Future<Path> copy(Path jar) {
    return files.executeBlocking(
        () -> {
          if (Files.size(jar) > settings.maxArtifactBytes()) {
            throw ArtifactInspector.tooBig(settings.maxArtifactBytes());
          }
          Path part = store.newPart();
          return Files.copy(jar, part, StandardCopyOption.REPLACE_EXISTING);
        },
        false);
  }

  private Future<Void> checkHash(Path part, Upload upload) {
    return files.executeBlocking(
        () -> {
          upload.checkHash(ArtifactStore.hash(part));
          return null;
        },
        false);
  }

  private Future<DeployResult> deployPart(Path part, Overrides overrides) {
    return files
        .executeBlocking(() -> inspector.inspect(part, overrides), false)
        .map(this::requireFreeRoutes)
        .compose(
            version ->
                files.executeBlocking(() -> store.keep(part, version.sha256()), false).map(version))
        .recover(failure -> discard(part, failure))
        .compose(rollout::deploy);
  }

  private FunctionVersion requireFreeRoutes(FunctionVersion version) {
    Manifest manifest = version.manifest().orElseThrow();
    RouteClaims.check(manifest.name(), manifest.routes(), catalog.entries());
    return version;
  }

  private <T> Future<T> discard(Path part, Throwable reason) {
    return files
        .executeBlocking(() -> Files.deleteIfExists(part), false)
        .onFailure(failure -> LOG.log(Level.WARNING, "upload not deleted file=" + part, failure))
        .transform(deleted -> Future.failedFuture(reason));
  }

  /**
   * Makes an older version serve again, under its old number; completes like {@link #deploy(Path,
   * Overrides)}.
   *
   * @param version 0 for the latest before the present one
   */
  public Future<DeployResult> rollback(String name, int version) {
    return onLane(() -> known().compose(read -> rollout.rollback(name, version)));
  }

  /**
   * Takes a function out of service; completes when no live node runs it any more, or after 30 s.
   */
  public Future<Void> undeploy(String name) {
    return onLane(() -> known().compose(read -> rollout.undeploy(name)));
  }

  /** Without the catalog's past, a change could take a number or a route twice. */
  private Future<Void> known() {
    return read
        ? Future.succeededFuture()
        : Future.failedFuture(
            new DeployException(
                Reason.UNAVAILABLE, "the catalog was not read yet (expected: a started node)"));
  }

  /** The last hundred event-loop stalls on this node, newest first. */
  public List<Stall> stalls() {
    return stalls.stalls();
  }

  /** Class loaders of stopped versions that something on this node still holds. */
  public List<LeakedLoader> leakedLoaders() {
    return leaks.leaks();
  }

  /** Stops all instances of this node; the catalog stays as it is. */
  public Future<Void> close() {
    stalls.close();
    return onLane(
        () -> {
          fabric.vertx().cancelTimer(timer);
          return reconciler.close().eventually(catalog::close).eventually(files::close);
        });
  }

  private <T> Future<T> onLane(Supplier<Future<T>> work) {
    ContextInternal caller = ((VertxInternal) fabric.vertx()).getOrCreateContext();
    PromiseInternal<T> promise = caller.promise();
    fabric
        .lane(0)
        .context()
        .runOnContext(
            v -> {
              Future<T> done;
              try {
                done = work.get();
              } catch (RuntimeException thrown) {
                done = Future.failedFuture(thrown);
              }
              done.onComplete(promise);
            });
    return promise.future();
  }
}
