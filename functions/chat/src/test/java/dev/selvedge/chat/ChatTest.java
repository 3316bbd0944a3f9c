package dev.selvedge.chat;

import static dev.selvedge.function.testing.FakeCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.Call;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.testing.FakeCluster;
import dev.selvedge.function.testing.FakeMessage;
import dev.selvedge.function.testing.FakeSession;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatTest {
  private final FakeCluster cluster = new FakeCluster();

  /** One instance on each of two nodes. */
  private final List<FunctionCallbacks> nodes = new ArrayList<>();

  private FakeSession ann;
  private FakeSession bob;

  @BeforeEach
  void start() {
    IntStream.range(0, 2).forEach(node -> nodes.add(cluster.host(new Chat())));
    ann = cluster.connect();
    bob = cluster.connect();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void everyoneInTheRoomHearsALineAndNobodyElse() {
    FakeSession outsider = cluster.connect();
    join(0, ann, "tea", "Ann");
    join(1, bob, "tea", "Bob");
    join(1, outsider, "coffee", "Cid");

    say(0, ann, "hello");

    for (FakeSession hearer : List.of(ann, bob)) {
      JsonObject line = hearer.sent("line").get(0).json();
      assertEquals("hello", line.getString("text"));
      assertEquals("Ann", line.getString("name"));
      assertEquals(ann.id(), line.getString("id"));
      assertEquals(1, line.getInteger("number"));
    }
    assertEquals(List.of(), outsider.sent("line"));
  }

  @Test
  void whoJoinsSeesTheLastLinesAndWhoIsThere() {
    join(0, ann, "tea", "Ann");
    for (int n = 1; n <= 60; n++) {
      say(0, ann, "line " + n);
    }

    JsonObject room = join(1, bob, "tea", "Bob");

    JsonArray lines = room.getJsonArray("lines");
    assertEquals(50, lines.size());
    assertEquals("line 11", lines.getJsonObject(0).getString("text"));
    assertEquals(60, lines.getJsonObject(49).getInteger("number"));
    assertEquals(
        List.of("Ann", "Bob"),
        room.getJsonArray("people").stream()
            .map(person -> ((JsonObject) person).getString("name"))
            .sorted()
            .toList());
  }

  @Test
  void linesSaidAtOnceOnSeveralNodesAreAllKept() {
    join(0, ann, "tea", "Ann");
    join(1, bob, "tea", "Bob");

    List<Future<?>> saying = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      saying.add(nodes.get(n % 2).message(n % 2 == 0 ? ann : bob, line("line " + n)));
    }
    await(Future.all(saying));

    assertEquals(
        LongStream.rangeClosed(1, 10).boxed().toList(),
        bob.sent("line").stream().map(sent -> sent.json().getLong("number")).sorted().toList());
    Object lines =
        await(nodes.get(0).call(new Call(new JsonObject().put("room", "tea"), "bus", Map.of())));
    assertEquals(10, ((JsonArray) lines).size());
  }

  @Test
  void aLineDeliveredAgainAfterACrashIsKeptOnce() {
    join(0, ann, "tea", "Ann");
    FakeMessage message = line("once");

    await(nodes.get(0).message(ann, message));
    await(nodes.get(1).message(ann, message.again()));

    assertEquals(1, join(1, bob, "tea", "Bob").getJsonArray("lines").size());
    assertTrue(ann.sent("line").stream().allMatch(sent -> sent.json().getInteger("number") == 1));
  }

  @Test
  void joiningAnotherRoomLeavesTheFirst() {
    join(0, ann, "tea", "Ann");
    join(0, ann, "coffee", "Ann");
    join(1, bob, "tea", "Bob");

    say(1, bob, "anyone?");

    assertEquals(List.of(), ann.sent("line"));
  }

  @Test
  void whoLeftHearsAndSaysNothing() {
    join(0, ann, "tea", "Ann");
    await(nodes.get(0).message(ann, FakeMessage.request("leave")));

    assertEquals("no-room", refusal(ann, line("hello")));
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() {
    assertEquals("unknown-event", refusal(ann, FakeMessage.request("dance")));
    assertEquals("no-room", refusal(ann, line("hello")));
    assertEquals("bad-argument", refusal(ann, join("a room", "Ann")));
    assertEquals("bad-argument", refusal(ann, join("tea", " ")));
    assertEquals("bad-argument", refusal(ann, join("tea", "A".repeat(41))));
    join(0, ann, "tea", "Ann");
    assertEquals("bad-argument", refusal(ann, line("")));
    assertEquals("bad-argument", refusal(ann, line("x".repeat(2_001))));
    assertEquals(
        "bad-argument",
        refusal(ann, FakeMessage.request("say", new JsonObject().put("text", "no key"))));
  }

  private String refusal(FakeSession client, FakeMessage message) {
    return assertThrows(
            FunctionException.class,
            () -> {
              try {
                await(nodes.get(0).message(client, message));
              } catch (CompletionException wrapped) {
                throw wrapped.getCause();
              }
            })
        .code();
  }

  private JsonObject join(int node, FakeSession client, String room, String name) {
    FakeMessage message = join(room, name);
    await(nodes.get(node).message(client, message));
    return (JsonObject) message.answer().result().get(0);
  }

  private void say(int node, FakeSession client, String text) {
    await(nodes.get(node).message(client, line(text)));
  }

  private static FakeMessage join(String room, String name) {
    return FakeMessage.request("join", new JsonObject().put("room", room).put("name", name));
  }

  private static FakeMessage line(String text) {
    return FakeMessage.request(
        "say", new JsonObject().put("text", text).put("key", UUID.randomUUID().toString()));
  }
}
