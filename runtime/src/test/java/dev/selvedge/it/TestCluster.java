package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The nodes and clients of one test: {@code @RegisterExtension final TestCluster cluster = new
 * TestCluster()}. After the test all are ended; the nodes' logs are in {@code
 * target/it-logs/<class>/<method>/}, and their ends are printed if the test failed.
 */
final class TestCluster implements BeforeEachCallback, AfterEachCallback {
  /** The token that the nodes are given, unless a test gives them another environment. */
  static final String TOKEN = "test-token-0123456789abcdefghij";

  /** From the launcher to ready, on two idle cores. */
  private static final Duration USUAL_START = Duration.ofSeconds(3);

  /** A machine that runs tests does other things too, and not all the time. */
  private static final double SHARED = 3;

  private final Map<String, String> environment;
  private final Ports ports = new Ports();
  private final List<TestNode> nodes = new ArrayList<>();
  private final Thread atExit = new Thread(this::killAll);
  private Path directory;
  private Vertx vertx;
  private Clients clients;
  private int jars;
  private double slowness = SHARED;

  TestCluster() {
    this(Map.of("SELVEDGE_TOKEN", TOKEN));
  }

  TestCluster(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    Runtime.getRuntime().addShutdownHook(atExit);
    directory =
        Path.of("target", "it-logs", context.getRequiredTestClass().getSimpleName())
            .resolve(context.getRequiredTestMethod().getName())
            .toAbsolutePath();
    deleteAll(directory);
    Files.createDirectories(directory);
    vertx = Vertx.vertx();
    clients = new Clients(vertx);
  }

  private static void deleteAll(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> all = Files.walk(root)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    boolean failed = context.getExecutionException().isPresent();
    clients.close();
    killAll();
    if (failed) {
      nodes.forEach(node -> System.out.println(node.tail()));
    }
    vertx.close();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void killAll() {
    for (TestNode node : nodes) {
      if (node.isAlive()) {
        try {
          node.kill();
        } catch (InterruptedException stop) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** A directory for files of this test. */
  Path directory() {
    return directory;
  }

  /** The Vert.x of the clients. */
  Vertx vertx() {
    return vertx;
  }

  Clients clients() {
    return clients;
  }

  /**
   * Starts so many nodes, named n1, n2, …, with these flags; waits until all are ready and see each
   * other.
   */
  List<TestNode> start(int count, String... flags) throws Exception {
    for (int i = 0; i < count; i++) {
      TestNode node = join(flags);
      if (nodes.size() == 1) {
        Duration took = Eventually.within(Eventually.PATIENCE, "the first node", node::isReady);
        slowness = Math.max(SHARED, took.toMillis() / (double) USUAL_START.toMillis());
      }
    }
    awaitFormed();
    return List.copyOf(nodes);
  }

  /**
   * What the product promises for a machine that has time for it, longer on a busy one: thrice that
   * at least, or by as much as the first node took longer to start than it does otherwise.
   */
  Duration promised(Duration time) {
    return Duration.ofMillis((long) (time.toMillis() * slowness));
  }

  /** Starts one more node; returns at once. */
  TestNode join(String... flags) throws IOException {
    TestNode node = new TestNode("n" + (nodes.size() + 1), directory, ports, environment);
    nodes.add(node);
    restart(node, flags);
    return node;
  }

  /** Starts a node that has ended; returns at once. */
  void restart(TestNode node, String... flags) throws IOException {
    // Its own address first: the first node of a cluster needs no other.
    Stream<TestNode> others = nodes.stream().filter(other -> other != node && other.isAlive());
    List<String> join =
        Stream.concat(Stream.of(node), others).map(TestNode::clusterAddress).toList();
    node.start(join, List.of(flags));
  }

  /** Starts all nodes, which have ended, at the same time; waits until they are ready. */
  void restartAll() throws Exception {
    List<String> all = nodes.stream().map(TestNode::clusterAddress).toList();
    for (TestNode node : nodes) {
      node.start(all, List.of());
    }
    awaitFormed();
  }

  /** Waits until all live nodes are ready and see each other. */
  void awaitFormed() throws Exception {
    List<TestNode> alive = alive();
    for (TestNode node : alive) {
      node.awaitReady();
      node.admin().awaitNodes(alive.size());
    }
  }

  /** Makes a jar and deploys it at that node; returns what the admin API answers. */
  JsonObject deploy(TestNode node, FunctionJar function) throws Exception {
    Path jar = directory.resolve("function" + ++jars + ".jar");
    return node.admin().deploy(function.writeTo(jar));
  }

  List<TestNode> alive() {
    return nodes.stream().filter(TestNode::isAlive).toList();
  }
}
