package dev.selvedge.admin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerTest {
  private static final String TOKEN = "the-token";

  @TempDir Path directory;

  private final FakeOperations operations = new FakeOperations();
  private final Metrics metrics = new Metrics();
  private final HttpClient client = HttpClient.newHttpClient();
  private Vertx vertx;
  private AdminServer server;
  private Path uploads;
  private int port;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    uploads = directory.resolve("uploads");
    server =
        new AdminServer(
            vertx,
            operations,
            metrics,
            new AdminServer.Settings("127.0.0.1", 0, () -> TOKEN, uploads));
    port = server.start().await(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    server.close().await(60, TimeUnit.SECONDS);
    vertx.close().await(60, TimeUnit.SECONDS);
    metrics.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("authorization", "Bearer " + TOKEN);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(BodyPublishers.ofString(body)));
  }

  private static JsonObject json(HttpResponse<String> response) {
    assertEquals("application/json", response.headers().firstValue("content-type").orElse(""));
    return new JsonObject(response.body());
  }

  private static JsonArray items(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response.body());
    return json(response).getJsonArray("items");
  }

  private static void assertError(int status, String code, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    JsonObject error = json(response).getJsonObject("error");
    assertEquals(code, error.getString("code"), response.body());
    assertFalse(error.getString("text").isBlank());
  }

  private int raw(String... head) throws Exception {
    String text = String.join("\r\n", head) + "\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(60_000);
      return statusOf(socket.getInputStream());
    }
  }

  private static int statusOf(InputStream in) throws IOException {
    byte[] line = in.readNBytes("HTTP/1.1 200".length());
    return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
  }

  @Test
  void nothingOfTheApiIsDoneWithoutTheToken() throws Exception {
    for (String path : List.of("/v1/nodes", "/v1/functions", "/v1/sessions", "/v1/nothing")) {
      var none = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
      var wrong =
          send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header("authorization", "Bearer the-tokem"));

      assertError(401, "unauthorized", none);
      assertEquals("Bearer", none.headers().firstValue("www-authenticate").orElse(""));
      assertError(401, "unauthorized", wrong);
    }
  }

  @Test
  void anUploadWithAWrongTokenIsRefusedUnread() throws Exception {
    var response =
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/functions"))
                .header("authorization", "Bearer nope")
                .PUT(BodyPublishers.ofByteArray(new byte[100_000])));

    assertError(401, "unauthorized", response);
    assertTrue(operations.deployed.isEmpty());
  }

  @Test
  void healthReadinessMetricsAndTheDocumentNeedNoTokenHere() throws Exception {
    for (String path : List.of("/healthz", "/readyz", "/metrics", "/v1/openapi.yaml", "/")) {
      var response = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
      assertEquals(200, response.statusCode(), path);
    }
  }

  @Test
  void aPageThatRenamedLoopbackIsTurnedAway() throws Exception {
    assertEquals(403, raw("GET /healthz HTTP/1.1", "Host: evil.example:" + port));
    assertEquals(200, raw("GET /healthz HTTP/1.1", "Host: localhost:" + port));
    assertEquals(
        403,
        raw("GET /healthz HTTP/1.1", "Host: localhost:" + port, "Origin: http://evil.example"));
    assertEquals(
        200,
        raw(
            "GET /healthz HTTP/1.1",
            "Host: localhost:" + port,
            "Origin: http://localhost:" + port));
  }

  @Test
  void readinessSaysWhyNot() throws Exception {
    operations.notReady = List.of("chat@2 is starting", "redis does not answer");

    var response = get("/readyz");

    assertEquals(503, response.statusCode());
    assertFalse(json(response).getBoolean("ready"));
    assertEquals(new JsonArray(operations.notReady), json(response).getJsonArray("reasons"));
    assertEquals("ready", json(response).getString("phase"));
  }

  @Test
  void metricsAreInThePrometheusFormat() throws Exception {
    metrics.sessionOpened("chat", "raw", "sse");

    var response = get("/metrics");

    assertTrue(response.headers().firstValue("content-type").orElse("").startsWith("text/plain"));
    assertTrue(response.body().contains("# TYPE selvedge_sessions gauge"), response.body());
  }

  @Test
  void nodesAreListedAndDrained() throws Exception {
    JsonObject node = items(get("/v1/nodes")).getJsonObject(1);
    var drained = post("/v1/nodes/aaaaaaaa/drain", "");

    assertEquals("draining", node.getString("phase"));
    assertEquals(new JsonArray(List.of("host")), node.getJsonArray("roles"));
    assertEquals(204, drained.statusCode());
    assertEquals(List.of("drain aaaaaaaa"), operations.asked);
    assertError(404, "no-such-node", post("/v1/nodes/zzzzzzzz/drain", ""));
  }

  @Test
  void functionsAreListedWithWhatEachNodeMakesOfThem() throws Exception {
    JsonObject chat = items(get("/v1/functions")).getJsonObject(0);

    assertEquals(2, chat.getInteger("version"));
    assertEquals("2026-01-02T03:04:05Z", version(chat).getString("deployedAt"));
    JsonObject second = chat.getJsonArray("nodes").getJsonObject(1);
    assertEquals("slow disk", second.getString("problem"));
    assertEquals(7, second.getInteger("errors"));
    assertEquals(chat, json(get("/v1/functions/chat")));
    assertError(404, "no-such-function", get("/v1/functions/nope"));
  }

  private static JsonObject version(JsonObject function) {
    return function.getJsonArray("versions").getJsonObject(0);
  }

  @Test
  void aJarIsStreamedInAndTheFileGoneAfterwards() throws Exception {
    byte[] jar = new byte[3_000_000];
    new Random(1).nextBytes(jar);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(jar);

    var response =
        send(
            request("/v1/functions?name=talk&route=/talk")
                .header(
                    "content-digest", "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":")
                .PUT(BodyPublishers.ofByteArray(jar)));

    assertEquals(200, response.statusCode(), response.body());
    assertEquals(3, json(response).getInteger("version"));
    assertEquals(new JsonArray(), json(response).getJsonArray("warnings"));
    assertEquals(List.of("deploy talk /talk"), operations.asked);
    assertArrayEquals(jar, operations.deployed.get(0));
    assertNoUploads();
  }

  private void assertNoUploads() throws IOException {
    try (Stream<Path> left = Files.list(uploads)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aJarWithAnotherHashIsNotDeployed() throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest("other".getBytes(StandardCharsets.UTF_8));

    var response =
        send(
            request("/v1/functions")
                .header(
                    "content-digest", "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":")
                .PUT(BodyPublishers.ofString("jar")));

    assertError(400, "wrong-digest", response);
    assertTrue(operations.deployed.isEmpty());
    assertNoUploads();
  }

  @Test
  void anEmptyUploadAnUnknownParameterAndAClashAreNamed() throws Exception {
    assertError(400, "empty-upload", send(request("/v1/functions").PUT(BodyPublishers.noBody())));
    assertError(400, "bad-parameter", put("/v1/functions?nam=x"));
    assertError(409, "route-taken", put("/v1/functions?name=taken"));
    assertNoUploads();
  }

  private HttpResponse<String> put(String path) throws Exception {
    return send(request(path).PUT(BodyPublishers.ofString("jar")));
  }

  @Test
  void anUploadThatIsCutOffLeavesNothing() throws Exception {
    String head =
        "PUT /v1/functions HTTP/1.1\r\nHost: localhost:"
            + port
            + "\r\nAuthorization: Bearer "
            + TOKEN
            + "\r\nContent-Length: 1000000\r\n\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(new byte[500_000]);
      socket.getOutputStream().flush();
      await(() -> uploadCount() == 1);
    }

    await(() -> uploadCount() == 0);
    assertTrue(operations.deployed.isEmpty());
    assertEquals(200, get("/healthz").statusCode());
  }

  private long uploadCount() throws IOException {
    try (Stream<Path> left = Files.list(uploads)) {
      return left.count();
    }
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "not within 60 s");
      Thread.sleep(5);
    }
  }

  @Test
  void functionsAreUndeployedAndRolledBack() throws Exception {
    assertEquals(204, send(request("/v1/functions/chat").DELETE()).statusCode());
    assertError(404, "no-such-function", send(request("/v1/functions/nope").DELETE()));
    operations.warnings = List.of("slow");
    JsonObject back = json(post("/v1/functions/chat/rollback", ""));
    assertEquals(4, back.getInteger("version"));
    assertEquals(new JsonArray().add("slow"), back.getJsonArray("warnings"));
    assertEquals(200, post("/v1/functions/chat/rollback", "{\"to\":1}").statusCode());
    assertEquals(List.of("undeploy chat", "rollback chat -", "rollback chat 1"), operations.asked);
    assertError(400, "bad-body", post("/v1/functions/chat/rollback", "{\"to\":\"one\"}"));
    assertError(400, "bad-body", post("/v1/functions/chat/rollback", "{\"two\":1}"));
    assertError(400, "bad-body", post("/v1/functions/chat/rollback", "{\"to\""));
  }

  @Test
  void aCallTakesAndGivesAnyJsonValue() throws Exception {
    for (String value : List.of("{\"a\":[1,null]}", "[1,2]", "\"text\"", "42", "true", "null")) {
      assertEquals(value, post("/v1/functions/echo/call", value).body());
    }
    assertEquals("null", post("/v1/functions/echo/call", "").body());
    var bytes =
        client.send(
            request("/v1/functions/bytes/call").POST(BodyPublishers.noBody()).build(),
            BodyHandlers.ofByteArray());
    assertArrayEquals(new byte[] {0, (byte) 0xff}, bytes.body());
  }

  @Test
  void aFunctionsErrorIsHandedThroughAndAnInternalOneIsNot() throws Exception {
    var refused = post("/v1/functions/refuses/call", "");
    var broken = post("/v1/functions/breaks/call", "");

    assertError(422, "sold-out", refused);
    assertEquals(0, json(refused).getJsonObject("error").getJsonObject("data").getInteger("left"));
    assertError(500, "internal", broken);
    assertFalse(broken.body().contains("secret"));
    assertError(404, "no-such-function", post("/v1/functions/nope/call", ""));
    assertError(400, "bad-body", post("/v1/functions/echo/call", "{"));
  }

  @Test
  void sessionsAreFilteredAndPaged() throws Exception {
    var first = get("/v1/sessions?limit=2");

    assertEquals(2, items(first).size());
    assertEquals("aaaaaaaa-0-s2", json(first).getString("next"));
    var second = get("/v1/sessions?limit=2&after=aaaaaaaa-0-s2");
    assertEquals("bbbbbbbb-1-s3", items(second).getJsonObject(0).getString("id"));
    assertFalse(json(second).containsKey("next"));
    assertEquals(2, items(get("/v1/sessions?function=chat")).size());
    assertEquals(1, items(get("/v1/sessions?node=bbbbbbbb")).size());
    assertEquals(1, items(get("/v1/sessions?group=a%2Fb%20%C3%BC")).size());
    assertEquals(0, items(get("/v1/sessions?protocol=signalr")).size());
    assertError(400, "bad-parameter", get("/v1/sessions?limit=0"));
    assertError(400, "bad-parameter", get("/v1/sessions?limit=many"));
    assertError(400, "bad-parameter", get("/v1/sessions?funtion=chat"));
  }

  @Test
  void aSessionIsShownSentToAndClosed() throws Exception {
    String path = "/v1/sessions/aaaaaaaa-0-s1";
    assertEquals("10.1.2.3", json(get(path)).getString("remoteAddress"));
    assertEquals(
        204, post(path + "/messages", "{\"event\":\"hi\",\"args\":[1,\"x\",null]}").statusCode());
    assertEquals(204, post(path + "/messages", "{\"event\":\"hi\"}").statusCode());
    assertEquals(204, send(request(path).DELETE()).statusCode());
    assertEquals(
        List.of(
            "send aaaaaaaa-0-s1 hi [1, x, null]",
            "send aaaaaaaa-0-s1 hi []",
            "close aaaaaaaa-0-s1"),
        operations.asked);
    assertError(404, "no-such-session", get("/v1/sessions/nope"));
    assertError(404, "no-such-session", send(request("/v1/sessions/nope").DELETE()));
    assertError(400, "bad-body", post(path + "/messages", "{\"args\":[]}"));
    assertError(400, "bad-body", post(path + "/messages", "[]"));
    assertError(400, "bad-body", post(path + "/messages", "{\"event\":\"x\",\"args\":7}"));
  }

  @Test
  void groupsAreShownAndPublishedToWhateverTheirName() throws Exception {
    assertEquals("lobby", items(get("/v1/groups")).getJsonObject(0).getString("name"));
    JsonObject member = items(get("/v1/groups/a%2Fb%20%C3%BC/members")).getJsonObject(0);
    assertEquals("ann", member.getJsonObject("meta").getString("name"));
    String body = "{\"event\":\"hi\",\"args\":[{\"a\":1}],\"except\":[\"s1\"]}";
    assertEquals(204, post("/v1/groups/a%2Fb%20%C3%BC/messages", body).statusCode());
    assertEquals(
        List.of("members a/b ü", "publish a/b ü hi [{\"a\":1}] except [s1]"), operations.asked);
    assertError(
        400, "bad-body", post("/v1/groups/lobby/messages", "{\"event\":\"x\",\"except\":[1]}"));
  }

  @Test
  void stallsAndLeaksAreListed() throws Exception {
    assertEquals(2_100, items(get("/v1/stalls")).getJsonObject(0).getInteger("millis"));
    assertEquals("a ThreadLocal", items(get("/v1/leaks")).getJsonObject(0).getString("suspects"));
  }

  @Test
  void unknownPathsMethodsAndOverlongBodiesAreErrorsInTheSameForm() throws Exception {
    assertError(404, "no-such-path", get("/v1/nothing"));
    assertError(405, "method-not-allowed", send(request("/v1/nodes").DELETE()));
    BodyPublisher large = BodyPublishers.ofByteArray(new byte[2_000_000]);
    assertError(413, "too-large", send(request("/v1/functions/echo/call").POST(large)));
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    AdminServer second =
        new AdminServer(
            vertx,
            operations,
            metrics,
            new AdminServer.Settings("127.0.0.1", port, () -> TOKEN, uploads));

    var failure = second.start().transform(result -> Future.succeededFuture(result.cause()));

    assertEquals(
        "admin.port: " + port + " (expected: a port that is free on 127.0.0.1)",
        failure.await(60, TimeUnit.SECONDS).getMessage());
  }
}
