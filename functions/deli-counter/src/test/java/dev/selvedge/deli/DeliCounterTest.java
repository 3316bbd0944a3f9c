package dev.selvedge.deli;

import static dev.selvedge.function.testing.FakeCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.Call;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Session;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.testing.FakeCluster;
import dev.selvedge.function.testing.FakeMessage;
import dev.selvedge.function.testing.FakeSession;
import io.vertx.core.Future;
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

class DeliCounterTest {
  private final FakeCluster cluster = new FakeCluster();

  /** One instance on each of three nodes. */
  private final List<FunctionCallbacks> nodes = new ArrayList<>();

  @BeforeEach
  void start() {
    IntStream.range(0, 3).forEach(node -> nodes.add(cluster.host(new DeliCounter())));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void customersOfDifferentNodesGetConsecutiveNumbers() {
    assertEquals(1, await(take(0, customer(0))).getInteger("number"));
    assertEquals(2, await(take(1, customer(1))).getInteger("number"));
    assertEquals(3, await(take(2, customer(2))).getInteger("number"));
  }

  @Test
  void takingTwiceGivesTheSameNumber() {
    FakeSession client = customer(0);

    assertEquals(1, await(take(0, client)).getInteger("number"));
    assertEquals(1, await(take(1, client)).getInteger("number"));
  }

  @Test
  void onlyTheOneWhoseTurnItIsIsTold() {
    FakeSession first = customer(0);
    FakeSession second = customer(1);
    await(take(0, first));
    await(take(1, second));

    JsonObject answer = await(next(2));

    assertEquals(1, answer.getInteger("called"));
    assertTrue(answer.getBoolean("told"));
    assertEquals(1, first.sent("serving").get(0).json().getInteger("number"));
    assertEquals(List.of(), second.sent("serving"));
  }

  @Test
  void everyoneSeesTheBoard() {
    FakeSession onlooker = customer(2);
    await(take(0, customer(0)));
    await(next(1));

    List<FakeSession.Sent> boards = onlooker.sent("board");
    assertEquals(new Board(0, 1).toJson(), boards.get(0).json());
    assertEquals(new Board(1, 1).toJson(), boards.get(1).json());
  }

  @Test
  void clerksWhoPressAtOnceCallDifferentNumbersAndMissNobody() {
    List<FakeSession> customers = IntStream.range(0, 12).mapToObj(n -> customer(n % 3)).toList();
    await(Future.all(IntStream.range(0, 12).mapToObj(n -> take(n % 3, customers.get(n))).toList()));

    List<Future<JsonObject>> presses = IntStream.range(0, 12).mapToObj(n -> next(n % 3)).toList();
    await(Future.all(presses));

    assertEquals(
        LongStream.rangeClosed(1, 12).boxed().toList(),
        presses.stream().map(press -> press.result().getLong("called")).sorted().toList());
    customers.forEach(customer -> assertEquals(1, customer.sent("serving").size()));
  }

  @Test
  void callingWhileCustomersTakeNumbersMissesNobody() {
    List<FakeSession> customers = IntStream.range(0, 12).mapToObj(n -> customer(n % 3)).toList();
    List<Future<JsonObject>> taking = new ArrayList<>();
    List<Future<JsonObject>> calling = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      taking.add(take(n % 3, customers.get(n)));
      calling.add(next((n + 1) % 3));
    }
    await(Future.all(taking));
    await(Future.all(calling));
    while (await(next(0)).getValue("called") != null) {
      // until nobody waits
    }

    for (int n = 0; n < 12; n++) {
      boolean toldByReply = "called".equals(taking.get(n).result().getString("status"));
      boolean toldByEvent = !customers.get(n).sent("serving").isEmpty();
      assertTrue(toldByReply || toldByEvent, "customer " + n + " was missed");
    }
  }

  @Test
  void aPressDoneAgainAfterACrashCallsNothingNew() {
    await(take(0, customer(0)));
    await(take(0, customer(0)));
    FakeMessage press =
        FakeMessage.request("next", new JsonObject().put("press", UUID.randomUUID().toString()));
    FakeSession clerk = cluster.connect();

    await(nodes.get(0).message(clerk, press));
    FakeMessage again = press.again();
    await(nodes.get(1).message(clerk, again));

    assertEquals(1, answer(again).getInteger("called"));
  }

  @Test
  void nobodyWaitingIsNobodyCalled() {
    JsonObject answer = await(next(0));

    assertNull(answer.getValue("called"));
    assertEquals(0, answer.getInteger("serving"));
  }

