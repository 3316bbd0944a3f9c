package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeGoneException;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TicketsTest {
  private static final NodeId NOBODY = new NodeId("nobody00");

  private final Fabric fabric = TestTransport.fabric();
  private final Lane lane = fabric.lane(0);
  private final NodeId self = fabric.membership().self();
  private final Tickets<String> tickets = new Tickets<>(fabric.vertx());
  private final List<Long> asked = new CopyOnWriteArrayList<>();
  private final List<Long> answered = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    fabric.register(
        GroupWire.FENCE,
        GroupWire.Fence::read,
        (at, from, question) -> asked.add(((GroupWire.Fence) question).ticket()));
    fabric.register(
        ToClient.Ack.KIND,
        ToClient.Ack::read,
        (at, from, answer) -> answered.add(((ToClient.Ack) answer).ticket()));
    get(fabric.start());
  }

  @AfterEach
  void close() throws Exception {
    get(fabric.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static Throwable failure(Future<?> future) throws Exception {
    return get(future.map(done -> (Throwable) null).otherwise(failure -> failure));
  }

  private Tickets.Ticket<String> ask(NodeId node) {
    return tickets.ask(lane, node, GroupWire.Fence::new);
  }

  /** When the lane has done what it was given until now. */
  private void turn() throws Exception {
    get(Future.future(done -> lane.run(done::complete)));
  }

  @Test
  void anAnswerEndsItsTicketOnly() throws Exception {
    Tickets.Ticket<String> first = ask(self);
    Tickets.Ticket<String> second = ask(self);
    turn();
    assertEquals(List.of(first.number(), second.number()), asked);

    tickets.redeem(second.number(), "yes");
    tickets.redeem(second.number(), "no");
    assertEquals("yes", get(second.answer()));
    assertFalse(first.answer().isComplete());
    assertFalse(tickets.fail(second.number(), new IllegalStateException()));
    assertTrue(tickets.fail(first.number(), new IllegalStateException()));
    assertInstanceOf(IllegalStateException.class, failure(first.answer()));
  }

  @Test
  void whoIsNotThereDoesNotAnswer() throws Exception {
    assertInstanceOf(NodeGoneException.class, failure(ask(NOBODY).answer()));
  }

  @Test
  void whatANodeThatLeavesWasAskedEnds() throws Exception {
    Tickets.Ticket<String> open = ask(self);
    tickets.nodeLeft(NOBODY);
    assertFalse(open.answer().isComplete());
    tickets.nodeLeft(self);
    assertInstanceOf(NodeGoneException.class, failure(open.answer()));
  }

  @Test
  void whoWantsNoAnswerGetsNone() throws Exception {
    Tickets.answer(lane, self, ToClient.Ack.ok(0));
    Tickets.answer(lane, self, ToClient.Ack.ok(7));
    turn();
    assertEquals(List.of(7L), answered);
    assertNull(ToClient.Ack.ok(7).failure());
  }
}
