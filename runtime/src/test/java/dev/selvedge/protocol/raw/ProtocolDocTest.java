package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.TestEdge;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples and tables of {@code docs/protocol.md} against a node on real sockets. */
@Timeout(300)
class ProtocolDocTest {
  private static final Path DOC = Path.of("..", "docs", "protocol.md");
  private static final Pattern EXAMPLE =
      Pattern.compile("^```(http|websocket)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(session|token|number)}");
  private static final Map<String, String> FORMS =
      Map.of(
          "session", "[a-z0-9]{8}-[0-9]+-[A-Za-z0-9_-]{22}",
          "token", "[A-Za-z0-9_-]{22}",
          "number", "[0-9]+");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> known = new HashMap<>();

  @Test
  void examplesAreWhatANodeSays() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(DOC));
    int count = 0;
    try (TestEdge edge = new TestEdge(List.of(Transport.values()))) {
      while (example.find()) {
        count++;
        List<String> lines = example.group(2).lines().toList();
        if (example.group(1).equals("http")) {
          runHttp(edge.port(), lines);
        } else {
          runWebSocket(edge.port(), lines);
        }
      }
    }
    assertTrue(count >= 15, "examples found: " + count);
  }

  @Test
  void closeCodesAreTheCatalogue() throws IOException {
    Matcher row =
        Pattern.compile("^\\| (\\d{4}) \\| (.*?) \\| (yes|no) \\|$", Pattern.MULTILINE)
            .matcher(Files.readString(DOC));
    List<CloseReason> told = new ArrayList<>();
    while (row.find()) {
      told.add(
          new CloseReason(
              Integer.parseInt(row.group(1)), row.group(2), row.group(3).equals("yes")));
    }

    assertEquals(CloseReason.catalogue(), told);
  }

  @Test
  void browserClientRetriesAfterTheCodesOfTheCatalogue() throws IOException {
    String client;
    try (InputStream in = getClass().getResourceAsStream("/web/selvedge.js")) {
      client = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Matcher codes = Pattern.compile("RETRYABLE = new Set\\(\\[(.*?)]\\)").matcher(client);
    assertTrue(codes.find());

    assertEquals(
        CloseReason.catalogue().stream()
            .filter(CloseReason::retry)
            .map(reason -> Integer.toString(reason.code()))
            .collect(Collectors.joining(", ")),
        codes.group(1));
  }

  // HTTP examples.

  private void runHttp(int port, List<String> lines) throws Exception {
    List<String> request = said(lines, '>');
    List<String> answer = said(lines, '<');
    boolean ofKnownSession = String.join("\n", request).contains("{");
    if (request.get(0).contains("?ack=")) {
      awaitMessages(port, request, fill(answer.get(answer.size() - 1)));
    }
    HttpResponse<InputStream> response =
        http.send(request(port, request), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      String status = "HTTP/1.1 " + response.statusCode();
      if (!status.equals(answer.get(0))) {
        fail(request + "\nexpected: " + answer + "\nbut was: " + status + " " + readAll(body));
      }
      int end = headersEnd(answer);
      for (String header : answer.subList(1, end)) {
        String[] parts = header.split(": ", 2);
        assertEquals(parts[1], response.headers().firstValue(parts[0]).orElse(""), request.get(0));
      }
      boolean stream = String.join("\n", request).contains("text/event-stream");
      List<String> expected =
          end < answer.size() ? answer.subList(end + 1, answer.size()) : List.of();
      String text = String.join("\n", expected) + (stream ? "\n" : "");
      match(text, stream ? read(body, text) : readAll(body), ofKnownSession);
    }
  }

  /**
   * A poll may be answered with the first of several messages. Until it acknowledges them it gets
   * them again, with those that have come since.
   */
  private void awaitMessages(int port, List<String> poll, String expected) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    String got;
    do {
      got = http.send(request(port, poll), HttpResponse.BodyHandlers.ofString()).body();
    } while (got.length() < expected.length() && System.nanoTime() < end);
  }

  private HttpRequest request(int port, List<String> lines) {
    String[] first = lines.get(0).split(" ");
    int end = headersEnd(lines);
    String body = end < lines.size() ? String.join("\n", lines.subList(end + 1, lines.size())) : "";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + fill(first[1])))
            .timeout(Duration.ofSeconds(60))
            .method(
                first[0],
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(fill(body)));
    for (String header : lines.subList(1, end)) {
      String[] parts = header.split(": ", 2);
      request.header(parts[0], fill(parts[1]));
    }
    return request.build();
  }

  private static int headersEnd(List<String> lines) {
    int empty = lines.indexOf("");
    return empty < 0 ? lines.size() : empty;
  }

  private static List<String> said(List<String> lines, char who) {
    return lines.stream()
        .filter(line -> line.charAt(0) == who)
        .map(line -> line.length() > 2 ? line.substring(2) : "")
        .toList();
  }

  private static String readAll(InputStream body) throws IOException {
    return new String(body.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** As many lines of a stream as are expected. */
  private static String read(InputStream body, String expected) throws IOException {
    long lines = expected.lines().count();
    StringBuilder text = new StringBuilder();
    while (text.toString().lines().count() < lines || text.charAt(text.length() - 1) != '\n') {
      int next = body.read();
      assertTrue(next >= 0, () -> "the stream ended after: " + text);
      text.append((char) next);
    }
    return text.toString();
  }

  // WebSocket examples.

  private void runWebSocket(int port, List<String> lines) throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    WebSocket.Builder builder = http.newWebSocketBuilder();
    List<String> conversation = lines;
    if (lines.get(0).startsWith("subprotocol ")) {
      builder.subprotocols(lines.get(0).substring("subprotocol ".length()));
      conversation = lines.subList(1, lines.size());
    }
    WebSocket socket =
        builder
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/test"), new Receiver(received))
            .get(60, TimeUnit.SECONDS);
    for (String line : conversation) {
      if (line.startsWith("> ")) {
        socket.sendText(line.substring(2), true).get(60, TimeUnit.SECONDS);
      } else {
        String got = received.poll(60, TimeUnit.SECONDS);
        assertTrue(got != null, () -> "nothing came in place of: " + line);
        match(line.substring(2), got, false);
      }
    }
    socket.abort();
  }

  private record Receiver(BlockingQueue<String> received) implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      assertTrue(last);
      received.add(text.toString());
      return WebSocket.Listener.super.onText(socket, text, last);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      received.add("close " + code + " " + reason);
      return null;
    }
  }

  // Placeholders.

  private String fill(String text) {
    return PLACEHOLDER.matcher(text).replaceAll(found -> known.get(found.group(1)));
  }

  /**
   * @param ofKnownSession whether placeholders stand for what is known; otherwise for new values,
   *     which are known from then on
   */
  private void match(String expected, String actual, boolean ofKnownSession) {
    if (ofKnownSession) {
      assertEquals(fill(expected), actual);
      return;
    }
    Matcher matcher = Pattern.compile(pattern(expected)).matcher(actual);
    assertTrue(matcher.matches(), () -> "expected: " + expected + "\nbut was: " + actual);
    for (String name : FORMS.keySet()) {
      if (expected.contains("{" + name + "}")) {
        known.put(name, matcher.group(name));
      }
    }
  }

  private static String pattern(String expected) {
    StringBuilder pattern = new StringBuilder();
    Map<String, Boolean> seen = new HashMap<>();
    int literal = 0;
    Matcher placeholder = PLACEHOLDER.matcher(expected);
    while (placeholder.find()) {
      String name = placeholder.group(1);
      pattern.append(Pattern.quote(expected.substring(literal, placeholder.start())));
      pattern.append(
          seen.put(name, true) == null
              ? "(?<" + name + ">" + FORMS.get(name) + ")"
              : "\\k<" + name + ">");
      literal = placeholder.end();
    }
    return pattern.append(Pattern.quote(expected.substring(literal))).toString();
  }
}
