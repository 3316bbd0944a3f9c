package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;
import static dev.selvedge.fabric.Waiting.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.IoTransport;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalFabricTest {
  private static final NodeId NOBODY = new NodeId("nobody00");

  private final Fabric fabric =
      Fabrics.local(IoTransport.AUTO, "test", options -> options.setEventLoopPoolSize(3));

  @AfterEach
  void close() throws Exception {
    await(fabric.close());
  }

  @Test
  void thereIsOneLaneForEachEventLoop() {
    List<Object> loops = new ArrayList<>();
    for (Lane lane : fabric.lanes()) {
      assertEquals(loops.size(), lane.index());
      assertSame(lane, fabric.lane(lane.index()));
      loops.add(((ContextInternal) lane.context()).nettyEventLoop());
    }

    assertEquals(3, loops.size());
    assertEquals(3, loops.stream().distinct().count());
  }

  @Test
  void aVerticleDeployedFromALaneRunsOnItsEventLoop() throws Exception {
    for (Lane lane : fabric.lanes()) {
      AtomicReference<Context> context = new AtomicReference<>();
      Promise<String> deployed = Promise.promise();

      lane.run(() -> fabric.vertx().deployVerticle(capturing(context)).onComplete(deployed));
      await(deployed.future());

      assertSame(
          ((ContextInternal) lane.context()).nettyEventLoop(),
          ((ContextInternal) context.get()).nettyEventLoop());
    }
  }

  @Test
  void anEnvelopeToItselfIsReceivedByReferenceBeforeSendReturns() throws Exception {
    List<Object> received = new ArrayList<>();
    fabric.register(Note.KIND, Note::read, (lane, from, note) -> received.add(note));
    await(fabric.start());
    Note note = new Note(1, "hello");
    NodeId self = fabric.membership().self();

    boolean inTime =
        onLane(0, () -> fabric.lane(0).send(self, note) && received.equals(List.of(note)));

    assertTrue(inTime);
    assertSame(note, received.get(0));
  }

  @Test
  void aReceiverThatThrowsDoesNotHarmTheSender() throws Exception {
    fabric.register(
        Note.KIND,
        Note::read,
        (lane, from, note) -> {
          throw new IllegalStateException("on purpose");
        });
    await(fabric.start());

    assertTrue(onLane(0, () -> fabric.lane(0).send(fabric.membership().self(), new Note(1, "x"))));
  }

  @Test
  void nothingIsSentToANodeThatIsNotThere() throws Exception {
    await(fabric.start());

    assertFalse(onLane(1, () -> fabric.lane(1).send(NOBODY, new Note(1, "x"))));
  }

  @Test
  void tasksRunInOrderAndAtOnceOnTheirOwnLane() throws Exception {
    List<Integer> order = new CopyOnWriteArrayList<>();
    Lane lane = fabric.lane(2);
    for (int i = 0; i < 100; i++) {
      int number = i;
      lane.run(() -> order.add(number));
    }
    onLane(
        2,
        () -> {
          lane.run(() -> order.add(100));
          order.add(101);
          return true;
        });

    assertEquals(102, order.size());
    for (int i = 0; i < order.size(); i++) {
      assertEquals(i, order.get(i));
    }
  }

  @Test
  void kindsAreKnownOnceAndBeforeTheStart() throws Exception {
    fabric.register(Note.KIND, Note::read, (lane, from, note) -> {});

    assertThrows(
        IllegalArgumentException.class,
        () -> fabric.register(Note.KIND, Note::read, (lane, from, note) -> {}));
    await(fabric.start());
    assertThrows(
        IllegalStateException.class,
        () -> fabric.register(Note.KIND + 1, Note::read, (lane, from, note) -> {}));
  }

  @Test
  void aServiceAnswersFailsOrTimesOut() throws Exception {
    NodeId self = fabric.membership().self();
    fabric.serve("echo", Future::succeededFuture);
    fabric.serve("fail", body -> Future.failedFuture("no luck"));
    fabric.serve("code", body -> Future.failedFuture(new FabricException(404, "no such thing")));
    fabric.serve("never", body -> Promise.<Buffer>promise().future());

    assertEquals(
        Buffer.buffer("x"), await(fabric.request(self, "echo", Buffer.buffer("x"), 60_000)));
    assertEquals(FabricException.FAILED, failure(self, "fail", 60_000).code());
    assertEquals("no luck", failure(self, "fail", 60_000).getMessage());
    assertEquals(404, failure(self, "code", 60_000).code());
    assertEquals(FabricException.TIMEOUT, failure(self, "never", 20).code());
    assertEquals(FabricException.NO_SERVICE, failure(self, "unknown", 60_000).code());
    assertThrows(
        NodeGoneException.class,
        () -> await(fabric.request(NOBODY, "echo", Buffer.buffer(), 60_000)));
  }

  @Test
  void anAnnouncementIsSeenAtOnceAndToldOnLaneZero() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Membership membership = fabric.membership();
    membership.addListener(
        new Membership.Listener() {
          @Override
          public void announced(Node node, String section) {
            told.add(section + node.section(section).encode() + fabric.lane(0).isCurrent());
          }
        });

    membership.announce("load", new JsonObject().put("sessions", 3));

    assertEquals(3, membership.leader().section("load").getInteger("sessions"));
    until("the listener is told", () -> told.equals(List.of("load{\"sessions\":3}true")));
  }

  @Test
  void noClassOfHazelcastIsLoaded() throws Exception {
    try (RefusingLoader loader = new RefusingLoader()) {
      Class<?> fabrics = loader.loadClass(Fabrics.class.getName());
      UnaryOperator<VertxOptions> same = UnaryOperator.identity();

      Class<?> transports = loader.loadClass(IoTransport.class.getName());
      Object opened =
          fabrics
              .getMethod("local", transports, String.class, UnaryOperator.class)
              .invoke(null, transports.getEnumConstants()[0], "test", same);

      assertSame(loader, opened.getClass().getClassLoader());
      var close = opened.getClass().getDeclaredMethod("close");
      close.setAccessible(true);
      await((Future<?>) close.invoke(opened));
    }
  }

  /** Loads our classes anew and those of Hazelcast not at all. */
  private static final class RefusingLoader extends URLClassLoader {
    RefusingLoader() {
      super(
          new URL[] {Fabrics.class.getProtectionDomain().getCodeSource().getLocation()},
          LocalFabricTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.hazelcast") || name.startsWith("io.vertx.spi.cluster")) {
        throw new ClassNotFoundException(name + " (refused)");
      }
      if (!name.startsWith("dev.selvedge.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  private FabricException failure(NodeId to, String service, long timeoutMillis) {
    return assertThrows(
        FabricException.class,
        () -> await(fabric.request(to, service, Buffer.buffer(), timeoutMillis)));
  }

  private <T> T onLane(int index, Supplier<T> task) throws Exception {
    Promise<T> done = Promise.promise();
    fabric.lane(index).run(() -> done.complete(task.get()));
    return await(done.future());
  }

  private static AbstractVerticle capturing(AtomicReference<Context> into) {
    return new AbstractVerticle() {
      @Override
      public void start() {
        into.set(context);
      }
    };
  }
}
