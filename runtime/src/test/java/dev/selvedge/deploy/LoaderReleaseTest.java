package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.await;
import static dev.selvedge.deploy.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The classes of a version that has stopped are let go of. */
class LoaderReleaseTest {
  /** Uses what functions use: timers, the bus, blocking calls, JSON, resources. */
  private static final String BUSY =
      """
      record Note(String text) {}
      @Override public Future<?> start() {
        vertx.setPeriodic(10, t -> new Note("tick"));
        vertx.eventBus().consumer("busy", m -> m.reply("x"));
        log().log(System.Logger.Level.DEBUG, "started");
        try (var in = getClass().getClassLoader().getResourceAsStream("web/a.txt")) {
          in.readAllBytes();
        } catch (java.io.IOException e) { throw new IllegalStateException(e); }
        return vertx.executeBlocking(() -> new Note("blocking"));
      }
      @Override protected Future<?> onCall(Call call) {
        return Future.succeededFuture(new JsonObject().put("x", new Note("y").text()));
      }
      """;

  @TempDir Path jars;
  @TempDir Path data;
  private TestNode node;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.local(data);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @ParameterizedTest
  @EnumSource(Threading.class)
  void theLoaderOfAnUndeployedFunctionIsCollected(Threading threading) throws Exception {
    String manifest = "threading: " + threading.text();
    Path jar =
        TestJars.function("busy", BUSY).named("busy", manifest).file("web/a.txt", "a").in(jars);
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int version = 1; version <= 3; version++) {
      node.deploy(jar);
      node.call("busy", null);
      loaders.add(loaderOf(version));
    }

    await(node.deployments.undeploy("busy"));

    until("all have stopped", () -> node.view().local().isEmpty());
    for (WeakReference<ClassLoader> loader : loaders) {
      until(
          "the loader is collected",
          () -> {
            System.gc();
            return loader.get() == null;
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"start, pending", "stop, pending", "start, failed"})
  void theLoaderOfCodeThatDoesNotStartOrStopIsLetGo(String callback, String outcome)
      throws Exception {
    node.close();
    node = TestNode.impatient(data);
    String key = "loader of " + callback;
    String body =
        """
        @Override public Future<?> %s() {
          System.getProperties().put("%s",
              new java.lang.ref.WeakReference<>(getClass().getClassLoader()));
          return "%s".equals("failed") ? Future.failedFuture("no") : Promise.promise().future();
        }
        """
            .formatted(callback, key, outcome);
    Path jar = TestJars.function("stuck", body).in(jars);

    if (callback.equals("start")) {
      assertThrows(DeployException.class, () -> node.deploy(jar));
    } else {
      node.deploy(jar);
      await(node.deployments.undeploy("stuck"));
    }

    until("all have stopped", () -> node.view().local().isEmpty());
    WeakReference<?> loader = (WeakReference<?>) System.getProperties().remove(key);
    until(
        "the loader is collected",
        () -> {
          System.gc();
          return loader.get() == null;
        });
  }

  private WeakReference<ClassLoader> loaderOf(int version) {
    FakeHost.Open instance = node.host.of("busy", version).get(0);
    return new WeakReference<>(
        ((io.vertx.core.internal.ContextInternal) instance.context()).classLoader());
  }

  @Test
  void aHeldLoaderIsFoundAndAFreeOneIsNot() throws Exception {
    LoaderLeaks leaks = new LoaderLeaks(Duration.ZERO);
    Path jar = TestJars.function("echo", "").in(jars);
    FunctionClassLoader held = new FunctionClassLoader("echo", 7, jar);
    held.loadClass("t.Main");
    leaks.closed("echo", 7, held);
    close(leaks, jar);

    until(
        "the held one is named, and only that one",
        () -> {
          System.gc();
          leaks.check();
          return leaks.leaks().size() == 1;
        });

    LeakedLoader leak = leaks.leaks().get(0);
    assertEquals("echo@7", leak.function() + "@" + leak.version());
    assertFalse(leak.suspects().isEmpty());
    assertEquals("function/echo@7", held.getName());
  }

  private static void close(LoaderLeaks leaks, Path jar) throws Exception {
    try (FunctionClassLoader free = new FunctionClassLoader("free", 1, jar)) {
      free.loadClass("t.Main");
      leaks.closed("free", 1, free);
    }
  }

  @Test
  void aThreadThatHoldsALoaderIsNamed() throws Exception {
    LoaderLeaks leaks = new LoaderLeaks(Duration.ZERO);
    Path jar = TestJars.function("echo", "").in(jars);
    FunctionClassLoader held = new FunctionClassLoader("echo", 1, jar);
    Thread thread = new Thread(() -> parkUntilInterrupted(), "left-behind");
    thread.setContextClassLoader(held);
    thread.start();
    leaks.closed("echo", 1, held);

    until(
        "it is named",
        () -> {
          System.gc();
          leaks.check();
          return leaks.leaks().stream().anyMatch(l -> l.suspects().equals("thread left-behind"));
        });
    thread.interrupt();
    thread.join();
  }

  private static void parkUntilInterrupted() {
    while (!Thread.currentThread().isInterrupted()) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }
}
