package dev.selvedge.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The link protocol over a bus that loses, doubles and reorders, in simulated time. */
class LaneLinksTest {
  private static final NodeId A = new NodeId("aaaaaaaa");
  private static final NodeId B = new NodeId("bbbbbbbb");

  private record Event(long at, long order, Runnable action) {}

  /** Time, the bus, and the ends that are joined by it. */
  private static final class Simulation {
    final Random random;
    final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparing(Event::order));
    final Map<String, End> ends = new HashMap<>();
    long now;
    long order;
    long frames;
    double loss;
    double doubling;
    long jitterMillis;

    Simulation(long seed) {
      random = new Random(seed);
    }

    End end(NodeId node, int lane) {
      End end = new End(this, node, lane);
      ends.put(node + "/" + lane, end);
      return end;
    }

    void at(long delayMillis, Runnable action) {
      events.add(new Event(now + TimeUnit.MILLISECONDS.toNanos(delayMillis), order++, action));
    }

    void carry(NodeId to, int lane, Buffer frame) {
      frames++;
      Buffer copy = frame.copy();
      int copies = random.nextDouble() < loss ? 0 : random.nextDouble() < doubling ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        long delay = 1 + (jitterMillis == 0 ? 0 : random.nextLong(jitterMillis));
        at(delay, () -> ends.get(to + "/" + lane).links.receive(copy.copy()));
      }
    }

    void run(long millis) {
      long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
      while (!events.isEmpty() && events.peek().at() <= end) {
        Event event = events.poll();
        now = event.at();
        event.action().run();
      }
      now = end;
    }
  }

  /** One lane of a node. */
  private static final class End implements Lane, LaneLinks.Turns {
    final Simulation simulation;
    final int index;
    final LaneLinks links;
    final List<Long> received = new ArrayList<>();
    final Map<NodeId, Long> reached = new HashMap<>();

    End(Simulation simulation, NodeId node, int index) {
      this.simulation = simulation;
      this.index = index;
      Kinds kinds = new Kinds();
      kinds.register(
          Note.KIND, Note::read, (lane, from, note) -> received.add(((Note) note).number()));
      this.links = new LaneLinks(this, node, kinds, this, simulation::carry, reached::put);
    }

    void connect(NodeId peer, int lanes, long epoch) {
      links.open(peer, lanes, epoch);
      links.receiveFrom(peer);
      links.ready(peer);
    }

    @Override
    public long nanos() {
      return simulation.now;
    }

    @Override
    public void soon(Runnable task) {
      simulation.at(0, task);
    }

    @Override
    public void after(int millis, Runnable task) {
      simulation.at(millis, task);
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public Context context() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isCurrent() {
      return true;
    }

    @Override
    public void run(Runnable task) {
      task.run();
    }

    @Override
    public String toString() {
      return "lane " + index;
    }

    @Override
    public boolean send(NodeId to, Envelope envelope) {
      return links.send(to, envelope);
    }
  }

  private static List<Long> numbers(int count) {
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  @Test
  void whatIsSentInOneTurnTravelsInOneFrame() {
    Simulation simulation = new Simulation(1);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.connect(B, 1, 1);
    b.connect(A, 1, 1);

    for (int i = 0; i < 100; i++) {
      assertTrue(a.send(B, new Note(i, "x")));
    }
    simulation.run(10);

    assertEquals(numbers(100), b.received);
    assertEquals(1, simulation.frames);
    simulation.run(1_000);
    assertEquals(2, simulation.frames, "one batch, one acknowledgement");
    assertTrue(a.links.isIdle());
    assertTrue(simulation.events.isEmpty(), "no timer is left");
  }

  @Test
  void lossDoublingAndReorderingAreHiddenBothWays() {
    for (int seed = 0; seed < 16; seed++) {
      Simulation simulation = new Simulation(seed);
      simulation.loss = seed % 3 == 0 ? 0 : 0.15;
      simulation.doubling = seed % 2 == 0 ? 0 : 0.3;
      simulation.jitterMillis = seed % 5 == 0 ? 0 : 20;
      End a = simulation.end(A, 0);
      End b = simulation.end(B, 0);
      a.connect(B, 1, 1);
      b.connect(A, 1, 1);

      for (int i = 0; i < 500; i++) {
        a.send(B, new Note(i, "x".repeat(simulation.random.nextInt(2_000))));
        b.send(A, new Note(i, "y"));
        simulation.run(simulation.random.nextInt(4));
      }
      simulation.run(TimeUnit.HOURS.toMillis(1));

      assertTrue(b.received.equals(numbers(500)), "seed " + seed);
      assertTrue(a.received.equals(numbers(500)), "seed " + seed);
      assertTrue(a.links.isIdle() && b.links.isIdle(), "seed " + seed);
    }
  }

  @Test
  void anOutageLosesNothing() {
    Simulation simulation = new Simulation(5);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.connect(B, 1, 1);
    b.connect(A, 1, 1);

    simulation.loss = 1;
    for (int i = 0; i < 200; i++) {
      a.send(B, new Note(i, "x"));
      simulation.run(20);
    }
    simulation.loss = 0;
    simulation.run(12_000);

    assertEquals(numbers(200), b.received);
  }

  @Test
  void lanesOfNodesWithDifferentNumbersFindEachOther() {
    Simulation simulation = new Simulation(3);
    simulation.loss = 0.2;
    List<End> a = List.of(simulation.end(A, 0), simulation.end(A, 1), simulation.end(A, 2));
    End b = simulation.end(B, 0);
    a.forEach(end -> end.connect(B, 1, 1));
    b.connect(A, 3, 1);

    for (int i = 0; i < 100; i++) {
      a.get(i % 3).send(B, new Note(i, "x"));
      b.send(A, new Note(i, "y"));
      simulation.run(1);
    }
    simulation.run(60_000);

    assertEquals(numbers(100), b.received.stream().sorted().toList());
    for (int lane = 0; lane < 3; lane++) {
      int mine = lane;
      List<Long> expected = numbers(100).stream().filter(n -> n % 3 == mine).toList();
      assertEquals(expected, b.received.stream().filter(n -> n % 3 == mine).toList());
    }
    assertEquals(numbers(100), a.get(0).received);
    assertTrue(a.stream().allMatch(end -> end.links.isIdle()));
  }

  @Test
  void bigEnvelopesTravelAloneAndInOrder() {
    Simulation simulation = new Simulation(4);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.connect(B, 1, 1);
    b.connect(A, 1, 1);

    for (int i = 0; i < 40; i++) {
      a.send(B, new Note(i, "x".repeat(i % 4 == 3 ? 200_000 : 30_000)));
    }
    simulation.run(1_000);

    assertEquals(numbers(40), b.received);
  }

  @Test
  void nothingLeavesUntilThePeerListensAndThenAll() {
    Simulation simulation = new Simulation(6);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.links.open(B, 1, 1);
    b.links.open(A, 1, 1);

    a.send(B, new Note(0, "x"));
    simulation.run(5_000);
    assertEquals(0, simulation.frames);

    a.links.ready(B);
    simulation.run(100);
    assertEquals(List.of(), b.received, "B has not begun to receive");
    b.links.receiveFrom(A);
    assertEquals(numbers(1), b.received);
  }

  @Test
  void aLaterEpochEndsTheLinkAndAnEarlierOneIsIgnored() {
    Simulation simulation = new Simulation(7);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.connect(B, 1, 2);
    b.connect(A, 1, 1);

    a.send(B, new Note(0, "x"));
    b.send(A, new Note(9, "old"));
    simulation.run(100);
    assertEquals(Map.of(A, 2L), b.reached);
    assertFalse(b.send(A, new Note(1, "x")));
    assertEquals(List.of(), a.received);

    b.links.close(A);
    b.connect(A, 1, 2);
    simulation.run(1_000);

    assertEquals(numbers(1), b.received);
  }

  @Test
  void aPeerThatTakesNothingIsGivenUpAtTheLimit() {
    Simulation simulation = new Simulation(8);
    simulation.loss = 1;
    End a = simulation.end(A, 0);
    simulation.end(B, 0);
    a.connect(B, 1, 1);

    String big = "x".repeat(1024 * 1024);
    int sent = 0;
    while (a.send(B, new Note(sent, big))) {
      sent++;
      simulation.run(1);
    }

    assertEquals((int) (Outbound.LIMIT_BYTES / big.length()), sent + 1);
    assertEquals(Map.of(B, 2L), a.reached);
    simulation.run(10_000);
    assertTrue(simulation.events.isEmpty(), "nothing is tried any more");
  }

  @Test
  void malformedFramesHarmNobody() {
    Simulation simulation = new Simulation(9);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.connect(B, 1, 1);
    b.connect(A, 1, 1);

    for (int i = 0; i < 3_000; i++) {
      byte[] noise = new byte[simulation.random.nextInt(80)];
      simulation.random.nextBytes(noise);
      b.links.receive(Buffer.buffer(noise));
    }
    a.send(B, new Note(0, "x"));
    simulation.run(100);

    assertEquals(numbers(1), b.received);
  }

  @Test
  void anEnvelopeThatCannotBeWrittenIsRefusedAndNothingElse() {
    Simulation simulation = new Simulation(10);
    End a = simulation.end(A, 0);
    End b = simulation.end(B, 0);
    a.connect(B, 1, 1);
    b.connect(A, 1, 1);
    Envelope bad =
        new Envelope() {
          @Override
          public int kind() {
            return Note.KIND;
          }

          @Override
          public void writeTo(EnvelopeWriter out) {
            out.number(1).value(new Object());
          }
        };

    a.send(B, new Note(0, "x"));
    assertThrows(IllegalArgumentException.class, () -> a.send(B, bad));
    a.send(B, new Note(1, "x"));
    simulation.run(100);

    assertEquals(numbers(2), b.received);
  }
}
