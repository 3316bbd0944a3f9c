package dev.selvedge.signalrchat;

import static dev.selvedge.function.testing.FakeCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.testing.FakeCluster;
import dev.selvedge.function.testing.FakeMessage;
import dev.selvedge.function.testing.FakeSession;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalRChatTest {
  private final FakeCluster cluster = new FakeCluster();

  /** One instance on each of two nodes. */
  private final List<FunctionCallbacks> nodes = new ArrayList<>();

  private FakeSession ann;
  private FakeSession bob;

  @BeforeEach
  void start() {
    IntStream.range(0, 2).forEach(node -> nodes.add(cluster.host(new SignalRChat())));
    ann = cluster.connect();
    bob = cluster.connect();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void whatIsSentIsReceivedByAllTheSenderToo() {
    FakeMessage message = FakeMessage.request("SendMessage", "Ann", "hello");

    await(nodes.get(0).message(ann, message));

    assertEquals(List.of(), message.answer().result());
    for (FakeSession hearer : List.of(ann, bob)) {
      assertEquals(
          List.of(new FakeSession.Sent("ReceiveMessage", List.of("Ann", "hello"))), hearer.sent());
    }
  }

  @Test
  void theCounterStreamsAsManyNumbersAsAskedFor() {
    assertEquals(List.of(new JsonArray().add(0).add(1).add(2)), await(counted(3, 2)));
    assertEquals(List.of(new JsonArray()), await(counted(0, 0)));
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() {
    refuses("SendMessage", "Ann");
    refuses("SendMessage", " ", "hello");
    refuses("SendMessage", "A".repeat(41), "hello");
    refuses("SendMessage", "Ann", "x".repeat(2_001));
    refuses("Counter", 3);
    refuses("Counter", "3", 1);
    refuses("Counter", -1, 1);
    refuses("Counter", 1.5, 1);
    refuses("Counter", Double.NaN, 1);
    refuses("Counter", 10_001, 1);
    refuses("Counter", 1, 60_001);

    FakeMessage unknown = FakeMessage.request("Dance");
    await(nodes.get(0).message(ann, unknown));
    assertEquals("no-such-event", ((FunctionException) unknown.answer().cause()).code());
  }

  private Future<List<Object>> counted(int count, int delay) {
    FakeMessage message = FakeMessage.request("Counter", count, delay);
    await(nodes.get(1).message(bob, message));
    return message.answer();
  }

  private void refuses(String method, Object... args) {
    FunctionException refusal =
        assertThrows(
            FunctionException.class,
            () -> nodes.get(0).message(ann, FakeMessage.request(method, args)));
    assertEquals("bad-argument", refusal.code(), refusal::getMessage);
    assertEquals(List.of(), bob.sent());
  }
}
