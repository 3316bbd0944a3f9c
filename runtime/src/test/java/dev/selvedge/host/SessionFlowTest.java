package dev.selvedge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.OutboundPolicy;
import dev.selvedge.config.SessionConfig;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.host.Workbench.Client;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionFlowTest {
  private Workbench bench;

  @BeforeEach
  void open() throws Exception {
    bench = new Workbench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /** Counts in the session's state, answers with version and count; fails on {@code boom}. */
  private final class Counter extends Workbench.Tested {
    Counter() {
      super(bench);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      if (message.event().equals("boom")) {
        throw new IllegalStateException("boom");
      }
      int count = client.state().getInteger("count", 0) + 1;
      client.state().put("count", count);
      client.send("count", version(), count, message.text());
      return Future.succeededFuture();
    }
  }

  private void serveCounter(int version) {
    bench.serve(version, ThreadingModel.EVENT_LOOP, Counter::new);
  }

  /** A version whose messages are handled so. */
  private void serve(int version, BiFunction<Session, Message, Future<?>> handler) {
    bench.serve(
        version,
        ThreadingModel.EVENT_LOOP,
        () ->
            new Workbench.Tested(bench) {
              @Override
              protected Future<?> onMessage(Session client, Message message) {
                return handler.apply(client, message);
              }
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = ThreadingModel.class,
      names = {"EVENT_LOOP", "WORKER"})
  void messagesAreHandledInOrder(ThreadingModel threading) {
    bench.serve(1, threading, Counter::new);
    Client client = bench.connect(0);

    IntStream.rangeClosed(1, 100).forEach(i -> client.say("m", "t" + i));

    Workbench.await("100 answers", () -> client.received().size() == 100);
    assertEquals(
        IntStream.rangeClosed(1, 100).mapToObj(i -> "count[1, " + i + ", t" + i + "]").toList(),
        client.received());
  }

  /** It comes from within the report that freed the credit: earlier ones still wait then. */
  @Test
  void whatComesWhenReadingGoesOnIsHandledBehindWhatWaits() {
    List<String> handled = new CopyOnWriteArrayList<>();
    serve(
        1,
        (session, message) -> {
          handled.add(message.text());
          Promise<Void> later = Promise.promise();
          Vertx.currentContext().runOnContext(next -> later.complete());
          return later.future();
        });
    Client client = bench.connect(0);
    int[] said = new int[1];
    Runnable sayUntilPaused =
        () -> {
          while (!client.paused && said[0] < 3_000) {
            client.session.receive("m", List.of("t" + said[0]++), -1);
          }
        };
    client.whenResumed = sayUntilPaused;

    client.on(sayUntilPaused);

    Workbench.await("3,000 messages", () -> handled.size() >= 3_000);
    assertEquals(IntStream.range(0, 3_000).mapToObj(i -> "t" + i).toList(), handled);
  }

  @Test
  void aNewVersionTakesOverBetweenTwoMessagesWithTheState() {
    serveCounter(1);
    Client client = bench.connect(0);
    client.say("m", "a");
    serveCounter(2);

    bench.sessions.functionChanged(Workbench.FUNCTION);
    client.say("m", "b");

    Workbench.await("2 answers", () -> client.received().size() == 2);
    assertEquals(List.of("count[1, 1, a]", "count[2, 2, b]"), client.received());
    assertNull(client.closed);
    Workbench.get(bench.host.drain(Workbench.FUNCTION, 1, 5_000));
    assertEquals(1, bench.host.size());
  }

  @Test
  void messagesThatWaitDuringAReleaseGoToTheNextVersionInOrder() {
    Promise<Void> gate = Promise.promise();
    serve(
        1,
        (session, message) -> {
          session.send("v1", message.text());
          return gate.future();
        });
    Client client = bench.connect(0);
    client.say("m", "a");
    client.say("m", "b");
    serveCounter(2);

    bench.sessions.functionChanged(Workbench.FUNCTION);
    client.say("m", "c");
    gate.complete();

    Workbench.await("3 answers", () -> client.received().size() == 3);
    assertEquals(List.of("v1[a]", "count[2, 1, b]", "count[2, 2, c]"), client.received());
  }

  @Test
  void aStuckCallbackDoesNotKeepAnOldVersionAlive() {
    Promise<Void> never = Promise.promise();
    serve(1, (session, message) -> never.future());
    Client client = bench.connect(0);
    client.say("m", "a");
    List<Boolean> redelivered = new CopyOnWriteArrayList<>();
    serve(
        2,
        (session, message) -> {
          redelivered.add(message.redelivered());
          return session.send("v2", message.text());
        });

    bench.sessions.functionChanged(Workbench.FUNCTION);
    Workbench.get(bench.host.drain(Workbench.FUNCTION, 1, 50));

    Workbench.await("the message again", () -> client.received().equals(List.of("v2[a]")));
    assertEquals(List.of(true), redelivered);
    never.complete();
    client.say("m", "b");
    Workbench.await("b", () -> client.received().equals(List.of("v2[a]", "v2[b]")));
  }

  @Test
  void aMessageThatIsDeliveredAgainIsAnsweredOnce() {
    Promise<Void> never = Promise.promise();
    bench.serve(1, ThreadingModel.EVENT_LOOP, () -> new Answering("v1", never.future()));
    Client client = bench.connect(0);
    client.ask(7, "m", "a");
    client.ask(8, "m", "b");
    Workbench.await("the first answer", () -> client.received().size() == 1);
    bench.serve(2, ThreadingModel.EVENT_LOOP, () -> new Answering("v2", Future.succeededFuture()));

    bench.sessions.functionChanged(Workbench.FUNCTION);
    Workbench.get(bench.host.drain(Workbench.FUNCTION, 1, 50));
    client.ask(7, "m", "c");

    Workbench.await("the last answer", () -> client.received().contains("reply 7[v2, c, false]"));
    assertEquals(
        List.of("reply 7[v1, a, false]", "reply 8[v2, b, false]", "reply 7[v2, c, false]"),
        client.received());
  }

  /** Answers a message at once, and is done with it when a future completes. */
  private final class Answering extends Workbench.Tested {
    private final String name;
    private final Future<Void> done;

    Answering(String name, Future<Void> done) {
      super(bench);
      this.name = name;
      this.done = done;
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      message.reply(name, message.text(), message.redelivered());
      return done;
    }
  }

  @Test
  void aReplyAfterTheEndOfItsCallbackArrives() {
    List<Message> kept = new CopyOnWriteArrayList<>();
    serve(
        1,
        (session, message) -> {
          kept.add(message);
          return Future.succeededFuture();
        });
    Client client = bench.connect(0);
    client.ask(7, "m", "a");
    client.ask(8, "m", "b");
    Workbench.await("both handled", () -> kept.size() == 2);

    kept.get(1).reply("late b");
    kept.get(0).reply("late a");

    Workbench.await("both answers", () -> client.received().size() == 2);
    assertEquals(List.of("reply 8[late b]", "reply 7[late a]"), client.received());
  }

  @Test
  void aFunctionThatThrowsAnswersAnErrorAndTheSessionLives() {
    serveCounter(1);
    Client client = bench.connect(0);

    client.ask(7, "boom");
    client.say("boom");
    client.say("m", "after");

    Workbench.await("2 answers", () -> client.received().size() == 2);
    assertEquals(List.of("error 7 internal", "count[1, 1, after]"), client.received());
  }

  @Test
  void aStateThatIsTooBigIsRefusedAndTheOldOneStays() {
    serve(
        1,
        (session, message) -> {
          session.send("had", session.state().getString("x"));
          session.state().put("x", message.text());
          return Future.succeededFuture();
        });
    Client client = bench.connect(0);

    client.say("m", "small");
    client.ask(1, "m", "y".repeat(17_000));
    client.say("m", "again");

    Workbench.await("4 answers", () -> client.received().size() == 4);
    assertEquals(
        List.of("had[null]", "had[small]", "error 1 bad-state", "had[small]"), client.received());
  }

  @Test
  void aRefusedSessionIsClosedWithTheFunctionsWords() {
    bench.serve(
        1,
        ThreadingModel.EVENT_LOOP,
        () ->
            new Workbench.Tested(bench) {
              @Override
              protected Future<?> onOpen(Session client) {
                return Future.failedFuture(new FunctionException("no", "not today"));
              }
            });

    Client client = bench.connect(0);

    Workbench.await("closed", () -> client.closed != null);
    Workbench.await("forgotten", () -> bench.host.size() == 0 && bench.sessions.size() == 0);
    assertEquals(CloseReason.REFUSED.code(), client.closed.code());
    assertEquals("not today", client.closed.text());
  }

  @Test
  void readingStopsAtTheCreditAndGoesOnBelowHalfOfIt() {
    List<Promise<Void>> gates = Collections.synchronizedList(new ArrayList<>());
    serve(
        1,
        (session, message) -> {
          Promise<Void> gate = Promise.promise();
          gates.add(gate);
          return gate.future();
        });
    Client client = bench.connect(0);

    IntStream.range(0, 31).forEach(i -> client.say("m", "x"));
    assertFalse(client.paused);
    client.say("m", "x");
    assertTrue(client.paused);

    IntStream.range(0, 16).forEach(i -> completeNext(client, gates, i));
    Workbench.await("reading again", () -> !client.paused);
  }

  private static void completeNext(Client client, List<Promise<Void>> gates, int i) {
    Workbench.await("callback " + i, () -> gates.size() == i + 1);
    client.on(() -> gates.get(i).complete());
  }

  @Test
  void aSlowConsumerIsDisconnectedByDefault() {
    serveCounter(1);
    Client client = bench.connect(0);
    client.on(() -> client.writable = false);

    client.say("m", "x".repeat(600_000));
    assertNull(client.closed);
    client.say("m", "x".repeat(600_000));

    Workbench.await("closed", () -> client.closed != null);
    assertEquals(CloseReason.SLOW_CONSUMER, client.closed);
  }

  @Test
  void dropOldestKeepsTheNewestEventsAndAllReplies() {
    AtomicInteger handled = new AtomicInteger();
    bench.rules = new SessionConfig(32, 1_000, OutboundPolicy.DROP_OLDEST);
    serve(
        1,
        (session, message) -> {
          message.reply("r");
          return session.send("e", message.text()).onSuccess(sent -> handled.incrementAndGet());
        });
    Client client = bench.connect(0);
    client.on(() -> client.writable = false);

    client.ask(1, "m", "first" + "x".repeat(500));
    client.ask(2, "m", "second" + "x".repeat(500));
    Workbench.await("both handled", () -> handled.get() == 2);
    client.on(
        () -> {
          client.writable = true;
          client.session.drained();
        });

    Workbench.await("what was kept", () -> client.received().size() == 3);
    assertTrue(client.received().contains("reply 1[r]"));
    assertTrue(client.received().contains("reply 2[r]"));
    assertTrue(client.received().get(2).startsWith("e[second"));
  }

  @Test
  void conflateReplacesAWaitingEventOfTheSameKey() {
    AtomicInteger handled = new AtomicInteger();
    bench.rules = new SessionConfig(32, 10_000, OutboundPolicy.CONFLATE);
    serve(
        1,
        (session, message) -> {
          return session
              .sendLatest(message.event(), "price", message.event(), message.text())
              .onSuccess(sent -> handled.incrementAndGet());
        });
    Client client = bench.connect(0);
    client.on(() -> client.writable = false);

    client.say("A", "1");
    client.say("B", "1");
    client.say("A", "2");
    Workbench.await("all handled", () -> handled.get() == 3);
    client.on(
        () -> {
          client.writable = true;
          client.session.drained();
        });

    Workbench.await("what was kept", () -> client.received().size() == 2);
    assertEquals(List.of("price[B, 1]", "price[A, 2]"), client.received());
  }

  @Test
  void closeRunsOnceAfterTheMessagesBeforeIt() {
    List<String> seen = new CopyOnWriteArrayList<>();
    bench.serve(
        1,
        ThreadingModel.EVENT_LOOP,
        () ->
            new Workbench.Tested(bench) {
              @Override
              protected Future<?> onMessage(Session client, Message message) {
                seen.add(message.text());
                return Future.succeededFuture();
              }

              @Override
              protected Future<?> onClose(Session client, CloseReason reason) {
                seen.add("close " + reason.code());
                return Future.succeededFuture();
              }
            });
    Client client = bench.connect(0);

    client.say("m", "a");
    client.on(() -> client.session.end(CloseReason.NORMAL));
    client.on(() -> client.session.end(CloseReason.LOST));

    Workbench.await("forgotten", () -> bench.host.size() == 0 && bench.sessions.size() == 0);
    Workbench.await("closed", () -> seen.size() >= 2);
    assertEquals(List.of("a", "close 1000"), seen);
  }

  @Test
  void aClientThatLeavesInTheTurnItCameInIsHeardAllTheSame() {
    List<String> seen = new CopyOnWriteArrayList<>();
    bench.serve(
        1,
        ThreadingModel.EVENT_LOOP,
        () ->
            new Workbench.Tested(bench) {
              @Override
              protected Future<?> onMessage(Session client, Message message) {
                seen.add(message.text());
                return Future.succeededFuture();
              }

              @Override
              protected Future<?> onClose(Session client, CloseReason reason) {
                seen.add("close " + reason.code());
                return Future.succeededFuture();
              }
            });

    bench.connectAndThen(
        0,
        session -> {
          session.receive("m", List.of("last will"), -1);
          session.end(CloseReason.NORMAL);
        });

    Workbench.await("closed", () -> seen.equals(List.of("last will", "close 1000")));
    Workbench.await("forgotten", () -> bench.host.size() == 0 && bench.sessions.size() == 0);
  }

  @Test
  void aSessionWaitsForItsFunctionToComeBack() {
    serveCounter(1);
    Client client = bench.connect(0);
    client.say("m", "a");
    bench.served = 0;

    Workbench.get(bench.host.drain(Workbench.FUNCTION, 1, 20));
    client.say("m", "b");
    serveCounter(2);

    Workbench.await("b", () -> client.received().size() == 2);
    assertEquals(List.of("count[1, 1, a]", "count[2, 2, b]"), client.received());
    assertNull(client.closed);
  }

  @Test
  void anUndeployedFunctionClosesItsSessions() {
    serveCounter(1);
    Client client = bench.connect(0);
    Workbench.await("bound", () -> bench.host.size() == 1);

    bench.deployed = false;
    bench.served = 0;
    bench.sessions.functionChanged(Workbench.FUNCTION);

    Workbench.await("closed", () -> client.closed != null);
    assertEquals(CloseReason.FUNCTION_GONE, client.closed);
    Workbench.await("gone", () -> bench.host.size() == 0);
  }

  @Test
  void aDrainingNodeClosesItsClientsWithARetryableCode() {
    serveCounter(1);
    Client first = bench.connect(0);
    Client second = bench.connect(1);

    Workbench.get(bench.sessions.drain());
    Client late = bench.connect(0);
    Workbench.await("late one closed", () -> late.closed != null);

    assertEquals(CloseReason.SERVICE_RESTART, first.closed);
    assertEquals(CloseReason.SERVICE_RESTART, second.closed);
    assertEquals(CloseReason.SERVICE_RESTART, late.closed);
  }

  @Test
  void whoSendsToASessionThatIsNotThereIsToldItsId() {
    SessionId id = new SessionId(bench.fabric.membership().self(), 1, "x".repeat(22));
    SessionId elsewhere = new SessionId(new NodeId("zzzzzzzz"), 1, "x".repeat(22));

    for (SessionId unknown : List.of(id, elsewhere)) {
      Throwable failure =
          Workbench.get(
              bench
                  .clients
                  .close(bench.clients.anyLane(), unknown, CloseReason.KICKED)
                  .transform(outcome -> Future.succeededFuture(outcome.cause())));

      assertEquals("no-such-session", ((FunctionException) failure).code());
      assertTrue(failure.getMessage().contains(unknown.toString()), failure.getMessage());
    }
  }

  @Test
  void groupsReachMembersOnAllLanesAndPassOverTheExcepted() {
    bench.serve(
        1,
        ThreadingModel.EVENT_LOOP,
        () ->
            new Workbench.Tested(bench) {
              @Override
              protected Future<?> onOpen(Session client) {
                return client.join("room");
              }

              @Override
              protected Future<?> onMessage(Session client, Message message) {
                return groups().except(client.id()).publish("room", "said", message.text());
              }
            });
    Client first = bench.connect(0);
    Client second = bench.connect(1);
    Client third = bench.connect(0);
    Workbench.await("three members", () -> members() == 3);

    first.say("m", "hi");

    Workbench.await("two told", () -> second.received().size() + third.received().size() == 2);
    assertEquals(List.of("said[hi]"), second.received());
    assertEquals(List.of("said[hi]"), third.received());
    assertEquals(List.of(), first.received());
    second.on(() -> second.session.end(CloseReason.NORMAL));
    Workbench.await("two members", () -> members() == 2);
  }

  private int members() {
    return Workbench.get(bench.queries.groups()).getOrDefault("room", 0);
  }

  @Test
  void presenceTellsWhoJoinedAndLeft() {
    serve(
        1,
        (session, message) -> session.join("room", new JsonObject().put("name", message.text())));
    Client first = bench.connect(0);
    Client second = bench.connect(1);

    first.say("m", "ann");
    Workbench.await("own join", () -> first.received().size() == 1);
    second.say("m", "bob");
    Workbench.await("bob's join", () -> first.received().size() == 2);
    second.on(() -> second.session.end(CloseReason.NORMAL));
    Workbench.await("bob's leave", () -> first.received().size() == 3);

    assertTrue(first.received().get(1).contains("\"name\":\"bob\""), first.received().get(1));
    assertTrue(first.received().get(2).contains("\"left\":[{\"id\""), first.received().get(2));
  }
}
