package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;
import static dev.selvedge.fabric.Waiting.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.ConfigException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusteredFabricTest {
  private TestCluster cluster;

  @BeforeEach
  void open() throws Exception {
    cluster = new TestCluster();
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  @Test
  void nodesSeeEachOtherInTheOrderInWhichTheyJoined() throws Exception {
    ClusteredFabric a = cluster.join();
    ClusteredFabric b = cluster.join();
    ClusteredFabric c = cluster.join();
    cluster.awaitComplete();

    List<NodeId> expected = List.of(id(a), id(b), id(c));
    for (ClusteredFabric node : List.of(a, b, c)) {
      List<Node> nodes = node.membership().nodes();
      assertEquals(expected, nodes.stream().map(Node::id).toList());
      assertEquals(Set.of(Role.EDGE, Role.HOST), nodes.get(1).roles());
      assertEquals("test", nodes.get(1).version());
      assertEquals(TestCluster.self(b).address(), nodes.get(1).address());
      assertEquals(id(a), node.membership().leader().id());
    }
  }

  @Test
  void aNewcomerKnowsAllAnnouncementsOnceItHasStarted() throws Exception {
    ClusteredFabric a = cluster.join();
    ClusteredFabric b = cluster.join();
    cluster.awaitComplete();
    await(a.start());
    await(b.start());
    Events events = new Events();
    b.membership().addListener(events);

    a.membership().announce("load", new JsonObject().put("sessions", 1));
    until("the section arrives", () -> section(b, a, "load").containsKey("sessions"));
    a.membership().announce("load", new JsonObject().put("sessions", 2));
    until("its change arrives", () -> section(b, a, "load").getInteger("sessions") == 2);

    ClusteredFabric c = cluster.join();
    await(c.start());
    assertEquals(2, section(c, a, "load").getInteger("sessions"));
    c.membership().announce("node", new JsonObject().put("phase", "ready"));
    until("the newcomer's arrives", () -> section(a, c, "node").containsKey("phase"));
    until("the newcomer was told", () -> events.contains("joined " + id(c)));
    until("its section was told", () -> events.contains("node of " + id(c)));
    assertTrue(events.contains("load of " + id(a)));
    assertTrue(events.indexOf("joined " + id(c)) < events.indexOf("node of " + id(c)));
  }

  @Test
  void envelopesOfEachLaneArriveOnceAndInOrder() throws Exception {
    ClusteredFabric a = cluster.join(options -> options.setEventLoopPoolSize(3));
    ClusteredFabric b = cluster.join();
    Map<Integer, List<Long>> atA = receive(a);
    Map<Integer, List<Long>> atB = receive(b);
    // Not started yet: what is sent meanwhile waits.
    cluster.awaitComplete();
    for (int lane = 0; lane < 3; lane++) {
      sendMany(a, lane, id(b));
    }
    await(a.start());
    await(b.start());
    for (int lane = 0; lane < 2; lane++) {
      sendMany(b, lane, id(a));
    }

    until("all at B", () -> count(atB) == 30_000);
    until("all at A", () -> count(atA) == 20_000);

    for (int lane = 0; lane < 3; lane++) {
      assertInOrder(atB.get(lane % 2), lane);
    }
    for (int lane = 0; lane < 2; lane++) {
      assertInOrder(atA.get(lane), lane);
    }
  }

  @Test
  void aRequestIsAnsweredFailsOrEndsWithTheNode() throws Exception {
    ClusteredFabric a = cluster.join();
    ClusteredFabric b = cluster.join();
    cluster.awaitComplete();
    await(a.start());
    b.serve("echo", Future::succeededFuture);
    b.serve("code", body -> Future.failedFuture(new FabricException(404, "no such thing")));
    b.serve("fail", body -> Future.failedFuture("no luck"));
    b.serve("never", body -> Promise.<Buffer>promise().future());
    await(b.start());

    assertEquals(Buffer.buffer("hi"), await(a.request(id(b), "echo", Buffer.buffer("hi"), 60_000)));
    assertEquals(404, failure(a, b, "code").code());
    assertEquals("no luck", failure(a, b, "fail").getMessage());
    assertEquals(FabricException.NO_SERVICE, failure(a, b, "unknown").code());

    Future<Buffer> underWay = a.request(id(b), "never", Buffer.buffer(), 600_000);
    cluster.forget(b);
    await(b.close());
    assertThrows(NodeGoneException.class, () -> await(underWay));
    assertThrows(
        NodeGoneException.class, () -> await(a.request(id(b), "echo", Buffer.buffer(), 600_000)));
    until("the node is gone", () -> a.membership().nodes().size() == 1);
    assertFalse(onLane(a, 1, () -> a.lane(1).send(id(b), new Note(1, "x"))));
  }

  @Test
  void aDirectAddressOfANodeThatLeftHasNoHandler() throws Exception {
    ClusteredFabric a = cluster.join();
    ClusteredFabric b = cluster.join();
    cluster.awaitComplete();
    String address = "@" + id(b) + "/any";
    b.vertx().eventBus().consumer(address, message -> message.reply("here"));
    await(a.vertx().eventBus().request(address, "x"));

    cluster.forget(b);
    await(b.close());
    // The cluster manager hears of the change on a thread of its own. A request that comes before
    // is lost with the connection, and only its time-out tells.
    DeliveryOptions brief = new DeliveryOptions().setSendTimeout(500);
    until(
        "the address is taken back",
        () -> {
          ReplyException failure =
              assertThrows(
                  ReplyException.class,
                  () -> await(a.vertx().eventBus().request(address, "x", brief)));
          return failure.failureType() == ReplyFailure.NO_HANDLERS;
        });
  }

  @Test
  void aListenerLearnsOfLeavingAndJoiningInOrder() throws Exception {
    ClusteredFabric a = cluster.join();
    Events events = new Events();
    a.membership().addListener(events);

    ClusteredFabric b = cluster.join();
    until("B has joined", () -> events.contains("joined " + id(b)));
    cluster.forget(b);
    await(b.close());
    until("B has left", () -> events.contains("left " + id(b)));
    ClusteredFabric c = cluster.join();
    until("C has joined", () -> events.contains("joined " + id(c)));

    assertEquals(
        List.of("joined " + id(b), "left " + id(b), "joined " + id(c)), List.copyOf(events.all));
    assertTrue(events.onLaneZero(a));
  }

  @Test
  void aBreakThatOneNodeSeesIsSeenByBothAndTheLinkWorksAfterIt() throws Exception {
    ClusteredFabric a = cluster.join();
    ClusteredFabric b = cluster.join();
    Map<Integer, List<Long>> atB = receive(b);
    receive(a);
    cluster.awaitComplete();
    await(a.start());
    await(b.start());
    Events atAEvents = new Events();
    Events atBEvents = new Events();
    a.membership().addListener(atAEvents);
    b.membership().addListener(atBEvents);
    a.membership().announce("node", new JsonObject().put("phase", "ready"));
    until("the section arrives", () -> section(b, a, "node").containsKey("phase"));

    // As A would speak after a break that only A saw.
    Frame later = new Frame(Frame.Type.ACK, id(a), 0, 99, 0, 0);
    a.vertx().eventBus().send(Addresses.lane(id(b), 0), later.toBuffer());

    until("A saw it", () -> atAEvents.contains("joined " + id(b)));
    until("B saw it", () -> atBEvents.contains("joined " + id(a)));
    assertTrue(atBEvents.indexOf("left " + id(a)) < atBEvents.indexOf("joined " + id(a)));
    until("the sections are back", () -> section(b, a, "node").containsKey("phase"));
    onLane(a, 1, () -> a.lane(1).send(id(b), new Note(7, "x")));
    until("it arrives", () -> count(atB) == 1);
    assertEquals(1, atBEvents.all.stream().filter(e -> e.startsWith("left")).count());
    assertEquals(1, atAEvents.all.stream().filter(e -> e.startsWith("left")).count());
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ConfigException failure =
          assertThrows(
              ConfigException.class,
              () -> await(Fabrics.clustered(cluster.config(taken.getLocalPort()), "test", o -> o)));

      assertEquals(
          "cluster.port: " + taken.getLocalPort() + " (expected: a port that is free on 127.0.0.1)",
          failure.getMessage());
    }
  }

  private static NodeId id(Fabric fabric) {
    return fabric.membership().self();
  }

  private static JsonObject section(Fabric at, Fabric of, String section) {
    return at.membership().node(id(of)).map(n -> n.section(section)).orElse(new JsonObject());
  }

  private static FabricException failure(Fabric from, Fabric to, String service) {
    return assertThrows(
        FabricException.class, () -> await(from.request(id(to), service, Buffer.buffer(), 60_000)));
  }

  private static Map<Integer, List<Long>> receive(Fabric fabric) {
    Map<Integer, List<Long>> received = new ConcurrentHashMap<>();
    fabric.register(
        Note.KIND,
        Note::read,
        (lane, from, note) ->
            received
                .computeIfAbsent(lane.index(), ignored -> new CountedList())
                .add(((Note) note).number()));
    return received;
  }

  private static final class CountedList extends ArrayList<Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized boolean add(Long value) {
      return super.add(value);
    }

    @Override
    public synchronized int size() {
      return super.size();
    }
  }

  private static int count(Map<Integer, List<Long>> received) {
    return received.values().stream().mapToInt(List::size).sum();
  }

  /** 10,000 notes, each with the lane in its number. */
  private static void sendMany(Fabric from, int lane, NodeId to) {
    for (int part = 0; part < 100; part++) {
      long first = part * 100L;
      from.lane(lane)
          .run(
              () -> {
                for (long i = first; i < first + 100; i++) {
                  from.lane(lane).send(to, new Note(i * 10 + lane, "x".repeat(100)));
                }
              });
    }
  }

  private static void assertInOrder(List<Long> received, int lane) {
    long next = 0;
    for (long number : received) {
      if (number % 10 == lane) {
        assertEquals(next++, number / 10, "lane " + lane);
      }
    }
    assertEquals(10_000, next, "lane " + lane);
  }

  private static <T> T onLane(Fabric fabric, int lane, Supplier<T> task) throws Exception {
    Promise<T> done = Promise.promise();
    fabric.lane(lane).run(() -> done.complete(task.get()));
    return await(done.future());
  }

  /** What a listener was told, as text. */
  private static final class Events implements Membership.Listener {
    final List<String> all = new CopyOnWriteArrayList<>();
    final Map<Thread, Integer> threads = new HashMap<>();

    @Override
    public void joined(Node node) {
      add("joined " + node.id());
    }

    @Override
    public void left(Node node) {
      add("left " + node.id());
    }

    @Override
    public void announced(Node node, String section) {
      add(section + " of " + node.id());
    }

    private void add(String event) {
      threads.merge(Thread.currentThread(), 1, Integer::sum);
      all.add(event);
    }

    boolean contains(String event) {
      return all.contains(event);
    }

    int indexOf(String event) {
      return all.indexOf(event);
    }

    boolean onLaneZero(Fabric fabric) throws Exception {
      Thread lane0 = onLane(fabric, 0, Thread::currentThread);
      return threads.keySet().equals(Set.of(lane0));
    }
  }
}
