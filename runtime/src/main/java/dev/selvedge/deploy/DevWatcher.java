package dev.selvedge.deploy;

import dev.selvedge.deploy.JarFinder.Stamp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deploys the jars that a developer works on, and each again when its content has changed. Clients
 * stay connected. A jar that disappears (a build that cleans first) stays deployed.
 *
 * <p>Looks at the files every 300 ms; a jar is taken when it has not changed between two looks.
 */
public final class DevWatcher {
  private static final Logger LOG = System.getLogger(DevWatcher.class.getName());
  private static final long LOOK_MILLIS = 300;

  /** Is told what came of each jar; on a Vert.x thread. */
  public interface Listener {
    void deployed(Path jar, DeployResult result);

    /** The jar was refused or its function did not start; the next change is tried again. */
    void failed(Path jar, Throwable error);
  }

  private final Vertx vertx;
  private final Deployments deployments;
  private final JarFinder finder;
  private final Listener listener;
  private final Map<Path, Stamp> lastLook = new HashMap<>();
  private final Map<Path, Stamp> taken = new HashMap<>();
  private final Map<Path, String> hashes = new HashMap<>();
  private final Promise<Void> first = Promise.promise();
  private volatile boolean ended;

  /**
   * @param roots jars, Maven projects, directories of either
   */
  public DevWatcher(Vertx vertx, Deployments deployments, List<Path> roots, Listener listener) {
    this.vertx = vertx;
    this.deployments = deployments;
    this.finder = new JarFinder(roots);
    this.listener = listener;
  }

  /** Begins; completes when all jars that are there have been deployed or refused. */
  public Future<Void> start() {
    look();
    return first.future();
  }

  public void close() {
    ended = true;
  }

  /** One look at a time: the next is planned when what this one found has been deployed. */
  private void look() {
    vertx
        .executeBlocking(this::changes, true)
        .recover(
            failure -> {
              LOG.log(Level.WARNING, "cannot look for jars: " + failure);
              return Future.succeededFuture(Optional.empty());
            })
        .compose(
            changes ->
                changes.isEmpty()
                    ? Future.<Void>succeededFuture()
                    : deploy(changes.get(), 0).onComplete(done -> first.tryComplete()))
        .onComplete(
            done -> {
              if (!ended) {
                vertx.setTimer(LOOK_MILLIS, again -> look());
              }
            });
  }

  /**
   * The jars with new content; empty while some file is still being written. Only one call at a
   * time.
   */
  private Optional<List<Path>> changes() throws IOException {
    Map<Path, Stamp> look = finder.find();
    boolean still = look.equals(lastLook);
    lastLook.clear();
    lastLook.putAll(look);
    if (!still) {
      return Optional.empty();
    }
    List<Path> changes = new ArrayList<>();
    for (Map.Entry<Path, Stamp> file : look.entrySet()) {
      if (!file.getValue().equals(taken.get(file.getKey()))) {
        take(file.getKey(), file.getValue()).ifPresent(changes::add);
      }
    }
    return Optional.of(changes);
  }

  private Optional<Path> take(Path jar, Stamp stamp) throws IOException {
    if (!JarFinder.isFunction(jar)) {
      return Optional.empty();
    }
    String sha256 = ArtifactStore.hash(jar);
    taken.put(jar, stamp);
    boolean served =
        deployments.view().functions().stream().anyMatch(f -> f.sha256().equals(sha256));
    return sha256.equals(hashes.put(jar, sha256)) || served ? Optional.empty() : Optional.of(jar);
  }

  private Future<Void> deploy(List<Path> changes, int index) {
    if (index == changes.size() || ended) {
      return Future.succeededFuture();
    }
    Path jar = changes.get(index);
    return deployments
        .deploy(jar, Overrides.NONE)
        .transform(
            done -> {
              if (done.succeeded()) {
                listener.deployed(jar, done.result());
              } else {
                listener.failed(jar, done.cause());
              }
              return deploy(changes, index + 1);
            });
  }
}
