package dev.selvedge.deploy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One version of a function on this node, from the moment it is wanted until nothing of it is left.
 * Confined to lane 0.
 */
final class LocalVersion {
  private static final Logger LOG = System.getLogger(LocalVersion.class.getName());
  private static final long FIRST_RETRY_MILLIS = 500;
  private static final long LAST_RETRY_MILLIS = 30_000;

  /** Where a version stands. */
  enum State {
    /** Its artifact is on the way, or its instances are starting. */
    STARTING,
    /** Its instances take sessions; on a node that hosts no functions: its artifact is here. */
    READY,
    /** It could not be started. */
    FAILED,
    /** Not wanted any more: its sessions leave, its instances stop. */
    DRAINING,
    GONE
  }

  /** What preparing a version comes to. */
  interface Preparation {
    Future<Assets> store(FunctionVersion version);

    /** Empty on a node that hosts no functions. */
    Future<Optional<RunningVersion>> run(FunctionVersion version);
  }

  private final Vertx vertx;
  private final String name;
  private final FunctionVersion version;
  private final Preparation preparation;
  private final Runnable changed;
  private State state = State.STARTING;
  private boolean wanted = true;
  private boolean serving;
  private int attempt;
  private long retryMillis = FIRST_RETRY_MILLIS;
  private long retryTimer = -1;
  private Assets assets = Assets.NONE;
  private boolean stored;
  private @Nullable RunningVersion running;
  private @Nullable String error;

  /**
   * @param changed called after every change of what the accessors tell
   */
  LocalVersion(
      Vertx vertx,
      String name,
      FunctionVersion version,
      Preparation preparation,
      Runnable changed) {
    this.vertx = vertx;
    this.name = name;
    this.version = version;
    this.preparation = preparation;
    this.changed = changed;
  }

  int number() {
    return version.number();
  }

  State state() {
    return state;
  }

  boolean stored() {
    return stored;
  }

  Assets assets() {
    return assets;
  }

  int instances() {
    return running == null ? 0 : running.instances();
  }

  Optional<FunctionReport.Failure> failure() {
    return state == State.FAILED
        ? Optional.of(new FunctionReport.Failure(version.number(), attempt, String.valueOf(error)))
        : Optional.empty();
  }

  /** Begins, with what {@link #reconcile} would be told. */
  void start(boolean serves, int firstAttempt) {
    serving = serves;
    attempt = firstAttempt;
    prepare();
  }

  /**
   * Tells what the catalog wants now.
   *
   * @param serves whether this is the serving version: then a failure is retried
   * @param currentAttempt of the rollout whose candidate this is, or 0
   */
  void reconcile(boolean wants, boolean serves, int currentAttempt) {
    wanted = wants;
    serving = serves;
    if (!wants) {
      leave();
    } else if (state == State.FAILED && currentAttempt > attempt) {
      attempt = currentAttempt;
      prepare();
    } else if (state == State.FAILED && serves) {
      retryLater();
    }
  }

  private void prepare() {
    cancelRetry();
    state = State.STARTING;
    preparation
        .store(version)
        .compose(
            found -> {
              assets.close();
              assets = found;
              stored = true;
              changed.run();
              return preparation.run(version);
            })
        .onComplete(
            done -> {
              if (done.succeeded()) {
                started(done.result());
              } else {
                failed(done.cause());
              }
            });
  }

  private void started(Optional<RunningVersion> instances) {
    running = instances.orElse(null);
    error = null;
    state = State.READY;
    retryMillis = FIRST_RETRY_MILLIS;
    LOG.log(
        Level.INFO,
        "function ready function=" + name + "@" + number() + " instances=" + instances());
    settle();
  }

  private void failed(Throwable cause) {
    error = DeployException.describe(cause);
    state = State.FAILED;
    LOG.log(Level.WARNING, "function not started function=" + name + "@" + number(), cause);
    if (wanted && serving) {
      retryLater();
    }
    settle();
  }

  private void settle() {
    if (!wanted) {
      leave();
    }
    changed.run();
  }

  private void retryLater() {
    if (retryTimer < 0) {
      retryTimer =
          vertx.setTimer(
              retryMillis,
              due -> {
                retryTimer = -1;
                if (wanted && state == State.FAILED) {
                  prepare();
                }
              });
      retryMillis = Math.min(LAST_RETRY_MILLIS, retryMillis * 2);
    }
  }

  private void cancelRetry() {
    if (retryTimer >= 0) {
      vertx.cancelTimer(retryTimer);
      retryTimer = -1;
    }
  }

  /** A version that is still starting leaves when that has ended. */
  private void leave() {
    cancelRetry();
    if (state == State.FAILED || state == State.READY && running == null) {
      gone();
    } else if (state == State.READY && running != null) {
      state = State.DRAINING;
      running.drainAndStop().onComplete(stopped -> gone());
    }
  }

  private void gone() {
    state = State.GONE;
    running = null;
    assets.close();
    LOG.log(Level.INFO, "function gone function=" + name + "@" + number());
    changed.run();
  }

  /** Stops at once, for a node that ends. */
  Future<Void> stop() {
    wanted = false;
    cancelRetry();
    RunningVersion instances = running;
    running = null;
    if (state == State.DRAINING || instances == null) {
      return Future.succeededFuture();
    }
    state = State.GONE;
    return instances.stop();
  }
}
