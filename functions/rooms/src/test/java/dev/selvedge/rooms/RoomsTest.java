package dev.selvedge.rooms;

import static dev.selvedge.function.testing.FakeCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.testing.FakeCluster;
import dev.selvedge.function.testing.FakeMessage;
import dev.selvedge.function.testing.FakeSession;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private final FakeCluster cluster = new FakeCluster();

  /** One instance on each of two nodes. */
  private final List<FunctionCallbacks> nodes = new ArrayList<>();

  private FakeSession ann;
  private FakeSession bob;

  @BeforeEach
  void start() {
    IntStream.range(0, 2).forEach(node -> nodes.add(cluster.host(new Rooms())));
    ann = cluster.connect();
    bob = cluster.connect();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void whatIsSaidIsHeardByAllInTheRoomAndByNobodyElse() {
    FakeSession outsider = cluster.connect();
    assertEquals(List.of("websocket"), ask(0, ann, "enter", "tea", "Ann"));
    ask(1, bob, "enter", "tea", "Bob");
    ask(1, outsider, "enter", "coffee", "Cid");

    assertEquals(List.of(), ask(0, ann, "say", "hello"));

    JsonObject said =
        new JsonObject().put("from", "Ann").put("kind", "websocket").put("text", "hello");
    for (FakeSession hearer : List.of(ann, bob)) {
      assertEquals(List.of(new FakeSession.Sent("said", List.of(said))), hearer.sent());
    }
    assertEquals(List.of(), outsider.sent());
  }

  @Test
  void whoEntersAnotherRoomHearsTheFirstNoMore() {
    ask(0, ann, "enter", "tea", "Ann");
    ask(0, ann, "enter", "coffee", "Ann");
    ask(1, bob, "enter", "tea", "Bob");

    ask(1, bob, "say", "anyone?");

    assertEquals(List.of(), ann.sent());
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() {
    assertEquals("no-room", refusal("say", "hello"));
    assertEquals("bad-argument", refusal("enter", "tea"));
    assertEquals("bad-argument", refusal("enter", "a/room", "Ann"));
    assertEquals("bad-argument", refusal("enter", "tea", ""));
    ask(0, ann, "enter", "tea", "Ann");
    assertEquals("bad-argument", refusal("say", " "));
    assertEquals("bad-argument", refusal("say", "x".repeat(2_001)));

    FakeMessage unknown = FakeMessage.request("dance");
    await(nodes.get(0).message(ann, unknown));
    assertEquals("no-such-event", ((FunctionException) unknown.answer().cause()).code());
  }

  private List<Object> ask(int node, FakeSession client, String event, Object... args) {
    FakeMessage message = FakeMessage.request(event, args);
    await(nodes.get(node).message(client, message));
    return message.answer().result();
  }

  private String refusal(String event, Object... args) {
    return assertThrows(
            FunctionException.class,
            () -> nodes.get(0).message(ann, FakeMessage.request(event, args)))
        .code();
  }
}
