package dev.selvedge.deploy;

import static dev.selvedge.deploy.TestNode.await;
import static dev.selvedge.deploy.TestNode.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with a data directory each, joined by the real fabric. */
class ClusteredDeployTest {
  private static final String ANSWER =
      "@Override protected Future<?> onCall(Call call) { return Future.succeededFuture(%s); }";

  @TempDir Path work;
  private final List<TestNode> nodes = new ArrayList<>();
  private TestCluster cluster;

  @BeforeEach
  void open() throws Exception {
    cluster = new TestCluster();
  }

  @AfterEach
  void close() throws Exception {
    for (TestNode node : nodes) {
      await(node.deployments.close());
    }
    cluster.close();
  }

  private TestNode join(String own, Map<String, JsonObject> functions, String... roles)
      throws Exception {
    ClusteredFabric fabric = cluster.join(List.of(roles));
    cluster.awaitComplete();
    TestNode node = new TestNode(fabric, TestNode.settings(work.resolve(own), own, functions));
    nodes.add(node);
    return node;
  }

  private TestNode join() throws Exception {
    return join("node-" + nodes.size(), Map.of(), "edge", "host");
  }

  private Path answering(String name, String answer) throws Exception {
    return TestJars.function(name, ANSWER.formatted(answer)).in(work);
  }

  private static NodeId id(TestNode node) {
    return node.fabric.membership().self();
  }

  @Test
  void aDeployReachesEveryNodeWithAnArtifactOfManyPieces() throws Exception {
    TestNode a = join();
    TestNode b = join();
    TestNode c = join();
    byte[] random = new byte[500_000];
    new Random(1).nextBytes(random);
    Path jar =
        TestJars.function("big", ANSWER.formatted("version()")).file("web/data", random).in(work);

    DeployResult result = b.deploy(jar);

    assertEquals(List.of(), result.warnings());
    for (TestNode node : List.of(a, b, c)) {
      assertEquals(1, node.call("big", null));
      until(
          "all hosts are known",
          () -> node.view().hosts("big", 1).equals(List.of(id(a), id(b), id(c))));
      assertEquals(
          500_000, node.route("/big").orElseThrow().assets().get("data").orElseThrow().length());
    }
    assertEquals(2, c.deploy(answering("big", "\"two\"")).version());
    assertEquals("two", a.call("big", null));
    assertEquals(1, await(a.deployments.rollback("big", 0)).version());
    assertEquals(1, c.call("big", null));
    await(b.deployments.undeploy("big"));
    until("it is gone from all", () -> nodes.stream().allMatch(n -> n.host.open.isEmpty()));
  }

  @Test
  void aVersionThatOneNodeCannotStartLeavesTheOldOneEverywhere() throws Exception {
    TestNode a = join();
    TestNode b = join("weak", Map.of("f", new JsonObject().put("broken", true)), "edge", "host");
    a.deploy(answering("f", "1"));
    Path bad =
        TestJars.function(
                "f",
                "@Override public Future<?> start() { return settings().getBoolean(\"broken\","
                    + " false) ? Future.failedFuture(\"no disk\") : Future.succeededFuture(); }")
            .in(work);

    DeployException error = assertThrows(DeployException.class, () -> a.deploy(bad));

    assertEquals(Reason.START_FAILED, error.reason());
    assertTrue(error.getMessage().contains("node " + id(b)), error.getMessage());
    assertTrue(error.getMessage().contains("no disk"), error.getMessage());
    for (TestNode node : nodes) {
      until("only version 1 is left", () -> node.view().local().size() == 1);
      assertEquals(1, node.call("f", null));
    }
  }

  @Test
  void aNodeThatJoinsStartsWhatTheCatalogWants() throws Exception {
    TestNode a = join();
    a.deploy(answering("f", "1"));
    a.deploy(answering("f", "2"));

    TestNode b = join();

    until("it serves", () -> b.view().pending().isEmpty());
    assertEquals(2, b.call("f", null));
    until("the others know", () -> a.view().hosts("f", 2).equals(List.of(id(a), id(b))));
    assertEquals(1, await(b.deployments.rollback("f", 0)).version());
  }

