package dev.selvedge.deploy;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A version's class loader and the objects of its main class, one for each instance. */
record LoadedFunction(FunctionClassLoader loader, List<Deployable> objects) {
  /**
   * Loads the classes and calls the constructors on a thread that ends with that, so that what they
   * leave in thread-locals goes with it. Completes on the caller's context.
   */
  static Future<LoadedFunction> load(
      Vertx vertx, String name, FunctionVersion version, Path jar, int count, Duration deadline) {
    Promise<LoadedFunction> promise = Promise.promise();
    Thread thread =
        new Thread(
            () -> {
              try {
                LoadedFunction loaded = load(name, version, jar, count);
                if (!promise.tryComplete(loaded)) {
                  loaded.loader().close();
                }
              } catch (Throwable failure) {
                promise.tryFail(failure);
              }
            },
            "selvedge-load-" + name + "@" + version.number());
    thread.setDaemon(true);
    thread.start();
    long timer =
        vertx.setTimer(
            deadline.toMillis(),
            late -> {
              promise.tryFail(
                  new IllegalStateException(
                      "its constructor did not return within " + deadline.toSeconds() + " s"));
              thread.interrupt();
            });
    return onContext(vertx, promise.future()).onComplete(done -> vertx.cancelTimer(timer));
  }

  private static <T> Future<T> onContext(Vertx vertx, Future<T> future) {
    return Future.future(
        promise -> {
          Context context = vertx.getOrCreateContext();
          future.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
        });
  }

  private static LoadedFunction load(String name, FunctionVersion version, Path jar, int count)
      throws IOException, ReflectiveOperationException {
    FunctionClassLoader loader = new FunctionClassLoader(name, version.number(), jar);
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Class<?> main = Class.forName(version.manifest().orElseThrow().main(), true, loader);
      List<Deployable> objects = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        objects.add((Deployable) main.getDeclaredConstructor().newInstance());
      }
      return new LoadedFunction(loader, objects);
    } catch (InvocationTargetException thrown) {
      loader.close();
      throw new IllegalStateException("its constructor threw", thrown.getCause());
    } catch (ReflectiveOperationException | RuntimeException | LinkageError failure) {
      loader.close();
      throw failure;
    }
  }
}