  @Test
  void whoLeftIsSkipped() {
    FakeSession leaver = customer(0);
    FakeSession stayer = customer(1);
    await(take(0, leaver));
    await(take(1, stayer));

    assertEquals("none", await(ask(0, leaver, "leave")).getString("status"));

    assertEquals(2, await(next(2)).getInteger("called"));
    assertEquals(List.of(), leaver.sent("serving"));
    assertEquals(1, stayer.sent("serving").size());
    assertEquals(3, await(take(0, leaver)).getInteger("number"));
  }

  @Test
  void whoIsAwayIsCalledAndTheClerkIsToldThatNobodyHeard() {
    FakeSession gone = customer(0);
    await(take(0, gone));
    gone.disconnect();

    JsonObject answer = await(next(1));

    assertEquals(1, answer.getInteger("called"));
    assertEquals(false, answer.getBoolean("told"));
  }

  @Test
  void whoComesBackHasTheNumberStillAndIsToldAtTheNewPlace() {
    String token = UUID.randomUUID().toString();
    FakeSession before = customer(0, token);
    await(take(0, before));
    before.disconnect();

    FakeSession after = cluster.connect();
    JsonObject standing = hello(2, after, token);
    await(next(1));

    assertEquals(1, standing.getInteger("number"));
    assertEquals("waiting", standing.getString("status"));
    assertEquals(1, after.sent("serving").size());
  }

  @Test
  void whoComesBackTooLateLearnsThatTheNumberWasCalled() {
    String token = UUID.randomUUID().toString();
    FakeSession before = customer(0, token);
    await(take(0, before));
    before.disconnect();
    await(next(1));

    assertEquals("called", hello(2, cluster.connect(), token).getString("status"));
  }

  @Test
  void aNewInstanceKnowsEverythingThatTheOldOnesKnew() {
    String token = UUID.randomUUID().toString();
    await(take(0, customer(0, token)));
    nodes.set(0, cluster.host(new DeliCounter()));

    assertEquals(1, hello(0, cluster.connect(), token).getInteger("number"));
    assertEquals(2, await(take(0, customer(0))).getInteger("number"));
  }

  @Test
  void aCallReadsTheBoardOrPressesTheButton() {
    await(take(0, customer(0)));

    Object board = await(nodes.get(1).call(new Call(null, "http", Map.of())));
    Object called =
        await(nodes.get(1).call(new Call(new JsonObject().put("do", "next"), "http", Map.of())));

    assertEquals(new Board(0, 1).toJson(), board);
    assertEquals(1, assertInstanceOf(JsonObject.class, called).getInteger("called"));
  }

  @Test
  void whatCannotBeUnderstoodIsRefused() {
    FakeSession stranger = cluster.connect();

    assertEquals("say-hello", refusal(stranger, "take"));
    assertEquals("unknown-event", refusal(stranger, "dance"));
    assertEquals("bad-argument", refusal(stranger, "hello", new JsonObject().put("token", "x")));
    assertEquals("bad-argument", refusal(stranger, "next"));
  }

  private String refusal(FakeSession client, String event, Object... args) {
    FunctionException refusal =
        assertThrows(
            FunctionException.class,
            () -> {
              try {
                await(nodes.get(0).message(client, FakeMessage.request(event, args)));
              } catch (CompletionException wrapped) {
                throw wrapped.getCause();
              }
            });
    return refusal.code();
  }

  private FakeSession customer(int node) {
    return customer(node, UUID.randomUUID().toString());
  }

  private FakeSession customer(int node, String token) {
    FakeSession client = cluster.connect();
    await(nodes.get(node).open(client));
    hello(node, client, token);
    return client;
  }

  private JsonObject hello(int node, FakeSession client, String token) {
    return await(ask(node, client, "hello", new JsonObject().put("token", token)));
  }

  private Future<JsonObject> take(int node, Session client) {
    return ask(node, client, "take");
  }

  private Future<JsonObject> next(int node) {
    JsonObject press = new JsonObject().put("press", UUID.randomUUID().toString());
    return ask(node, cluster.connect(), "next", press);
  }

  private Future<JsonObject> ask(int node, Session client, String event, Object... args) {
    FakeMessage message = FakeMessage.request(event, args);
    return nodes.get(node).message(client, message).map(done -> answer(message));
  }

  private static JsonObject answer(FakeMessage message) {
    return (JsonObject) message.answer().result().get(0);
  }
}