  @Test
  void aNodeThatHostsNothingKeepsArtifactsAndRoutesAndMayDeploy() throws Exception {
    TestNode edge = join("edge", Map.of(), "edge");
    Path jar =
        TestJars.function("f", ANSWER.formatted("1")).file("web/index.html", "page").in(work);

    DeployResult alone = edge.deploy(jar);
    assertEquals(1, alone.warnings().size(), alone.toString());
    TestNode host = join();
    until("the host serves", () -> host.view().pending().isEmpty());

    DeployResult result =
        edge.deploy(
            TestJars.function("f", ANSWER.formatted("2")).file("web/index.html", "two").in(work));

    assertEquals(List.of(), result.warnings());
    assertEquals(2, host.call("f", null));
    assertEquals(List.of(), edge.host.open);
    assertEquals(List.of(id(host)), edge.view().hosts("f", 2));
    assertEquals(
        "two", edge.route("/f").orElseThrow().assets().get("index.html").orElseThrow().toString());
  }

  @Test
  void ofTwoDeploysAtOnceOnlyTheFirstGoesOn() throws Exception {
    TestNode a = join();
    TestNode b = join();
    Path slow = TestJars.function("f", TestJars.startsBehind("gate-cluster")).in(work);
    Future<DeployResult> first = a.deployments.deploy(slow, Overrides.NONE);
    until("it starts on the other node", () -> !b.view().local().isEmpty());

    DeployException second =
        assertThrows(DeployException.class, () -> b.deploy(answering("f", "2")));

    assertEquals(Reason.CONFLICT, second.reason());
    assertTrue(second.getMessage().contains("by node " + id(a)), second.getMessage());
    TestJars.open("gate-cluster");
    assertEquals(1, await(first).version());
  }

  @Test
  void oneRouteNeverLeadsToTwoFunctions() throws Exception {
    TestNode a = join();
    TestNode b = join();
    Overrides route = new Overrides(Optional.empty(), List.of("/same"));
    Future<DeployResult> first = a.deployments.deploy(answering("f", "1"), route);
    Future<DeployResult> second = b.deployments.deploy(answering("g", "1"), route);

    await(Future.join(first, second).otherwiseEmpty());

    assertTrue(a.view().routes().size() <= 1, a.view().routes().toString());
    for (Future<DeployResult> one : List.of(first, second)) {
      if (one.failed()) {
        assertEquals(Reason.ROUTE_TAKEN, ((DeployException) one.cause()).reason());
      }
    }
    assertTrue(first.failed() || second.failed());
  }

  @Test
  void aRolloutWhoseCoordinatorLeavesIsWithdrawn() throws Exception {
    TestNode a = join();
    TestNode b = join();
    a.deploy(answering("f", "1"));
    Path hangs =
        TestJars.function(
                "f", "@Override public Future<?> start() { return Promise.promise().future(); }")
            .in(work);
    Future<DeployResult> rollout = b.deployments.deploy(hangs, Overrides.NONE);
    until(
        "the candidate is known",
        () -> a.view().function("f").orElseThrow().candidate().isPresent());

    nodes.remove(b);
    cluster.forget((ClusteredFabric) b.fabric);
    await(b.fabric.close());

    until(
        "the candidate is withdrawn",
        () -> a.view().function("f").orElseThrow().candidate().isEmpty());
    assertTrue(!rollout.succeeded());
    assertEquals(1, a.call("f", null));
    assertEquals(3, a.deploy(answering("f", "3")).version());
  }

  @Test
  void afterAFullRestartTheHighestRevisionWins() throws Exception {
    TestNode a = join();
    TestNode b = join();
    a.deploy(answering("f", "1"));
    Path stale = work.resolve("node-0/node-0/catalog/f.json");
    String old = Files.readString(stale);
    a.deploy(answering("f", "2"));
    until(
        "both have it on disk",
        () ->
            Files.readString(work.resolve("node-1/node-1/catalog/f.json"))
                .contains("\"current\" : 2"));
    close();
    Files.writeString(stale, old);
    nodes.clear();
    open();

    TestNode first = join();
    until("what it knows is served", () -> first.view().pending().isEmpty());
    assertEquals(1, first.call("f", null));
    TestNode second = join();

    until("the newer one wins", () -> first.view().currentVersion("f").equals(Optional.of(2)));
    for (TestNode node : List.of(first, second)) {
      until("all serve it", () -> node.view().pending().isEmpty());
      assertEquals(2, node.call("f", null));
    }
  }
}
