package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.RawClient;
import dev.selvedge.router.Member;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.NoBufferLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients and members that break off at any moment, in any way, while operators close tunnels: in
 * the end no socket, no place at a member and no buffer is left.
 */
@ExtendWith(NoBufferLeaks.class)
@Timeout(300)
class AbortFuzzTest {
  private static final int CLIENTS = 600;
  private static final int AT_ONCE = 12;

  private final AtomicInteger connections = new AtomicInteger();

  // ---- how a side ends

  private static void end(Random random, Socket socket) throws IOException {
    switch (random.nextInt(4)) {
      case 0 -> socket.setSoLinger(true, 0); // the close is a reset
      case 1 -> socket.shutdownOutput();
      case 2 -> {
        socket.shutdownOutput();
        dawdle(random);
        socket.getInputStream().skip(random.nextInt(10_000));
      }
      default -> {}
    }
    socket.close();
  }

  private static void dawdle(Random random) {
    if (random.nextBoolean()) {
      try {
        TimeUnit.MICROSECONDS.sleep(random.nextInt(3_000));
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static byte[] cut(Random random, byte[] bytes) {
    return random.nextBoolean() ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  // ---- members

  private void serve(RawMember.Connection connection) throws Exception {
    Random random = new Random(connections.incrementAndGet());
    try {
      for (int i = random.nextInt(4); i >= 0 && serveOne(random, connection); i--) {
        dawdle(random);
      }
    } finally {
      end(random, connection.socket);
    }
  }

  private static boolean serveOne(Random random, RawMember.Connection connection) throws Exception {
    if (random.nextInt(8) == 0) {
      return false; // without reading
    }
    String head = connection.head();
    if (head == null || random.nextInt(8) == 0) {
      return false;
    }
    dawdle(random);
    byte[] noise = new byte[random.nextInt(100_000)];
    boolean upgrade = head.toLowerCase(java.util.Locale.ROOT).contains("sec-websocket-key");
    byte[] answer =
        bytes(
            upgrade && random.nextInt(4) > 0
                ? RawMember.switching(new RawMember.Request(head, new byte[0]))
                : answerHead(random, noise.length));
    byte[] sent = cut(random, answer);
    connection.send(sent);
    if (sent.length < answer.length) {
      return false;
    }
    dawdle(random);
    if (upgrade) {
      byte[] some = new byte[1 + random.nextInt(50)];
      int read = connection.in.read(some);
      connection.send(cut(random, noise));
      return read > 0 && connection.in.read(some) > 0;
    }
    byte[] body = cut(random, noise);
    connection.send(body);
    return body.length == noise.length;
  }

  private static String answerHead(Random random, int length) {
    return switch (random.nextInt(4)) {
      case 0 -> "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
      case 1 ->
          "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
      case 2 -> "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
      default -> "HTTP/1.1 503 No\r\nContent-Length: " + length + "\r\n\r\n";
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  // ---- clients

  private static byte[] question(Random random) {
    return bytes(
        switch (random.nextInt(6)) {
          case 0 -> RelayFixture.get("/");
          case 1 -> RelayFixture.get("/", "Accept: text/event-stream");
          case 2 ->
              "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n" + "x".repeat(70_000);
          case 3 ->
              "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "5\r\nhello\r\n0\r\n\r\n";
          default -> RawClient.handshake("/") + "a few bytes behind it";
        });
  }

  private static void ask(int seed, int port) throws Exception {
    Random random = new Random(seed);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20 + random.nextInt(30));
      byte[] question = question(random);
      byte[] sent = cut(random, question);
      int middle = random.nextInt(sent.length + 1);
      socket.getOutputStream().write(sent, 0, middle);
      dawdle(random);
      socket.getOutputStream().write(sent, middle, sent.length - middle);
      for (int reads = random.nextInt(4); reads > 0; reads--) {
        read(random, socket.getInputStream());
        socket.getOutputStream().write(new byte[random.nextInt(2_000)]);
      }
      end(random, socket);
    } catch (IOException cut) {
      // as many are
    }
  }

  private static void read(Random random, InputStream in) throws IOException {
    try {
      in.readNBytes(random.nextInt(60_000));
    } catch (java.net.SocketTimeoutException nothing) {
      // there was nothing to read
    }
  }

  @Test
  void nothingIsLeftOfThoseWhoBreakOff() throws Exception {
    try (RawMember one = new RawMember(this::serve);
        RawMember two = new RawMember(this::serve);
        RelayFixture relay =
            new RelayFixture(
                RelayFixture.timed(
                    RelayFixture.spec(one, two),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(2)))) {
      TcpListener listener = relay.listen();
      run(relay, listener);
      relay.untilNothingIsLeft();
      Eventually.until("every client's socket is closed", () -> relay.clients.get() == 0);
      relay.pool().members().forEach(AbortFuzzTest::assertIdle);
      assertEquals(0, relay.pool().waiting());
      RelayFixture.await(listener.close());
      assertTrue(connections.get() > CLIENTS / 4, "members were asked");
    }
  }

  private static void assertIdle(Member member) {
    assertEquals(0, member.tunnels());
    assertEquals(0, member.requests());
    assertEquals(0, member.stats().queued());
    assertEquals(0, member.stats().clusterLoad());
  }

  private static void run(RelayFixture relay, TcpListener listener) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int seed = i;
        all.add(
            threads.submit(
                () -> {
                  ask(seed, seed % 5 == 0 ? listener.port() : relay.port());
                  if (seed % 20 == 0) {
                    relay
                        .pool()
                        .members()
                        .forEach(m -> relay.pool().closeTunnels(m, Duration.ofMillis(seed % 40)));
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
