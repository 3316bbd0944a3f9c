package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.await;
import static dev.selvedge.deploy.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentsTest {
  private static final String ANSWER =
      "@Override protected Future<?> onCall(Call call) { return Future.succeededFuture(%s); }";

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

  private Path answering(String name, String answer) throws Exception {
    return TestJars.function(name, ANSWER.formatted(answer)).in(jars);
  }

  private DeployException refused(Path jar) {
    return refused(() -> node.deploy(jar));
  }

  private static DeployException refused(org.junit.jupiter.api.function.Executable action) {
    return assertThrows(DeployException.class, action);
  }

  @Test
  void aJarIsDeployedAndItsFunctionRuns() throws Exception {
    DeployResult result = node.deploy(answering("echo", "call.body()"));

    assertEquals(1, result.version());
    assertEquals(List.of(), result.warnings());
    assertEquals("hi", node.call("echo", "hi"));
    assertEquals(List.of(node.fabric.membership().self()), node.view().hosts("echo", 1));
    assertEquals("echo", node.route("/echo").orElseThrow().function().name());
    assertEquals("echo", node.view().routeTo("echo", "/other").orElseThrow().function().name());
    assertTrue(node.view().routeTo("echoes", "/other").isEmpty());
    assertEquals(List.of(), node.view().pending());
  }

  @Test
  void eachEventLoopHasAnInstanceOfItsOwn() throws Exception {
    node.deploy(answering("echo", "Thread.currentThread().getName()"));

    Set<Object> loops = new HashSet<>();
    for (FakeHost.Open open : node.host.of("echo", 1)) {
      assertSame(
          ((ContextInternal) open.lane().context()).nettyEventLoop(),
          ((ContextInternal) open.context()).nettyEventLoop());
      loops.add(((ContextInternal) open.context()).nettyEventLoop());
    }
    assertEquals(node.fabric.lanes().size(), loops.size());
  }

  @Test
  void aNewVersionTakesOverAndTheOldOneIsDrainedAndGone() throws Exception {
    node.deploy(answering("echo", "1"));
    List<String> told = new ArrayList<>();
    node.view()
        .addListener(
            new CatalogView.Listener() {
              @Override
              public void servingChanged(String function) {
                told.add(function + node.view().currentVersion(function));
              }
            });

    DeployResult result = node.deploy(answering("echo", "2"));

    assertEquals(2, result.version());
    assertEquals(2, node.call("echo", null));
    assertEquals(List.of("drain echo@1"), node.host.events);
    assertEquals(List.of(), node.host.of("echo", 1));
    assertEquals(List.of("echoOptional[2]"), told);
    assertEquals(1, node.view().local().size());
  }

  @Test
  void aDeployIsCompleteWhenTheOldVersionHasBeenLeft() throws Exception {
    node.deploy(answering("echo", "1"));
    Promise<Void> drain = Promise.promise();
    node.host.drained = drain.future();

    Future<DeployResult> deploy = node.deployments.deploy(answering("echo", "2"), Overrides.NONE);

    until("v2 serves", () -> node.view().currentVersion("echo").equals(Optional.of(2)));
    until("v1 drains", () -> node.host.events.contains("drain echo@1"));
    assertFalse(deploy.isComplete());
    drain.complete();
    assertEquals(2, await(deploy).version());
  }

  @Test
  void aVersionThatDoesNotStartLeavesTheOldOneServing() throws Exception {
    node.deploy(answering("echo", "1"));
    Path bad =
        TestJars.function(
                "echo",
                "@Override public Future<?> start() { throw new IllegalStateException(\"no\","
                    + " new RuntimeException(\"deeper\")); }")
            .in(jars);

    DeployException error = refused(bad);

    assertEquals(Reason.START_FAILED, error.reason());
    assertTrue(error.getMessage().contains(node.fabric.membership().self().value()));
    assertTrue(error.getMessage().contains("no"), error.getMessage());
    assertTrue(error.getMessage().contains("deeper"), error.getMessage());
    assertEquals(1, node.call("echo", null));
    assertEquals(List.of(), node.host.events);
    assertEquals(
        3, node.deploy(answering("echo", "3")).version(), "the number 2 is not used again");
  }

  @Test
  void aConstructorThatThrowsIsReportedWithItsCause() throws Exception {
    Path bad =
        TestJars.function("echo", "public Main() { throw new IllegalStateException(\"ctor\"); }")
            .in(jars);

    assertTrue(refused(bad).getMessage().contains("ctor"));
    assertEquals(List.of(), node.view().functions());
  }

  @Test
  void aStartThatNeverCompletesIsGivenUp() throws Exception {
    node.close();
    node = TestNode.impatient(data);
    Path bad =
        TestJars.function(
                "echo", "@Override public Future<?> start() { return Promise.promise().future(); }")
            .in(jars);

    assertTrue(refused(bad).getMessage().contains("within 2 s"));
  }

  @Test
  void aStartThatBlocksAWorkerIsInterrupted() throws Exception {
    node.close();
    node = TestNode.impatient(data);
    Path bad =
        TestJars.function(
                "echo",
                "@Override public Future<?> start() throws Exception { Thread.sleep(600000);"
                    + " return null; }")
            .named("echo", "threading: worker")
            .in(jars);

    assertTrue(refused(bad).getMessage().contains("within 2 s"));
    until(
        "its threads end",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("function-echo@1")));
  }

  @Test
  void rollbackServesTheVersionBefore() throws Exception {
    node.deploy(answering("echo", "1"));
    node.deploy(answering("echo", "2"));
    node.deploy(answering("echo", "3"));

    assertEquals(2, await(node.deployments.rollback("echo", 0)).version());
    assertEquals(2, node.call("echo", null));
    assertEquals(1, await(node.deployments.rollback("echo", 1)).version());
    assertEquals(1, node.call("echo", null));
    assertEquals(4, node.deploy(answering("echo", "4")).version());
  }

  @Test
  void rollbackRefusesWhatIsNotThere() throws Exception {
    node.deploy(answering("echo", "1"));

    assertEquals(
        Reason.NO_SUCH_FUNCTION,
        refused(() -> await(node.deployments.rollback("nothing", 0))).reason());
    assertEquals(
        Reason.NO_SUCH_VERSION,
        refused(() -> await(node.deployments.rollback("echo", 7))).reason());
    assertEquals(
        Reason.NO_SUCH_VERSION,
        refused(() -> await(node.deployments.rollback("echo", 0))).reason());
    assertEquals(
        Reason.CONFLICT, refused(() -> await(node.deployments.rollback("echo", 1))).reason());
  }

  @Test
  void undeployStopsTheInstancesAndFreesTheRoute() throws Exception {
    node.deploy(answering("echo", "1"));

    await(node.deployments.undeploy("echo"));

    until("no instance is left", () -> node.view().local().isEmpty());
    assertEquals(List.of(), node.host.open);
    assertTrue(node.route("/echo").isEmpty());
    assertEquals(
        Reason.NO_SUCH_FUNCTION, refused(() -> await(node.deployments.undeploy("echo"))).reason());
    assertEquals(2, node.deploy(answering("echo", "2")).version());
  }

  @Test
  void aSecondDeployOfAFunctionUnderWayIsAConflict() throws Exception {
    Path slow = TestJars.function("echo", TestJars.startsBehind("gate-local")).in(jars);
    Future<DeployResult> first = node.deployments.deploy(slow, Overrides.NONE);
    until(
        "the first is under way",
        () -> node.view().local().stream().anyMatch(local -> local.name().equals("echo")));

    DeployException error = refused(answering("echo", "2"));

    assertEquals(Reason.CONFLICT, error.reason());
    assertTrue(error.getMessage().contains("version 1 is being rolled out"), error.getMessage());
    TestJars.open("gate-local");
    assertEquals(1, await(first).version());
  }

  @Test
  void afterARestartEverythingIsBack() throws Exception {
    node.deploy(answering("echo", "1"));
    node.deploy(answering("echo", "2"));
    node.deploy(answering("gone", "1"));
    await(node.deployments.undeploy("gone"));
    node.close();

    node = TestNode.local(data);
    until("all is served", () -> node.view().pending().isEmpty());

    assertEquals(2, node.call("echo", null));
    assertTrue(node.view().function("gone").isEmpty());
    assertEquals(1, await(node.deployments.rollback("echo", 0)).version());
    assertEquals(2, node.deploy(answering("gone", "2")).version());
  }

  @Test
  void aCandidateWhoseCoordinatorDiedIsWithdrawn() throws Exception {
    node.deploy(answering("echo", "1"));
    Path file = data.resolve("dev/catalog/echo.json");
    node.close();
    JsonObject saved = new JsonObject(Files.readString(file));
    saved.put("revision", 99);
    saved
        .getJsonObject("document")
        .put("attempts", 5)
        .put(
            "candidate",
            new JsonObject()
                .put("version", 1)
                .put("attempt", 5)
                .put("coordinator", "deadbeef")
                .put("fresh", false));
    Files.writeString(file, saved.encode());

    node = TestNode.local(data);

    until(
        "the candidate is withdrawn",
        () -> node.view().function("echo").stream().anyMatch(f -> f.candidate().isEmpty()));
    assertEquals(1, node.call("echo", null));
  }

  @Test
  void clashingVersionsOfALibraryRunSideBySide() throws Exception {
    for (int i = 1; i <= 2; i++) {
      String lib =
          "package lib; public class Version { public static String text() { return \""
              + i
              + "\" + dev.selvedge.function.EdgeFunction.class.getSimpleName(); } }";
      node.deploy(
          TestJars.function("f" + i, ANSWER.formatted("lib.Version.text()"))
              .source("lib.Version", lib)
              .in(jars));
    }

    assertEquals("1EdgeFunction", node.call("f1", null));
    assertEquals("2EdgeFunction", node.call("f2", null));
  }

  @Test
  void aFunctionDoesNotSeeTheRuntimesClasses() throws Exception {
    String probe =
        "@Override protected Future<?> onCall(Call call) { try {"
            + " Class.forName((String) call.body(), true, getClass().getClassLoader());"
            + " return Future.succeededFuture(true); } catch (ClassNotFoundException hidden) {"
            + " return Future.succeededFuture(false); } }";
    node.deploy(TestJars.function("probe", probe).in(jars));

    assertEquals(false, node.call("probe", "dev.selvedge.deploy.Deployments"));
    assertEquals(false, node.call("probe", "org.yaml.snakeyaml.Yaml"));
    assertEquals(false, node.call("probe", "com.hazelcast.core.Hazelcast"));
    assertEquals(true, node.call("probe", "com.fasterxml.jackson.databind.ObjectMapper"));
    assertEquals(true, node.call("probe", "java.sql.Connection"));
  }

  @Test
  void aPlainVerticleRunsOnceWithItsSettingsAndNoRoute() throws Exception {
    Path jar =
        TestJars.empty()
            .main(
                "extends AbstractVerticle",
                "@Override public void start() { vertx.eventBus().consumer(\"plain\", m ->"
                    + " m.reply(config().getString(\"word\") + context.getInstanceCount())); }")
            .named("plain", "config: {word: hey}")
            .in(jars);

    node.deploy(jar);

    assertEquals("hey1", await(node.fabric.vertx().eventBus().request("plain", "")).body());
    assertEquals(List.of(), node.view().routes());
    assertTrue(node.view().function("plain").orElseThrow().plain());
    await(node.deployments.undeploy("plain"));
    until("it is gone", () -> node.view().local().isEmpty());
    assertThrows(Exception.class, () -> await(node.fabric.vertx().eventBus().request("plain", "")));
  }

  @Test
  void threadingIsWhatTheManifestSays() throws Exception {
    String threads =
        ANSWER.formatted("context.isEventLoopContext() + \" \" + context.threadingModel()");
    for (Threading threading : Threading.values()) {
      node.deploy(
          TestJars.function(threading.text(), threads)
              .named(threading.text(), "threading: " + threading.text() + "\ninstances: 1")
              .in(jars));
    }

    boolean virtual = Runtime.version().feature() >= 21;
    assertEquals("true EVENT_LOOP", node.call("event-loop", null));
    assertEquals("false WORKER", node.call("worker", null));
    assertEquals("false " + (virtual ? "VIRTUAL_THREAD" : "WORKER"), node.call("virtual", null));
    assertEquals(1, node.host.of("worker", 1).size());
  }

  @Test
  void theNodesSettingsGoOverTheManifests() throws Exception {
    node.close();
    JsonObject own = new JsonObject().put("b", 20);
    node =
        new TestNode(
            TestTransport.fabric(), TestNode.settings(data, "dev", java.util.Map.of("set", own)));

    node.deploy(
        TestJars.function("set", ANSWER.formatted("settings().encode() + config().encode()"))
            .named("set", "config: {a: 1, b: 2}")
            .in(jars));

    assertEquals("{\"a\":1,\"b\":20}{\"a\":1,\"b\":20}", node.call("set", null));
  }

  @Test
  void pagesAreReadFromTheJar() throws Exception {
    node.deploy(
        TestJars.function("page", "")
            .file("web/index.html", "<p>hi")
            .file("web/js/a.js", "1")
            .file("secret.txt", "no")
            .in(jars));

    Assets assets = node.route("/page").orElseThrow().assets();
    assertEquals("<p>hi", assets.get("index.html").orElseThrow().toString());
    assertEquals("1", assets.get("js/a.js").orElseThrow().toString());
    assertTrue(assets.get("../secret.txt").isEmpty());
    assertTrue(assets.get("js").isEmpty());
  }
}
