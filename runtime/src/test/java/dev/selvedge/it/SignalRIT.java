package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.HubConnectionState;
import com.microsoft.signalr.HubException;
import com.microsoft.signalr.TransportEnum;
import dev.selvedge.it.function.Hub;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.subjects.ReplaySubject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Unmodified SignalR clients, each request of which arrives at another of three nodes than the one
 * before.
 */
class SignalRIT {
  private static final long SECONDS = 180;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private SignalRClients clients;
  private Spray spray;

  @AfterEach
  void endClients() throws Exception {
    if (clients != null) {
      clients.close();
    }
  }

  private void start() throws Exception {
    List<TestNode> nodes = cluster.start(3);
    cluster.deploy(nodes.get(0), FunctionJar.of("hub", Hub.class));
    cluster.deploy(nodes.get(0), FunctionJar.of("second-hub", Hub.class));
    spray = Spray.over(cluster.vertx(), nodes);
  }

  // ---- the client for JavaScript

  @Test
  void aClientCanDoEverythingOverEveryTransportInEveryProtocol() throws Exception {
    start();
    assertDoesEverything("WebSockets", "json", "websocket");
    assertDoesEverything("WebSockets", "messagepack", "websocket");
    assertDoesEverything("ServerSentEvents", "json", "sse");
    assertDoesEverything("LongPolling", "json", "longpoll");
    assertDoesEverything("LongPolling", "messagepack", "longpoll");
  }

  private void assertDoesEverything(String transport, String protocol, String word)
      throws Exception {
    JsonObject expected = everything(protocol, word);
    JsonObject seen;
    try (SignalRClients client =
        new SignalRClients(spray.url(), "everything", transport, protocol)) {
      seen = client.next();
    }
    for (String each : expected.fieldNames()) {
      assertEquals(
          expected.getValue(each), seen.getValue(each), transport + " " + protocol + " " + each);
    }
    assertEquals(expected.fieldNames().size(), seen.fieldNames().size(), seen.encode());
  }

  private static JsonObject everything(String protocol, String word) {
    JsonObject expected =
        new JsonObject()
            .put("echo", true)
            .put("big", true)
            .put("json", new JsonObject("{\"a\":[1,2.5,null,true,{\"b\":\"c\"}]}"))
            .put("two", new JsonArray().add(1).add("b"))
            .put("sum", 5)
            .putNull("nothing")
            .put("bytes", "AP8e")
            .put("told", new JsonArray().add("it").add(7))
            .put(
                "fail",
                "An unexpected error occurred invoking 'fail' on the server. HubException: no more")
            .put("crash", "An unexpected error occurred invoking 'crash' on the server.")
            .put("missing", "Unknown hub method 'missing'")
            .put(
                "wrong",
                "Failed to invoke 'add' due to an error on the server. add: argument 0 is a String"
                    + " (expected: Integer)")
            .put(
                "notStreaming",
                new JsonArray()
                    .add(
                        "The client attempted to invoke the non-streaming 'nothing' method with a"
                            + " streaming invocation."))
            .put("stream", new JsonArray("[1,2,3,4,5]"))
            .put(
                "torn",
                new JsonArray("[1,2]")
                    .add(
                        "An error occurred on the server while streaming results. HubException: it"
                            + " tore"))
            .put("collected", new JsonArray("[1,2,3]"))
            .put("stopped", new JsonArray().add("cancelled"))
            .put("uploaded", 5050)
            .put(
                "uploadTorn",
                "An unexpected error occurred invoking 'sum' on the server. HubException: torn")
            .put("asked", "Ann")
            .put(
                "askedGrumpy",
                "An unexpected error occurred invoking 'ask' on the server. HubException: Error:"
                    + " leave me alone")
            .put(
                "askedMute",
                "An unexpected error occurred invoking 'ask' on the server. HubException: Client"
                    + " didn't provide a result.")
            .put(
                "askedUnknown",
                "An unexpected error occurred invoking 'ask' on the server. HubException: Client"
                    + " didn't provide a result.")
            .put(
                "who",
                new JsonObject()
                    .put("id", true)
                    .put("transport", word)
                    .put("protocol", "signalr")
                    .put("token", "let-me-in"))
            .putNull("closed")
            .put(
                "kicked",
                "Server returned an error on close: Connection closed with an error. HubException:"
                    + " closed by operator")
            .put("stoppedItself", "Disconnected")
            .put("refused", true);
    if (protocol.equals("messagepack")) {
      expected.put("length", 4);
    }
    return expected;
  }

