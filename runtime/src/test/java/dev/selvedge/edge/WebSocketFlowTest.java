package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A WebSocket from the protocol's side: pausing, pushing, closing, time-outs, slow readers. */
@Timeout(240)
class WebSocketFlowTest {
  private final BlockingQueue<Server> servers = new LinkedBlockingQueue<>();
  private EdgeFixture edge;

  /** The server's end, as a protocol would hold it. */
  private static final class Server implements WebSocketConnection.Listener {
    final WebSocketConnection socket;
    final Context loop = Vertx.currentContext();
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<CloseReason> closed = new LinkedBlockingQueue<>();
    final AtomicInteger drained = new AtomicInteger();
    volatile boolean pauseAfterEach;

    Server(WebSocketConnection socket) {
      this.socket = socket;
    }

    @Override
    public void message(boolean text, ByteBuf payload) {
      String message = payload.toString(StandardCharsets.UTF_8);
      if (message.equals("throw")) {
        throw new IllegalStateException("on purpose");
      }
      if (pauseAfterEach) {
        socket.pauseReading();
      }
      messages.add(message);
    }

    @Override
    public void drained() {
      drained.incrementAndGet();
    }

    @Override
    public void closed(CloseReason reason) {
      closed.add(reason);
    }

    <T> T on(Supplier<T> action) throws Exception {
      CompletableFuture<T> result = new CompletableFuture<>();
      loop.runOnContext(x -> result.complete(action.get()));
      return result.get(60, TimeUnit.SECONDS);
    }

    void run(Runnable action) throws Exception {
      on(
          () -> {
            action.run();
            return null;
          });
    }

    void send(String text) {
      socket.send(true, text.getBytes(StandardCharsets.UTF_8));
    }

    CloseReason nextClosed() throws Exception {
      return closed.poll(60, TimeUnit.SECONDS);
    }
  }

  private RawClient open(Duration heartbeat, Duration idle) throws Exception {
    WebSocketLimits d = WebSocketLimits.DEFAULT;
    WebSocketLimits limits =
        new WebSocketLimits(d.maxFrameBytes(), d.maxMessageBytes(), heartbeat, idle, false);
    return open(limits);
  }

  private RawClient open(WebSocketLimits limits) throws Exception {
    edge =
        new EdgeFixture(
            EdgeFixture.config(),
            exchange ->
                exchange
                    .upgrade(null, limits)
                    .onSuccess(
                        socket -> {
                          Server server = new Server(socket);
                          socket.listen(server);
                          servers.add(server);
                        }));
    return RawClient.webSocket(edge.port(), "/");
  }

  private RawClient open() throws Exception {
    return open(Duration.ZERO, Duration.ZERO);
  }

  @AfterEach
  void stop() {
    if (edge != null) {
      edge.close();
    }
  }

  @Test
  void aCloseWithoutCodeMayBeAnsweredAsANormalEnd() throws Exception {
    try (RawClient client = open(WebSocketLimits.DEFAULT.namingNormalEnd())) {
      client.send(RawClient.frame(0x88, new byte[0]));

      assertEquals(1000, client.closeCode());
      assertEquals(1005, servers.take().nextClosed().code());
    }
  }

  @Test
  void whilePausedNothingIsDeliveredNotEvenWhatHasArrived() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.pauseAfterEach = true;
      ByteArrayOutputStream three = new ByteArrayOutputStream();
      for (String text : new String[] {"one", "two", "three"}) {
        three.writeBytes(RawClient.text(text));
      }
      client.send(three.toByteArray());

