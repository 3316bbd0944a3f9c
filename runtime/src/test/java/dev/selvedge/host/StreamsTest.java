package dev.selvedge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.host.Workbench.Client;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ReplyError;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams between a client and a function, through the session. */
class StreamsTest {
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<Counting> sources = new CopyOnWriteArrayList<>();
  private Workbench bench;

  @BeforeEach
  void open() throws Exception {
    bench = new Workbench();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /** {@code count n} streams; {@code sum} adds up the streams that come along. */
  private final class Streaming extends Workbench.Tested {
    Streaming() {
      super(bench);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      switch (message.event()) {
        case "count" -> count(message, new Counting(message.arg(0, Integer.class), null));
        case "fail" ->
            count(message, new Counting(2, new FunctionException("dry", "no more", null)));
        case "sum" -> sum(message);
        case "hold" -> hold(message);
        default -> client.send("said", message.event());
      }
      return Future.succeededFuture();
    }

    private void count(Message message, Counting source) {
      sources.add(source);
      message.stream(source)
          .onComplete(
              done ->
                  events.add(
                      done.succeeded() ? "delivered" : ((FunctionException) done.cause()).code()));
    }

    private void sum(Message message) {
      int[] sum = new int[1];
      for (ReadStream<Object> stream : message.streams()) {
        stream.exceptionHandler(
            failed -> events.add("broken " + ((FunctionException) failed).code()));
        stream.endHandler(end -> message.reply(sum[0]));
        stream.handler(item -> sum[0] += (Integer) item);
      }
    }

    private void hold(Message message) {
      ReadStream<Object> stream = message.streams().get(0);
      stream.pause();
      stream.handler(item -> events.add("item " + item));
      held.add(stream);
    }
  }

  private final List<ReadStream<Object>> held = new CopyOnWriteArrayList<>();

  private Client connect() {
    return bench.connect(0);
  }

  private static ClientMessage wanting(long id, String event, Object... args) {
    return new ClientMessage(event, List.of(args), id, true, List.of());
  }

  private static ClientMessage bringing(long id, String event, Long... streams) {
    return new ClientMessage(event, List.of(), id, false, List.of(streams));
  }

  @ParameterizedTest
  @EnumSource(
      value = ThreadingModel.class,
      names = {"EVENT_LOOP", "WORKER"})
  void itemsArriveInOrderAndThenTheEnd(ThreadingModel threading) {
    bench.serve(1, threading, Streaming::new);
    Client client = connect();

    client.say(wanting(7, "count", 500));

    Workbench.await("the end", () -> client.received().contains("end 7"));
    List<String> expected = new ArrayList<>();
    IntStream.rangeClosed(1, 500).forEach(i -> expected.add("item 7 " + i));
    expected.add("end 7");
    assertEquals(expected, client.received());
    Workbench.await("delivered", () -> events.contains("delivered"));
  }

  @Test
  void aFailureOfTheSourceEndsTheStreamWithItsError() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();

    client.say(wanting(1, "fail"));

    Workbench.await("the end", () -> client.received().contains("end 1 dry"));
    assertEquals(List.of("item 1 1", "item 1 2", "end 1 dry"), client.received());
  }

  @Test
  void aSlowClientPausesTheSource() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();
    client.on(() -> client.writable = false);

    client.say(wanting(1, "count", 10_000));

    Workbench.await("a pause", () -> !sources.isEmpty() && sources.get(0).given() >= 32);
    client.say("still alive");
    assertTrue(sources.get(0).given() <= 64, "given: " + sources.get(0).given());

    client.on(
        () -> {
          client.writable = true;
          client.session.drained();
        });
    Workbench.await("the end", () -> client.received().contains("end 1"));
    assertEquals(10_002, client.received().size(), "items, the end and one event");
  }

  @Test
  void aCancelledStreamStopsItsSourceAndEndsInOrder() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();
    client.on(() -> client.writable = false);
    client.say(wanting(1, "count", 10_000));

    client.on(() -> client.session.cancel(1));

    Workbench.await("told", () -> events.contains("cancelled"));
    client.on(
        () -> {
          client.writable = true;
          client.session.drained();
        });
    Workbench.await("the end", () -> client.received().contains("end 1"));
    assertTrue(sources.get(0).given() < 10_000);
  }

  @Test
  void theEndOfTheSessionStopsTheSource() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();
    client.on(() -> client.writable = false);
    client.say(wanting(1, "count", 10_000));

    client.on(() -> client.session.end(dev.selvedge.function.CloseReason.NORMAL));

    Workbench.await("told", () -> events.contains("cancelled"));
  }

  @Test
  void aClientThatWantsOneReplyGetsAllItemsAtOnce() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();

    client.ask(1, "count", 3);
    Workbench.await("reply", () -> client.received().contains("reply 1[[1,2,3]]"));

    client.ask(2, "count", 100_000);
    Workbench.await("refusal", () -> client.received().contains("error 2 too-many-items"));
  }

  @Test
  void streamsThatComeAlongAreRead() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();

    client.say(bringing(5, "sum", 1L));
    for (int i = 1; i <= 1_000; i++) {
      int item = i;
      client.on(() -> client.session.item(1, item));
    }
    client.on(() -> client.session.endStream(1, null));

    Workbench.await("the sum", () -> client.received().contains("reply 5[500500]"));
    assertFalse(client.paused);
  }

  @Test
  void anErrorOfTheClientReachesTheReaderAndUnknownStreamsAreIgnored() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();
    client.on(() -> client.session.item(9, "late"));

    client.say(bringing(5, "sum", 1L));
    client.on(() -> client.session.item(9, "late"));
    client.on(() -> client.session.endStream(1, new ReplyError("lost", "gone", null)));

    Workbench.await("told", () -> events.contains("broken lost"));
  }

  @Test
  void aClientIsNotReadWhileItsItemsPileUp() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();
    client.say(bringing(-1, "hold", 1L));
    for (int i = 1; i <= 40; i++) {
      int item = i;
      client.on(() -> client.session.item(1, item));
    }
    Workbench.await("held", () -> held.size() == 1);
    assertTrue(client.paused);
    assertEquals(List.of(), events);

    held.get(0).fetch(10);
    Workbench.await("ten", () -> events.size() == 10);
    held.get(0).resume();

    Workbench.await("read again", () -> !client.paused);
    Workbench.await("all", () -> events.size() == 40);
  }

  @Test
  void aNewVersionInterruptsTheStreamsOfTheOldOneAndBothSidesKnow() {
    bench.serve(1, ThreadingModel.EVENT_LOOP, Streaming::new);
    Client client = connect();
    client.on(() -> client.writable = false);
    client.say(wanting(1, "count", 10_000));
    client.say(bringing(-1, "hold", 4L));
    client.on(() -> client.session.item(4, "a"));
    Workbench.await("held", () -> held.size() == 1);
    held.get(0).exceptionHandler(failed -> events.add(((FunctionException) failed).code()));

    bench.serve(2, ThreadingModel.EVENT_LOOP, Streaming::new);
    bench.sessions.functionChanged(Workbench.FUNCTION);

    Workbench.await("told", () -> events.contains("interrupted"));
    client.on(
        () -> {
          client.writable = true;
          client.session.drained();
        });
    Workbench.await("the end", () -> client.received().contains("end 1 interrupted"));
    client.say("after");
    Workbench.await("the session lives", () -> client.received().contains("said[after]"));
    assertFalse(client.paused);
  }
}
