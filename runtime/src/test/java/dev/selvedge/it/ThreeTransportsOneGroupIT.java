package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.selvedge.it.function.Room;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ThreeTransportsOneGroupIT {
  private static final int MESSAGES = 10_000;

  /** How many messages go in one post, or to the socket at once. */
  private static final int BATCH = 100;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  @Test
  void everyClientHearsTheOthersOnceAndInOrderWhereverTheyAre() throws Exception {
    List<TestNode> nodes = cluster.start(3);
    TestNode n1 = nodes.get(0);
    TestNode n2 = nodes.get(1);
    TestNode n3 = nodes.get(2);
    cluster.deploy(n1, FunctionJar.of("room", Room.class));
    SocketClient socket = cluster.clients().socket(n2, "/room");
    StreamClient stream = cluster.clients().stream(n3, n3, "/room");
    PollClient poll = cluster.clients().poll(n1, n2, "/room");
    List<TestClient> clients = List.of(socket, stream, poll);
    // A reply comes after onOpen, so after the join.
    assertEquals(new JsonArray().add("websocket"), Eventually.value(socket.request("here")));
    assertEquals(new JsonArray().add("sse"), Eventually.value(stream.request("here")));
    assertEquals(new JsonArray().add("longpoll"), Eventually.value(poll.request("here")));

    List<Future<Void>> sending = new ArrayList<>();
    sending.add(say(socket, 1, 3_334));
    sending.add(say(stream, 1, 3_333));
    sending.add(say(poll, 1, 3_333));
    Eventually.value(Future.all(sending));

    for (TestClient client : clients) {
      int others = MESSAGES - (client == socket ? 3_334 : 3_333);
      Eventually.until(
          client.getClass().getSimpleName() + " hears " + others,
          () -> {
            assertFalse(client.isClosed(), () -> client + " closed: " + client.closed().result());
            return client.eventCount() >= others;
          });
      for (TestClient speaker : clients) {
        List<Integer> expected =
            speaker == client ? List.of() : upTo(speaker == socket ? 3_334 : 3_333);
        assertEquals(expected, heard(client, speaker));
      }
      assertEquals(others, client.eventCount());
    }
  }

  /** Says the numbers from {@code first} to {@code last}, a batch at a time. */
  private static Future<Void> say(TestClient client, int first, int last) {
    if (first > last) {
      return Future.succeededFuture();
    }
    int end = Math.min(last, first + BATCH - 1);
    List<JsonObject> batch =
        IntStream.rangeClosed(first, end).mapToObj(n -> TestClient.message("say", n)).toList();
    return client.sendAll(batch).compose(sent -> say(client, end + 1, last));
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  private static List<Integer> heard(TestClient client, TestClient speaker) {
    return client.events().stream()
        .map(event -> event.getJsonArray("args"))
        .filter(args -> args.getString(0).equals(speaker.session()))
        .map(args -> args.getInteger(1))
        .collect(Collectors.toList());
  }
}
