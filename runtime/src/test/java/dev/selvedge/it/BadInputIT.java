package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.FailsToStart;
import dev.selvedge.it.function.Room;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever comes in, the answer is a clear error or the right close code, the node stays healthy,
 * and nothing else is disturbed: a witness talks on one connection all the time.
 */
class BadInputIT {
  private static final Path ECHO = TestNode.HOME.resolve("functions/echo/target/echo.jar");
  private static final String PATH = "/echo";

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private TestNode node;
  private Admin admin;
  private SocketClient witness;

  @BeforeEach
  void startANodeWithAWitness() throws Exception {
    node = cluster.start(1).get(0);
    admin = node.admin();
    admin.deploy(ECHO);
    witness = cluster.clients().socket(node, PATH);
    assertUndisturbed();
  }

  @AfterEach
  void nothingElseWasDisturbed() throws Exception {
    assertUndisturbed();
  }

  private void assertUndisturbed() throws Exception {
    assertTrue(admin.isReady());
    JsonArray said = new JsonArray().add("still here");
    assertEquals(said, Eventually.value(witness.request("message", "still here")));
    assertFalse(witness.isClosed());
    assertEquals(1, admin.function("echo").getInteger("version"));
  }

  // ---- deploys

  @Test
  void badArtifactsAreRefusedWithTheReason() throws Exception {
    Path text = cluster.directory().resolve("notes.jar");
    Files.writeString(text, "not a zip at all");
    assertRefused(text, "not-a-jar", "");

    assertRefused(zip("empty.jar", "a.txt", "a"), "no-manifest", "META-INF/function.yaml");

    assertRefused(manifest("name: Deli\nmain: x.Y"), "bad-manifest", "name: Deli");
    assertRefused(manifest("name: deli"), "bad-manifest", "main");
    assertRefused(manifest("name: deli\nmain: [x"), "bad-manifest", "YAML");
    assertRefused(
        manifest("name: deli\nmain: x.Y\nthreading: sometimes"),
        "bad-manifest",
        "sometimes (expected: event-loop, virtual, worker");
    assertRefused(manifest("name: deli\nmain: x.Y\nroute: /x"), "bad-manifest", "route");

    assertRefused(manifest("name: deli\nmain: org.example.Nowhere"), "bad-main", "Nowhere");
    assertRefused(
        FunctionJar.of("deli", FailsToStart.class).writeTo(cluster.directory().resolve("f.jar")),
        "start-failed",
        "the oven is cold");
    assertRefused(
        FunctionJar.of("deli", Room.class)
            .with("routes", new JsonArray().add(PATH))
            .writeTo(cluster.directory().resolve("taken.jar")),
        "route-taken",
        PATH);
  }

  private Path manifest(String yaml) throws IOException {
    return zip("manifest.jar", "META-INF/function.yaml", yaml);
  }

  private Path zip(String name, String entry, String content) throws IOException {
    Path file = cluster.directory().resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
    return file;
  }

  private void assertRefused(Path jar, String code, String words) throws Exception {
    HttpResponse<String> answer =
        admin.send(admin.request("/v1/functions").PUT(BodyPublishers.ofFile(jar)).build());
    assertError(answer.statusCode() / 100 * 100, 400, code, words, answer.body());
    assertEquals(1, admin.functions().size(), "functions");
    assertUndisturbed();
  }

  private static void assertError(
      int status, int expectedStatus, String code, String words, String body) {
    assertEquals(expectedStatus, status, body);
    JsonObject error = new JsonObject(body).getJsonObject("error");
    assertEquals(code, error.getString("code"), body);
    assertTrue(error.getString("text").contains(words), body);
  }

  @Test
  void anUploadThatIsCutOrAlteredChangesNothing() throws Exception {
    byte[] jar = Files.readAllBytes(ECHO);
    String head =
        "PUT /v1/functions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + TestCluster.TOKEN
            + "\r\n";
    for (int i = 0; i < 5; i++) {
      try (RawSocket operator = new RawSocket(node.adminPort())) {
        operator.send(head + "Content-Length: " + jar.length + "\r\n\r\n");
        operator.send(Buffer.buffer(jar).getBytes(0, jar.length / 2));
      }
      try (RawSocket operator = new RawSocket(node.adminPort())) {
        operator.send(head + "Transfer-Encoding: chunked\r\n\r\n400\r\n");
        operator.send(Buffer.buffer(jar).getBytes(0, 1024));
      }
    }
    assertUndisturbed();

    HttpResponse<String> altered =
        admin.send(
            admin
                .request("/v1/functions")
                .header("content-digest", "sha-256=:" + "A".repeat(43) + "=:")
                .PUT(BodyPublishers.ofByteArray(jar))
                .build());
    assertError(altered.statusCode(), 400, "wrong-digest", "AAAA", altered.body());
    Path uploads = node.data().resolve("uploads");
    assertTrue(Files.isDirectory(uploads), uploads + " is where uploads are");
    Eventually.until("what arrived is deleted", () -> uploads.toFile().list().length == 0);
  }

