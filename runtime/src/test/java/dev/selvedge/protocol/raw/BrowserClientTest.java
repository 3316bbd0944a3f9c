package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.selvedge.function.Transport;
import dev.selvedge.protocol.TestEdge;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code selvedge.js}, as the node serves it, in Node.js against nodes on real sockets. */
class BrowserClientTest {
  private static final String SCENARIOS = "selvedge-client.mjs";

  @TempDir private Path directory;

  @Test
  @Timeout(400)
  void scenariosPassInNode() throws Exception {
    Path node = requireNode();
    Path scenarios = directory.resolve(SCENARIOS);
    try (InputStream in = getClass().getResourceAsStream(SCENARIOS)) {
      Files.copy(in, scenarios);
    }

    try (TestEdge edge = new TestEdge(List.of(Transport.values()));
        TestEdge pollOnly = new TestEdge(List.of(Transport.LONGPOLL))) {
      Path client = Files.writeString(directory.resolve("selvedge.mjs"), served(edge));
      List<String> command =
          List.of(
              node.toString(),
              // Node 20 has the browser's WebSocket behind this flag; later ones accept it.
              "--experimental-websocket",
              scenarios.toString(),
              client.toUri().toString(),
              Integer.toString(edge.port()),
              Integer.toString(pollOnly.port()));
      run(command);
    }
  }

  private static String served(TestEdge edge) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + edge.port() + "/selvedge.js"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, response.statusCode());
    return response.body();
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(360, TimeUnit.SECONDS);
      String text = Files.readString(output, StandardCharsets.UTF_8);
      assertTrue(ended, () -> "not done:\n" + text);
      assertEquals(0, process.exitValue(), text);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Path requireNode() {
    Optional<Path> node =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
            .map(folder -> Path.of(folder, "node"))
            .filter(Files::isExecutable)
            .findFirst();
    if (node.isEmpty()) {
      String advice = "Node.js 20 or later is missing: apt-get install nodejs";
      if ("true".equals(System.getenv("SELVEDGE_TEST_ALL"))) {
        fail(advice);
      }
      System.out.println("skipped: " + advice);
      abort(advice);
    }
    return node.orElseThrow();
  }
}
