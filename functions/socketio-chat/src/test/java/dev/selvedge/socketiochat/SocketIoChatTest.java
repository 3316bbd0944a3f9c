package dev.selvedge.socketiochat;

import static dev.selvedge.function.testing.FakeCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.function.CloseReason;
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

class SocketIoChatTest {
  private final FakeCluster cluster = new FakeCluster();

  /** One instance on each of two nodes. */
  private final List<FunctionCallbacks> nodes = new ArrayList<>();

  private FakeSession ann;
  private FakeSession bob;

  @BeforeEach
  void start() {
    IntStream.range(0, 2).forEach(node -> nodes.add(cluster.host(new SocketIoChat())));
    ann = connect(0);
    bob = connect(1);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void whoComesHearsHowManyTakePartOnAllNodesAndTheOthersHearOfIt() {
    say(0, ann, "add user", "Ann");
    say(1, bob, "add user", "Bob");

    assertEquals(List.of(users(1)), heard(ann, "login"));
    assertEquals(List.of(users(2)), heard(bob, "login"));
    assertEquals(List.of(users(2).put("username", "Bob")), heard(ann, "user joined"));
    assertEquals(List.of(users(1).put("username", "Ann")), heard(bob, "user joined"));
  }

  @Test
  void aSecondAddUserIsIgnored() {
    say(0, ann, "add user", "Ann");
    say(0, ann, "add user", "Anna");

    assertEquals(1, ann.sent("login").size());
    assertEquals(1, bob.sent("user joined").size());
  }

  @Test
  void messagesAndTypingReachTheOthersOnly() {
    say(0, ann, "add user", "Ann");

    say(0, ann, "typing");
    say(0, ann, "stop typing");
    say(0, ann, "new message", "hello");

    JsonObject name = new JsonObject().put("username", "Ann");
    assertEquals(List.of(name), heard(bob, "typing"));
    assertEquals(List.of(name), heard(bob, "stop typing"));
    assertEquals(List.of(name.copy().put("message", "hello")), heard(bob, "new message"));
    for (String event : List.of("typing", "stop typing", "new message", "user joined")) {
      assertEquals(List.of(), heard(ann, event), event);
    }
  }

  @Test
  void whoTookPartAndGoesIsMissed() {
    say(0, ann, "add user", "Ann");
    say(1, bob, "add user", "Bob");

    // As the runtime does it, the group may still have the one who goes, or have it no more.
    await(nodes.get(0).close(ann, CloseReason.GOING_AWAY));
    ann.disconnect();

    assertEquals(List.of(users(1).put("username", "Ann")), heard(bob, "user left"));
  }

  @Test
  void whoOnlyLookedOnGoesUnnoticed() {
    ann.disconnect();
    await(nodes.get(0).close(ann, CloseReason.GOING_AWAY));

    assertEquals(List.of(), bob.sent("user left"));
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() {
    assertEquals("no-user", refusal("new message", "hello"));
    assertEquals("no-user", refusal("typing"));
    assertEquals("bad-argument", refusal("add user", " "));
    assertEquals("bad-argument", refusal("add user", "A".repeat(41)));
    assertEquals("bad-argument", refusal("add user"));
    say(0, ann, "add user", "Ann");
    assertEquals("bad-argument", refusal("new message", "x".repeat(2_001)));

    FakeMessage unknown = FakeMessage.request("dance");
    await(nodes.get(0).message(ann, unknown));
    assertEquals("no-such-event", ((FunctionException) unknown.answer().cause()).code());
  }

  private FakeSession connect(int node) {
    FakeSession client = cluster.connect();
    await(nodes.get(node).open(client));
    return client;
  }

  private void say(int node, FakeSession client, String event, Object... args) {
    await(nodes.get(node).message(client, FakeMessage.event(event, args)));
  }

  private String refusal(String event, Object... args) {
    return assertThrows(
            FunctionException.class,
            () -> nodes.get(0).message(ann, FakeMessage.event(event, args)))
        .code();
  }

  private static List<JsonObject> heard(FakeSession client, String event) {
    return client.sent(event).stream().map(FakeSession.Sent::json).toList();
  }

  private static JsonObject users(int count) {
    return new JsonObject().put("numUsers", count);
  }
}
