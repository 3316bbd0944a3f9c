package dev.selvedge.relay;

import static dev.selvedge.relay.RelayFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients and members that send as fast as they can to somebody who does not read: what that costs
 * this process, in heap and in direct memory. What the kernel's socket buffers hold is not counted.
 */
@Timeout(240)
class SlowReaderTest {
  private static final int PAIRS = 16;
  private static final long MIB = 1024 * 1024;
  private static final byte[] PART = new byte[64 * 1024];

  /** Far more than the kernel holds for one of them. */
  private static final long ENDLESS = 64 * MIB;

  private final AtomicLong sent = new AtomicLong();

  private interface Opening {
    /** A client that has begun, and does not read. */
    RawClient open(RelayFixture relay) throws Exception;
  }

  private void sendForEver(RawMember.Connection to) throws Exception {
    while (true) {
      to.send(PART);
      sent.addAndGet(PART.length);
    }
  }

  private void sendChunksForEver(RawMember.Connection to) throws Exception {
    while (true) {
      to.send("10000\r\n").send(PART).send("\r\n");
      sent.addAndGet(PART.length);
    }
  }

  private static long usedByNow() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(50);
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least + direct();
  }

  private static long direct() {
    long netty = PlatformDependent.usedDirectMemory();
    return netty >= 0
        ? netty
        : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
  }

  /** Returns when the senders are held up. */
  private void untilNobodySends() throws InterruptedException {
    long before = -1;
    while (before != sent.get() || before == 0) {
      before = sent.get();
      assertTrue(before < PAIRS * ENDLESS, "they are not held up");
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private static long mostPending(RelayFixture relay) throws Exception {
    long most = 0;
    for (EventExecutor loop : ((VertxInternal) relay.vertx).nettyEventLoopGroup()) {
      most = Math.max(most, loop.submit(() -> relay.relay.mostPending((EventLoop) loop)).get());
    }
    return most;
  }

  private void assertCheap(RawMember.Script script, Opening opening) throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try (RawMember member = new RawMember(script);
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member))) {
      try {
        clients.add(opening.open(relay)); // what is made once is not what is measured
        untilNobodySends();
        long before = usedByNow();
        for (int i = 0; i < PAIRS; i++) {
          clients.add(opening.open(relay));
        }
        untilNobodySends();

        long grown = usedByNow() - before;

        assertTrue(grown <= PAIRS * MIB, grown + " bytes for " + PAIRS);
        long pending = mostPending(relay);
        assertTrue(pending <= MIB / 4, pending + " bytes wait for one socket");
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
        member.close();
      }
      relay.untilNothingIsLeft();
    }
  }

  @Test
  void aClientOfAWebSocketThatDoesNotRead() throws Exception {
    assertCheap(
        connection -> {
          connection.accept(connection.request());
          sendForEver(connection);
        },
        relay -> RawClient.webSocket(relay.port(), "/"));
  }

  @Test
  void aMemberOfAWebSocketThatDoesNotRead() throws Exception {
    assertCheap(
        connection -> {
          connection.accept(connection.request());
          TimeUnit.HOURS.sleep(1);
        },
        relay -> sending(RawClient.webSocket(relay.port(), "/")));
  }

  /** A client with a thread that sends until it cannot. */
  private RawClient sending(RawClient client) {
    Thread sender =
        new Thread(
            () -> {
              try {
                while (true) {
                  client.send(PART);
                  sent.addAndGet(PART.length);
                }
              } catch (java.io.IOException closed) {
                // at the end of the test
              }
            },
            "sender");
    sender.setDaemon(true);
    sender.start();
    return client;
  }

  @Test
  void aClientThatDoesNotReadItsAnswer() throws Exception {
    assertCheap(
        connection -> {
          connection.request();
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n");
          sendForEver(connection);
        },
        relay -> relay.client().send(get("/")));
  }

  @Test
  void aClientThatDoesNotReadItsEvents() throws Exception {
    assertCheap(
        connection -> {
          connection.request();
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n");
          sendChunksForEver(connection);
        },
        relay -> relay.client().send(get("/", "Accept: text/event-stream")));
  }

  @Test
  void aMemberThatDoesNotReadARequestsBody() throws Exception {
    assertCheap(
        connection -> {
          connection.head();
          TimeUnit.HOURS.sleep(1);
        },
        relay ->
            sending(
                relay
                    .client()
                    .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n")));
  }

  @Test
  void aClientOfLayerFourThatDoesNotRead() throws Exception {
    List<TcpListener> listener = new ArrayList<>();
    assertCheap(
        this::sendForEver,
        relay -> {
          if (listener.isEmpty()) {
            listener.add(relay.listen());
          }
          return new RawClient(listener.get(0).port());
        });
    assertEquals(1, listener.size());
  }
}
