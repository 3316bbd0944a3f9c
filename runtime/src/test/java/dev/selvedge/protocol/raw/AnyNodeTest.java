package dev.selvedge.protocol.raw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.TestCluster;
import dev.selvedge.protocol.TestEdge;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of a session to the node that does not have it, in a real cluster on real sockets. */
@Timeout(240)
class AnyNodeTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private TestCluster cluster;
  private ClusteredFabric ownersFabric;
  private TestEdge owner;
  private TestEdge other;
  private JsonObject opened;
  private boolean ownerIsGone;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster();
    ownersFabric = cluster.join();
    owner = TestEdge.in(ownersFabric);
    other = TestEdge.in(cluster.join());
    cluster.awaitComplete();
  }

  @AfterEach
  void stop() throws Exception {
    if (!ownerIsGone) {
      owner.close();
    }
    other.close();
    cluster.close();
  }

  // Requests.

  private HttpRequest.Builder to(TestEdge node, String query) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/test" + query))
            .timeout(Duration.ofSeconds(60));
    if (opened != null) {
      request.header("x-selvedge-session", opened.getString("session"));
      request.header("x-selvedge-token", opened.getString("token"));
    }
    return request;
  }

  private HttpResponse<String> ask(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(TestEdge node, String body) throws Exception {
    return ask(
        to(node, "")
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private void openLongPoll() throws Exception {
    HttpResponse<String> answer =
        ask(to(owner, "?transport=longpoll").POST(HttpRequest.BodyPublishers.noBody()));
    opened = new JsonObject(answer.body());
  }

  private InputStream stream(TestEdge node, String lastEventId) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/test"))
            .header("accept", "text/event-stream");
    if (lastEventId != null) {
      request.header("last-event-id", lastEventId);
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertEquals(200, response.statusCode());
    return response.body();
  }

  private static BufferedReader lines(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  /** The data of the next event of that name; the others are passed over. */
  private static String next(BufferedReader lines, String event) throws IOException {
    String line;
    while ((line = lines.readLine()) != null) {
      if (line.equals("event: " + event)) {
        String data = lines.readLine();
        return data.startsWith("data: ") ? data.substring(6) : next(lines, data);
      }
    }
    throw new AssertionError("the stream ended before: " + event);
  }

  // What is promised.

  @Test
  void longPollsAndPostsMayGoToAnyNode() throws Exception {
    openLongPoll();

    assertEquals(202, post(other, "[{\"event\":\"a\",\"args\":[1],\"id\":1}]").statusCode());
    assertEquals(202, post(owner, "[{\"event\":\"b\"}]").statusCode());

    JsonArray got = new JsonArray();
    long ack = 0;
    while (got.size() < 3) {
      HttpResponse<String> poll = ask(to(other, "?ack=" + ack).GET());
      assertEquals(200, poll.statusCode(), poll.body());
      got.addAll(new JsonArray(poll.body()));
      ack = got.isEmpty() ? 0 : got.getJsonObject(got.size() - 1).getLong("seq");
    }
    assertEquals(
        "[{\"seq\":1,\"event\":\"welcome\",\"args\":[\"longpoll\"]},"
            + "{\"seq\":2,\"event\":\"a\",\"args\":[1]},{\"seq\":3,\"event\":\"b\",\"args\":[]}]",
        got.encode());
    assertEquals(204, ask(to(other, "").DELETE()).statusCode());
    assertEquals(410, ask(to(owner, "?ack=3").GET()).statusCode());
  }

  @Test
  void streamGoesOnAtAnotherNode() throws Exception {
    InputStream first = stream(owner, null);
    BufferedReader firstLines = lines(first);
    assertEquals("event: open", firstLines.readLine());
    firstLines.readLine();
    String id = firstLines.readLine().substring("id: ".length());
    opened = new JsonObject(firstLines.readLine().substring("data: ".length()));
    first.close();

    try (InputStream second = stream(other, id)) {
      BufferedReader lines = lines(second);
      assertEquals("[\"sse\"]", next(lines, "welcome"));
      assertEquals(202, post(other, "{\"event\":\"push\",\"args\":[1,5000]}").statusCode());
      for (int i = 1; i <= 5_000; i++) {
        assertEquals("[" + i + "]", next(lines, "n"));
      }
    }
  }

  @Test
  void clientThatDoesNotReadIsFeltAtTheSession() throws Exception {
    BufferedReader first = lines(stream(other, null));
    assertEquals("event: open", first.readLine());
    first.readLine();
    String id = first.readLine().substring("id: ".length());
    opened = new JsonObject(first.readLine().substring("data: ".length()));
    String kibibyte = "x".repeat(1024);

    // The stream is read by nobody, through the node that does not have the session.
    try (InputStream unread = stream(owner, id)) {
      String message = "{\"event\":\"echo\",\"args\":[\"" + kibibyte.repeat(100) + "\"]}";
      int status = 202;
      int posts = 0;
      while (status == 202 && posts++ < 1_000) {
        status = post(owner, message).statusCode();
      }

      assertEquals(410, status);
      HttpResponse<String> poll = post(owner, message);
      assertEquals(4008, new JsonObject(poll.body()).getJsonObject("close").getInteger("code"));
      assertTrue(unread.available() >= 0);
    }
  }

  @Test
  void forgedTokensAndUnknownSessionsAreRefusedThroughAnotherNode() throws Exception {
    openLongPoll();
    JsonObject real = opened;

    opened = real.copy().put("token", "A".repeat(22));
    HttpResponse<String> forged = ask(to(other, "").GET());
    opened =
        real.copy().put("session", real.getString("session").substring(0, 11) + "A".repeat(22));
    HttpResponse<String> unknown = ask(to(other, "").GET());

    assertEquals(403, forged.statusCode());
    assertEquals(404, unknown.statusCode());
  }

  @Test
  void sessionsOfANodeThatIsGoneAreUnknownAndStreamsBeginAnew() throws Exception {
    openLongPoll();
    TestEdge.get(ownersFabric.close());
    cluster.forget(ownersFabric);
    ownerIsGone = true;

    HttpResponse<String> poll = ask(to(other, "").GET());
    assertEquals(404, poll.statusCode());
    assertTrue(poll.body().contains("no-such-session"));
    try (InputStream again =
        stream(other, opened.getString("session") + "." + opened.getString("token") + ".0")) {
      assertEquals("event: open", lines(again).readLine());
    }
  }
}
