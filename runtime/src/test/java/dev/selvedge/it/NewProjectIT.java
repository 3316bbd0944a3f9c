package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From {@code selvedge new} to a second version under a live client, all by commands. */
class NewProjectIT {
  private static final String SELVEDGE = TestNode.HOME.resolve("selvedge").toString();

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private TestNode node;
  private Shell shell;

  @BeforeEach
  void startANode() throws Exception {
    node = cluster.start(1).get(0);
    shell =
        new Shell(
            cluster.directory(),
            Map.of("SELVEDGE_TOKEN", TestCluster.TOKEN, "SELVEDGE_NODE", node.admin().url()));
  }

  @Test
  void aNewProjectBuildsDeploysAndIsReplacedUnderALiveClient() throws Exception {
    shell.run(SELVEDGE, "new", "hello");
    Shell project = shell.in("hello");
    project.run("mvn", "-q", "-B", "-ntp", "package");
    project.run(SELVEDGE, "deploy", "target/hello.jar");
    assertTrue(project.run(SELVEDGE, "call", "hello", "\"Ann\"").contains("Hello, Ann!"));

    SocketClient client = cluster.clients().socket(node, "/hello");
    assertEquals(new JsonArray().add("Hello, Bob!"), greeting(client));

    replaceInSources(project.directory(), "Hello, ", "Good day, ");
    project.run("mvn", "-q", "-B", "-ntp", "package");
    List<Future<JsonArray>> answers = new ArrayList<>();
    long timer =
        cluster.vertx().setPeriodic(5, tick -> answers.add(client.request("message", "Bob")));
    project.run(SELVEDGE, "deploy", "target/hello.jar");
    cluster.vertx().cancelTimer(timer);

    assertEquals(new JsonArray().add("Good day, Bob!"), greeting(client));
    assertFalse(client.isClosed());
    List<Future<JsonArray>> all = List.copyOf(answers);
    Eventually.value(Future.all(all)); // none of them lost, none failed
    assertFalse(all.isEmpty());

    project.run(SELVEDGE, "rollback", "hello");
    assertEquals(new JsonArray().add("Hello, Bob!"), greeting(client));
    assertFalse(client.isClosed());
  }

  private static JsonArray greeting(SocketClient client) throws Exception {
    return Eventually.value(client.request("message", "Bob"));
  }

  private static void replaceInSources(Path project, String old, String other) throws Exception {
    try (var files = Files.walk(project.resolve("src"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Files.writeString(file, Files.readString(file).replace(old, other));
      }
    }
  }

  @Test
  void commandsSayWhatIsWrongAndEndWithACodeForIt() throws Exception {
    shell.run(SELVEDGE, "new", "hello");

    assertEnds(1, "is there already", SELVEDGE, "new", "hello");
    assertEnds(2, "Hello!", SELVEDGE, "new", "Hello!");
    assertEnds(2, "99999 (expected: 0..65535)", SELVEDGE, "start", "--port", "99999");
    assertEnds(3, "127.0.0.1:1", SELVEDGE, "nodes", "--node", "http://127.0.0.1:1");
    assertEnds(4, "token", SELVEDGE, "nodes", "--token", "wrong");
    assertEnds(5, "nobody", SELVEDGE, "call", "nobody", "1");
    assertEnds(2, "nowhere.jar", SELVEDGE, "deploy", "nowhere.jar");
    Path text = Files.writeString(shell.directory().resolve("text.jar"), "no zip");
    assertEnds(1, "zip", SELVEDGE, "deploy", text.toString());
  }

  private void assertEnds(int code, String words, String... command) throws Exception {
    Shell.Result result = shell.tryRun(command);
    String told = String.join(" ", command) + "\n" + result.output();
    assertEquals(code, result.code(), told);
    assertTrue(result.output().contains(words), told);
  }

  @Test
  void jsonOutputIsOneArrayForListsAndOneObjectForOneThing() throws Exception {
    shell.run(SELVEDGE, "new", "hello");
    Shell project = shell.in("hello");
    project.run("mvn", "-q", "-B", "-ntp", "-DskipTests", "package");

    JsonObject deployed =
        new JsonObject(project.run(SELVEDGE, "deploy", "--json", "target/hello.jar"));
    assertEquals("hello", deployed.getString("name"));
    assertEquals(1, new JsonArray(shell.run(SELVEDGE, "functions", "--json")).size());
    assertEquals(1, new JsonArray(shell.run(SELVEDGE, "nodes", "--json")).size());
    assertEquals(0, new JsonArray(shell.run(SELVEDGE, "sessions", "--json")).size());
  }
}