  @Test
  void aWrongTokenOpensNothing() throws Exception {
    for (String token : new String[] {"wrong", TestCluster.TOKEN + "x", ""}) {
      HttpResponse<String> answer =
          admin.send(
              admin
                  .request("/v1/functions/echo")
                  .setHeader("authorization", "Bearer " + token)
                  .DELETE()
                  .build());
      assertEquals(401, answer.statusCode(), answer.body());
    }
  }

  // ---- WebSockets

  @Test
  void badFramesCloseTheirOwnSocketWithTheRightCode() throws Exception {
    try (RawSocket client = RawSocket.webSocket(node.clientPort(), PATH)) {
      client.frame(true, RawSocket.TEXT, new byte[300 * 1024]);
      assertEquals(1009, client.awaitClose(), "a message of 300 KiB in one frame");
    }
    assertUndisturbed();

    try (RawSocket client = RawSocket.webSocket(node.clientPort(), PATH)) {
      client.frame(false, RawSocket.TEXT, new byte[60 * 1024]);
      for (int i = 1; i < 5; i++) {
        client.frame(i == 4, RawSocket.CONTINUATION, new byte[60 * 1024]);
      }
      assertEquals(1009, client.awaitClose(), "a message of 300 KiB in fragments");
    }
    assertUndisturbed();

    try (RawSocket client = RawSocket.webSocket(node.clientPort(), PATH)) {
      client.frame(true, RawSocket.TEXT, new byte[] {'a', (byte) 0xc3, '('});
      assertEquals(1007, client.awaitClose(), "invalid UTF-8");
    }
    assertUndisturbed();

    try (RawSocket client = RawSocket.webSocket(node.clientPort(), PATH)) {
      client.unmaskedFrame(RawSocket.TEXT, "a".getBytes(StandardCharsets.UTF_8));
      assertEquals(1002, client.awaitClose(), "an unmasked frame");
    }
    assertUndisturbed();
  }

  @Test
  void whoDoesNotAnswerPingsIsGivenUp() throws Exception {
    admin.deploy(
        FunctionJar.of("room", Room.class)
            .with("limits", new JsonObject().put("heartbeat", "1s"))
            .writeTo(cluster.directory().resolve("room.jar")));

    try (RawSocket silent = RawSocket.webSocket(node.clientPort(), "/room")) {
      assertEquals(4002, silent.awaitClose());
    }

    Eventually.until("nobody is left", () -> admin.sessions("room").isEmpty());
  }

  @Test
  void whoDoesNotReadIsDisconnected() throws Exception {
    try (RawSocket slow = RawSocket.webSocket(node.clientPort(), PATH)) {
      String session = sessionBesidesTheWitness();
      String large = "x".repeat(60 * 1024);

      int sent = 0;
      while (admin.sessions("echo").size() == 2) {
        assertTrue(sent < 500, "the node keeps 30 MB for a client that does not read");
        admin.trySend(session, "message", large);
        sent++;
      }

      assertEquals(4008, slow.awaitClose());
      assertTrue(sent > 1024 / 60, "disconnected after only " + sent + " messages");
    }
  }

  private String sessionBesidesTheWitness() throws Exception {
    Eventually.until("two sessions", () -> admin.sessions("echo").size() == 2);
    return admin.sessions("echo").stream()
        .map(session -> session.getString("id"))
        .filter(id -> !id.equals(witness.session()))
        .findFirst()
        .orElseThrow();
  }

  // ---- HTTP

  @Test
  void badRequestsAreAnsweredWithTheRightStatus() throws Exception {
    try (RawSocket client = new RawSocket(node.clientPort())) {
      client.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
      client.send("y".repeat(100 * 1024) + "\r\n\r\n");
      assertEquals(431, client.readStatus());
    }
    assertUndisturbed();

    HttpResponse<String> nobody = post("unknown", "nothing", "[]");
    assertError(nobody.statusCode(), 404, "no-such-session", "", nobody.body());
    assertUndisturbed();
  }

  @Test
  void aForgedTokenDoesNotReachTheSessionOfAnother() throws Exception {
    try (RawSocket stream = new RawSocket(node.clientPort())) {
      stream.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
      assertTrue(stream.readHead().startsWith("HTTP/1.1 200 "));
      JsonObject open = stream.awaitEvent("open");

      String session = open.getString("session");
      String token = open.getString("token");
      String forged = (token.charAt(0) == 'A' ? 'B' : 'A') + token.substring(1);
      String hello = "{\"event\":\"hello\",\"args\":[],\"id\":1}";
      HttpResponse<String> refused = post(session, forged, hello);
      assertError(refused.statusCode(), 403, "bad-token", "", refused.body());
      assertFalse(refused.body().contains(token), "the answer tells the token");
      assertEquals(403, post(session, "", hello).statusCode());

      assertEquals(202, post(session, token, hello).statusCode());
      assertEquals(1, stream.awaitEvent("reply").getInteger("reply"));
    }
  }

  private HttpResponse<String> post(String session, String token, String body) throws Exception {
    return admin.send(
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:" + node.clientPort() + PATH))
            .header("content-type", "application/json")
            .header("x-selvedge-session", session)
            .header("x-selvedge-token", token)
            .POST(BodyPublishers.ofString(body))
            .build());
  }
}