      for (String text : new String[] {"one", "two", "three"}) {
        assertEquals(text, server.messages.poll(60, TimeUnit.SECONDS));
        assertNull(server.on(server.messages::peek));
        server.run(server.socket::resumeReading);
      }
    }
  }

  @Test
  void whilePausedTheClientIsHeldBackByItsSocket() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.run(server.socket::pauseReading);
      int frames = 1024;
      byte[] frame = RawClient.frame(0x82, new byte[32 * 1024]);
      AtomicInteger sent = new AtomicInteger();
      Thread sender =
          new Thread(
              () -> {
                try {
                  while (sent.get() < frames) {
                    client.send(frame);
                    sent.incrementAndGet();
                  }
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      sender.start();
      EdgeFixture.until(() -> sender.getState() == Thread.State.RUNNABLE && sent.get() > 10);
      assertTrue(server.messages.isEmpty());
      assertTrue(sent.get() < frames);

      server.run(server.socket::resumeReading);
      sender.join();
      EdgeFixture.until(() -> server.messages.size() == frames);
    }
  }

  @Test
  void whatIsPushedOutsideOfAReadGoesOut() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.run(
          () -> {
            server.send("a");
            server.send("b".repeat(5000));
          });

      assertEquals("a", client.frame().text());
      assertEquals(5000, client.frame().payload().length);
    }
  }

  @Test
  void closingWaitsForTheClientsAnswer() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.run(
          () -> {
            server.socket.close(CloseReason.KICKED);
            server.send("never seen");
          });

      RawClient.Frame close = client.frame();
      assertEquals(0x88, close.first());
      assertEquals(4005, close.code());
      assertEquals(
          "closed by operator", new String(close.payload(), 2, close.payload().length - 2));
      client.send(RawClient.text("ignored"));
      assertNull(server.on(server.closed::peek));

      client.send(RawClient.close(4005, ""));
      assertEquals(CloseReason.KICKED, server.nextClosed());
      assertEquals(0, client.untilClosed().length);
      assertTrue(server.messages.isEmpty());
    }
  }

  @Test
  void aPausedConnectionStillSeesTheAnswerToItsClose() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.run(server.socket::pauseReading);
      client.send(RawClient.text("x")).send(RawClient.close(1000, ""));
      server.run(() -> server.socket.close(CloseReason.NORMAL));

      assertEquals(1000, client.closeCode());
      assertEquals(CloseReason.NORMAL, server.nextClosed());
      assertTrue(server.messages.isEmpty());
    }
  }

  @Test
  void aClientThatDoesNotAnswerACloseIsCutOff() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.run(() -> server.socket.close(CloseReason.SERVICE_RESTART));

      assertEquals(1012, client.closeCode());
      assertEquals(0, client.untilClosed().length);
      assertEquals(CloseReason.SERVICE_RESTART, server.nextClosed());
    }
  }

  @Test
  void reasonsThatAreNeverSentCloseWithoutAFrame() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      server.run(() -> server.socket.close(CloseReason.LOST));

      assertEquals(0, client.untilClosed().length);
      assertEquals(CloseReason.LOST, server.nextClosed());
    }
  }

  @Test
  void aListenerThatThrowsIsAnInternalError() throws Exception {
    try (RawClient client = open()) {
      client.send(RawClient.text("throw")).send(RawClient.text("after"));

      assertEquals(1011, client.closeCode());
      assertEquals(CloseReason.INTERNAL_ERROR, servers.take().nextClosed());
    }
  }

  @Test
  void aClientThatAnswersPingsStaysAndOneThatDoesNotIsTimedOut() throws Exception {
    try (RawClient client = open(Duration.ofSeconds(4), Duration.ZERO)) {
      assertEquals(0x89, client.frame().first());
      client.send(RawClient.frame(0x8a, new byte[0]));
      assertEquals(0x89, client.frame().first());
      RawClient.Frame close = client.frame();
      assertEquals(4002, close.code());
      assertEquals(CloseReason.HEARTBEAT, servers.take().nextClosed());
      assertEquals(0, client.untilClosed().length);
    }
  }

  @Test
  void anIdleConnectionIsClosedWhateverItsPongs() throws Exception {
    // A pong would be missed only after the idle time, however slow the client is.
    try (RawClient client = open(Duration.ofSeconds(2), Duration.ofSeconds(3))) {
      client.send(RawClient.text("last"));
      RawClient.Frame frame = client.frame();
      while (frame.opcode() == 9) {
        client.send(RawClient.frame(0x8a, frame.payload()));
        frame = client.frame();
      }
      assertEquals(4001, frame.code());
      client.send(RawClient.close(4001, ""));
      assertEquals(CloseReason.IDLE, servers.take().nextClosed());
    }
  }

  @Test
  void aSlowReaderIsSeenAndDrainsWhenItReads() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      int sent = 0;
      do {
        while (server.on(
            () -> {
              server.socket.send(false, new byte[32 * 1024]);
              return server.socket.writable();
            })) {
          sent++;
        }
        sent++;
        TimeUnit.MILLISECONDS.sleep(200); // the kernel may still make room
      } while (server.on(server.socket::writable));
      assertTrue(server.on(server.socket::pendingBytes) > 32 * 1024);
      int drained = server.drained.get();

      for (int i = 0; i < sent; i++) {
        assertEquals(32 * 1024, client.frame().payload().length);
      }
      EdgeFixture.until(() -> server.drained.get() == drained + 1);
      assertTrue(server.on(server.socket::writable));
    }
  }

  @Test
  void aSenderThatDoesNotLookIsStoppedAtTheHardLimit() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      long most = 0;
      while (server.closed.isEmpty()) {
        long pending =
            server.on(
                () -> {
                  server.socket.send(false, new byte[64 * 1024]);
                  return server.socket.pendingBytes();
                });
        most = Math.max(most, pending);
      }

      assertTrue(most < WebSocketChannel.PENDING_LIMIT + 128 * 1024, "pending " + most);
      assertEquals(CloseReason.SLOW_CONSUMER, server.nextClosed());
      client.untilClosed();
    }
  }

  @Test
  void pingsOfAClientThatDoesNotReadPileUpNoPongs() throws Exception {
    try (RawClient client = open()) {
      Server server = servers.take();
      ByteArrayOutputStream pings = new ByteArrayOutputStream();
      for (int i = 0; i < 1000; i++) {
        pings.writeBytes(RawClient.frame(0x89, new byte[125]));
      }
      for (int i = 0; i < 150; i++) {
        client.send(pings.toByteArray());
      }
      client.send(RawClient.text("done"));
      assertEquals("done", server.messages.poll(60, TimeUnit.SECONDS));

      long pending = server.on(server.socket::pendingBytes);
      assertTrue(pending < WebSocketChannel.PONG_LIMIT + 1024, "pending " + pending);
      assertFalse(server.on(() -> server.socket.writable()) && pending > 64 * 1024);
      assertNull(server.closed.peek());
    }
  }
}
