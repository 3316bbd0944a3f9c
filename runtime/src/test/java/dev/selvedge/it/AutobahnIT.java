package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The Autobahn test suite's fuzzing client, groups 1–7 and 10 (RFC 6455), against the raw endpoints
 * of a node. Groups 9, 12 and 13 are tests of our own, in package {@code edge}. The suite and its
 * Jython are put into {@code target/autobahn} by the build; its pages, with every frame of every
 * case, are in {@code target/it-logs} afterwards.
 */
final class AutobahnIT {
  private static final Path SUITE = Path.of("target", "autobahn");
  private static final String EXCLUDED = "9.*,12.*,13.*";
  private static final int CASES = 247;

  /** Allowed by the RFC, though not the best that can be done. */
  private static final Set<String> NON_STRICT = Set.of("NON-STRICT", "UNCLEAN");

  private static final Set<String> PASSED = Set.of("OK", "INFORMATIONAL");
  private static final int NON_STRICT_MAX = 4;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  @Test
  void anEchoFunctionPassesEveryCaseWithCompressionOffAndOn() throws Exception {
    TestNode node = cluster.start(1).get(0);
    deployEcho(node, "plain", false);
    deployEcho(node, "deflate", true);

    JsonObject report = run(agent(node, "plain"), agent(node, "deflate"));

    for (String agent : List.of("plain", "deflate")) {
      JsonObject cases = report.getJsonObject(agent);
      assertEquals(CASES, cases.size(), agent + ": cases that were run");
      List<String> failed = new ArrayList<>(of(cases, Outcome.FAILED));
      assertTrue(failed.isEmpty(), () -> agent + ": " + String.join("\n", failed));
      List<String> nonStrict = of(cases, Outcome.NON_STRICT);
      assertTrue(
          nonStrict.size() <= NON_STRICT_MAX, () -> agent + ": " + String.join("\n", nonStrict));
    }
    assertTrue(answered("deflate", "1.1.1").contains("permessage-deflate"), "was agreed on");
    assertTrue(!answered("plain", "1.1.1").contains("permessage-deflate"), "was not agreed on");
  }

  /** The echo function from its jar, with limits that the suite's largest message fits into. */
  private void deployEcho(TestNode node, String name, boolean compression) throws Exception {
    JsonObject limits =
        new JsonObject()
            .put("max-frame", "1MiB")
            .put("max-message", "1MiB")
            .put("compression", compression);
    FunctionJar jar =
        FunctionJar.from(TestNode.HOME.resolve("functions/echo/target/echo.jar"))
            .with("name", name)
            .with("routes", List.of("/" + name))
            .with("limits", limits);
    cluster.deploy(node, jar);
  }

  private static String agent(TestNode node, String name) {
    return name + "=ws://127.0.0.1:" + node.clientPort() + "/" + name;
  }

  /** Runs the suite; returns its report: agent → case → outcome. */
  private JsonObject run(String... agents) throws Exception {
    Path script = cluster.directory().resolve("fuzzing-client.py");
    Files.write(script, FunctionJar.resource(AutobahnIT.class, "fuzzing-client.py"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Dpython.cachedir.skip=true", "-cp", jars()));
    command.addAll(List.of("org.python.util.jython", script.toString()));
    command.addAll(List.of(reports().toString(), EXCLUDED));
    command.addAll(List.of(agents));
    Path log = cluster.directory().resolve("autobahn.log");
    Process suite =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertTrue(suite.waitFor(15, TimeUnit.MINUTES), () -> "the suite does not end, see " + log);
    } finally {
      suite.destroyForcibly();
    }
    Path index = reports().resolve("index.json");
    assertTrue(Files.exists(index), () -> "the suite made no report, see " + log);
    return new JsonObject(Files.readString(index));
  }

  private static String jars() throws Exception {
    assertTrue(Files.isDirectory(SUITE), SUITE + " is missing: mvn pre-integration-test fills it");
    try (Stream<Path> jars = Files.list(SUITE)) {
      return String.join(
          System.getProperty("path.separator"), jars.map(Path::toString).sorted().toList());
    }
  }

  private Path reports() {
    return cluster.directory().resolve("reports");
  }

  private enum Outcome {
    PASSED,
    NON_STRICT,
    FAILED;

    /** Of how the server behaved, and of how the connection was closed. */
    static Outcome of(JsonObject result) {
      List<String> both = List.of(result.getString("behavior"), result.getString("behaviorClose"));
      if (AutobahnIT.PASSED.containsAll(both)) {
        return PASSED;
      }
      return both.stream().allMatch(one -> isTolerated(one)) ? NON_STRICT : FAILED;
    }

    private static boolean isTolerated(String word) {
      return AutobahnIT.PASSED.contains(word) || AutobahnIT.NON_STRICT.contains(word);
    }
  }

  /** Words about each case with that outcome. */
  private List<String> of(JsonObject cases, Outcome outcome) {
    return cases.stream()
        .filter(entry -> Outcome.of((JsonObject) entry.getValue()) == outcome)
        .map(AutobahnIT::words)
        .sorted()
        .toList();
  }

  private static String words(Map.Entry<String, Object> entry) {
    JsonObject result = (JsonObject) entry.getValue();
    return String.format(
        "case %s: %s, closed %s with %s (%s)",
        entry.getKey(),
        result.getString("behavior"),
        result.getString("behaviorClose"),
        result.getInteger("remoteCloseCode"),
        result.getString("reportfile"));
  }

  /** The head of the server's answer to the handshake of a case. */
  private String answered(String agent, String id) throws Exception {
    String file = agent + "_case_" + id.replace('.', '_') + ".json";
    return new JsonObject(Files.readString(reports().resolve(file))).getString("httpResponse");
  }
}
