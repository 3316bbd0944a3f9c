package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node as a router in front of two servers: many connections, of which nothing must stay. */
class RouterUnderLoadIT {
  private static final int SEQUENTIAL = 50_000;
  private static final int CONCURRENT = 5_000;
  private static final int EDITS = 100;
  private static final int WORKERS = 4;

  /** What a JVM may open meanwhile for reasons of its own, idle connections to members among it. */
  private static final int DESCRIPTORS_OF_ITS_OWN = 200;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private TestNode node;
  private EchoServer ann;
  private EchoServer bob;

  @BeforeEach
  void startANodeInFrontOfTwoServers() throws Exception {
    ann = EchoServer.start(cluster.vertx(), "ann");
    bob = EchoServer.start(cluster.vertx(), "bob");
    Path file = cluster.directory().resolve("selvedge.yaml");
    Files.writeString(
        file,
        """
        edge:
          max-connections-per-ip: 0
        pools:
          echo:
            sticky: false
            members: ["%s", "%s"]
        routes:
          - path: /
            pool: echo
        """
            .formatted(ann.address(), bob.address()));
    node = cluster.start(1, "--config", file.toString()).get(0);
  }

  private long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + node.pid() + "/fd"))) {
      return open.count();
    }
  }

  private int counted() throws Exception {
    JsonArray members = node.admin().pool("echo").getJsonArray("members");
    return members.stream()
        .map(JsonObject.class::cast)
        .mapToInt(member -> member.getInteger("tunnels") + member.getInteger("requests"))
        .sum();
  }

  private void assertNothingIsLeft(long descriptorsBefore) throws Exception {
    Eventually.until("all counts are zero", () -> counted() == 0);
    Eventually.until(
        "no WebSocket is left at a server", () -> ann.webSockets() + bob.webSockets() == 0);
    Eventually.until("no request hangs at a server", () -> ann.hanging() + bob.hanging() == 0);
    Eventually.until(
        "the node's descriptors are closed",
        () -> descriptors() < descriptorsBefore + DESCRIPTORS_OF_ITS_OWN);
  }

  @Test
  void fiftyThousandConnectionsOfAllKindsOneAfterTheOtherLeaveNothing() throws Exception {
    each(0); // what is opened once is open now
    long before = descriptors();
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    AtomicInteger next = new AtomicInteger();
    List<java.util.concurrent.Future<?>> done = new ArrayList<>();
    for (int worker = 0; worker < WORKERS; worker++) {
      done.add(
          workers.submit(
              () -> {
                for (int i = next.getAndIncrement(); i < SEQUENTIAL; i = next.getAndIncrement()) {
                  each(i);
                }
                return null;
              }));
    }
    for (java.util.concurrent.Future<?> one : done) {
      one.get(10, TimeUnit.MINUTES);
    }
    workers.shutdown();

    assertNothingIsLeft(before);
  }

  /** One connection of one of five kinds. */
  private void each(int number) throws IOException {
    int port = node.clientPort();
    switch (number % 5) {
      case 0 -> whole(port);
      case 1 -> webSocketThatIsClosed(port);
      case 2 -> webSocketThatIsReset(port);
      case 3 -> requestThatIsAborted(port, "GET /hang HTTP/1.1\r\nHost: x\r\n\r\n");
      default ->
          requestThatIsAborted(
              port, "POST /name HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
    }
  }

  private static void whole(int port) throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      socket.send("GET /name HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      String answer = socket.readToEnd();
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      assertTrue(answer.endsWith("ann") || answer.endsWith("bob"), answer);
    }
  }

  private static void webSocketThatIsClosed(int port) throws IOException {
    try (RawSocket socket = RawSocket.webSocket(port, "/")) {
      socket.frame(true, RawSocket.TEXT, "hello".getBytes(StandardCharsets.UTF_8));
      assertEquals("hello", socket.readFrame().text());
      socket.frame(true, RawSocket.CLOSE, new byte[] {3, (byte) 0xe8});
      assertEquals(1000, socket.readFrame().closeCode());
    }
  }

  private static void webSocketThatIsReset(int port) throws IOException {
    try (RawSocket socket = RawSocket.webSocket(port, "/")) {
      socket.resetOnClose();
    }
  }

  private static void requestThatIsAborted(int port, String request) throws IOException {
    try (RawSocket socket = new RawSocket(port)) {
      socket.send(request);
    }
  }

  @Test
  void fiveThousandWebSocketsLiveThroughAHundredEditsOfTheirPoolAndLeaveNothing() throws Exception {
    each(0);
    long before = descriptors();
    WebSocketClient client =
        cluster
            .vertx()
            .createWebSocketClient(new WebSocketClientOptions().setMaxConnections(CONCURRENT));
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger echoed = new AtomicInteger();
    List<WebSocket> sockets = new ArrayList<>();
    while (sockets.size() < CONCURRENT) {
      List<Future<WebSocket>> batch = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        batch.add(client.connect(node.clientPort(), "127.0.0.1", "/"));
      }
      Eventually.value(Future.all(batch));
      for (Future<WebSocket> connected : batch) {
        WebSocket socket = connected.result();
        socket.closeHandler(end -> closed.incrementAndGet());
        socket.textMessageHandler(text -> echoed.incrementAndGet());
        sockets.add(socket);
      }
    }
    assertEquals(CONCURRENT, ann.webSockets() + bob.webSockets());
    assertTrue(
        Math.abs(ann.webSockets() - bob.webSockets()) <= CONCURRENT / 50,
        () -> ann.webSockets() + " and " + bob.webSockets());

    for (int edit = 0; edit < EDITS; edit++) {
      edit(edit);
    }
    sockets.forEach(socket -> socket.writeTextMessage("still here?"));

    Eventually.until("all are answered", () -> echoed.get() == CONCURRENT);
    assertEquals(0, closed.get());
    assertEquals(CONCURRENT, counted());

    client.close();
    assertNothingIsLeft(before);
  }

  /** All that an operator can change of a member, in turn. */
  private void edit(int number) throws Exception {
    Admin admin = node.admin();
    String member = ann.address();
    switch (number % 5) {
      case 0 -> admin.changeMember("echo", member, "state", "disabled");
      case 1 -> admin.changeMember("echo", member, "state", "forced-offline");
      case 2 -> admin.changeMember("echo", member, "weight", 1 + number);
      case 3 -> admin.removeMember("echo", member);
      default -> admin.addMember("echo", member);
    }
  }
}