  /** The Java client's hub is another function: a group is one for the whole cluster. */
  @Test
  void oneRoomHoldsClientsOfEveryKindOnEveryNode() throws Exception {
    start();
    int count = 10;
    int messages = 50;
    HubConnection java = connect("/second-hub", TransportEnum.WEBSOCKETS);
    Queue<List<Integer>> heard = new ConcurrentLinkedQueue<>();
    java.on(
        "said",
        (group, from, number) -> heard.add(List.of(from, number)),
        String.class,
        Integer.class,
        Integer.class);
    await(java.invoke("join", "room").toCompletionStage(null));
    clients = new SignalRClients(spray.url(), "room", "" + count, "" + messages);
    assertEquals(count, clients.next().getInteger("joined"));

    for (int n = 0; n < messages; n++) {
      java.send("say", "room", count, n);
    }

    int all = (count + 1) * messages;
    JsonArray expected = new JsonArray();
    for (int i = 0; i < count; i++) {
      expected.add(all);
    }
    assertEquals(expected, clients.next().getJsonArray("heard"));
    Eventually.until("the Java client hears all", () -> heard.size() >= all);
    assertEquals(all, heard.stream().distinct().count());
    await(java.stop().toCompletionStage(null));
  }

  @Test
  void aClientWithStatefulReconnectGoesOnThroughOtherNodes() throws Exception {
    start();
    for (String protocol : List.of("json", "messagepack")) {
      try (SignalRClients client = new SignalRClients(spray.url(), "resume", protocol, "150")) {
        assertEquals(
            new JsonObject()
                .put("answers", true)
                .put("told", "all")
                .put("sameId", true)
                .put("breaks", true)
                .put("closed", 0),
            client.next(),
            protocol);
      }
    }
  }

  // ---- the client for Java

  private HubConnection connect(String hub, TransportEnum transport) throws Exception {
    HubConnection connection =
        HubConnectionBuilder.create(spray.url() + hub)
            .withTransport(transport)
            .withAccessTokenProvider(Single.just("let-me-in"))
            .build();
    await(connection.start().toCompletionStage(null));
    return connection;
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }

  private static <T> T await(Single<T> single) throws Exception {
    return await(single.toCompletionStage());
  }

  @Test
  void theClientForJavaCanDoEverythingOverItsTransports() throws Exception {
    start();
    assertDoesEverything(TransportEnum.WEBSOCKETS);
    assertDoesEverything(TransportEnum.LONG_POLLING);
  }

  private void assertDoesEverything(TransportEnum transport) throws Exception {
    HubConnection connection = connect("/hub", transport);
    connection.onWithResult("name", () -> Single.just("Ann"));

    assertEquals("Grüße 🎈", await(connection.invoke(String.class, "echo", "Grüße 🎈")));
    assertEquals(5, await(connection.invoke(Integer.class, "add", 2, 3)));
    await(connection.invoke("nothing").toCompletionStage(null));
    assertEquals(
        "Unknown hub method 'missing'",
        assertThrows(
                HubException.class, () -> connection.invoke(String.class, "missing").blockingGet())
            .getMessage());
    assertEquals(
        List.of(1, 2, 3, 4, 5), await(connection.stream(Integer.class, "count", 5).toList()));
    if (transport == TransportEnum.WEBSOCKETS) {
      // Its posts overtake each other, so that a stream's end may come before its last item.
      assertUploads(connection);
    }
    assertEquals("Ann", await(connection.invoke(String.class, "ask", "name")));
    CompletableFuture<String> stopped = new CompletableFuture<>();
    connection.on("stopped", stopped::complete, String.class);
    assertEquals(
        List.of(1, 2, 3),
        await(connection.stream(Integer.class, "count", 1_000_000).take(3).toList()));
    assertEquals("cancelled", await(stopped));

    CompletableFuture<String> closed = new CompletableFuture<>();
    connection.onClosed(error -> closed.complete("error: " + error));
    connection.send("close", 1000);
    assertEquals("error: null", await(closed));
    Eventually.until(
        "disconnected", () -> connection.getConnectionState() == HubConnectionState.DISCONNECTED);
  }

  private static void assertUploads(HubConnection connection) throws Exception {
    ReplaySubject<Integer> numbers = ReplaySubject.create();
    Single<Integer> sum = connection.invoke(Integer.class, "sum", numbers);
    CompletableFuture<Integer> summed = sum.toCompletionStage().toCompletableFuture();
    for (int i = 1; i <= 10; i++) {
      numbers.onNext(i);
    }
    numbers.onComplete();
    assertEquals(55, await(summed));
  }
}
