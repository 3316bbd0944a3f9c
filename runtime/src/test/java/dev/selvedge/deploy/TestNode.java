package dev.selvedge.deploy;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One node's deployments on a fabric. */
final class TestNode implements AutoCloseable {
  final Fabric fabric;
  final FakeHost host = new FakeHost();
  final Deployments deployments;

  TestNode(Fabric fabric, DeploySettings settings) throws Exception {
    this.fabric = fabric;
    this.deployments = new Deployments(fabric, host, settings);
    await(fabric.start());
    await(deployments.start());
  }

  static TestNode local(Path data) throws Exception {
    return new TestNode(TestTransport.fabric(), settings(data, "dev", Map.of()));
  }

  /** One that gives a function two seconds to start. */
  static TestNode impatient(Path data) throws Exception {
    DeploySettings patient = settings(data, "dev", Map.of());
    return new TestNode(
        TestTransport.fabric(),
        new DeploySettings(
            patient.data(),
            patient.own(),
            patient.maxArtifactBytes(),
            patient.functions(),
            Duration.ofSeconds(2),
            patient.rollout(),
            patient.settle(),
            patient.drain()));
  }

  static DeploySettings settings(Path data, String own, Map<String, JsonObject> functions) {
    return new DeploySettings(
        data,
        data.resolve(own),
        1 << 20,
        functions,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5));
  }

  Optional<PublishedRoute> route(String path) {
    return view().routes().stream().filter(route -> route.path().equals(path)).findFirst();
  }

  CatalogView view() {
    return deployments.view();
  }

  DeployResult deploy(Path jar) throws Exception {
    return await(deployments.deploy(jar, Overrides.NONE));
  }

  Object call(String function, Object body) throws Exception {
    int version = view().currentVersion(function).orElseThrow();
    return await(host.call(function, version, body));
  }

  @Override
  public void close() throws Exception {
    await(deployments.close());
    await(fabric.close());
  }

  static <T> T await(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(180, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  static void until(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("waited 180 s: " + what);
      }
      Thread.sleep(10);
    }
  }
}
