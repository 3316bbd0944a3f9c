package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The same message to many WebSockets: each gets the bytes that it would get alone, in order. */
@Timeout(240)
class FanOutTest {
  private static final int CLIENTS = 12;

  private final BlockingQueue<Member> joined = new LinkedBlockingQueue<>();
  private final List<RawClient> clients = new ArrayList<>();
  private final Map<Context, List<Member>> rooms = new HashMap<>();
  private EdgeFixture edge;

  /** The server's end of a client. */
  private static final class Member implements WebSocketConnection.Listener {
    final WebSocketConnection socket;
    final Context loop = Vertx.currentContext();
    final int number;

    Member(WebSocketConnection socket, int number) {
      this.socket = socket;
      this.number = number;
    }

    @Override
    public void message(boolean text, ByteBuf payload) {}

    @Override
    public void closed(CloseReason reason) {}
  }

  private void open(boolean compression) throws Exception {
    WebSocketLimits d = WebSocketLimits.DEFAULT;
    WebSocketLimits limits =
        new WebSocketLimits(
            d.maxFrameBytes(), d.maxMessageBytes(), d.heartbeat(), d.idle(), compression);
    edge =
        new EdgeFixture(
            EdgeFixture.config(),
            exchange -> {
              int number = Integer.parseInt(exchange.path().substring(1));
              exchange
                  .upgrade(null, limits)
                  .onSuccess(
                      socket -> {
                        Member member = new Member(socket, number);
                        socket.listen(member);
                        joined.add(member);
                      });
            });
    for (int i = 0; i < CLIENTS; i++) {
      String[] offer =
          compression && i % 2 == 0
              ? new String[] {"Sec-WebSocket-Extensions: permessage-deflate"}
              : new String[0];
      clients.add(RawClient.webSocket(edge.port(), "/" + i, offer));
      Member member = joined.poll(60, TimeUnit.SECONDS);
      rooms.computeIfAbsent(member.loop, loop -> new ArrayList<>()).add(member);
    }
  }

  /** On each loop, with its members, at the same time; returns when all is done. */
  private void onEachLoop(Consumer<List<Member>> action) throws Exception {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    rooms.forEach(
        (loop, members) -> {
          CompletableFuture<Void> one = new CompletableFuture<>();
          done.add(one);
          loop.runOnContext(
              on -> {
                try {
                  action.accept(members);
                  one.complete(null);
                } catch (RuntimeException | AssertionError e) {
                  one.completeExceptionally(e);
                }
              });
        });
    for (CompletableFuture<Void> one : done) {
      one.get(60, TimeUnit.SECONDS);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void publish(List<Member> members, String text) {
    byte[] message = bytes(text);
    members.forEach(member -> member.socket.send(true, message));
  }

  @AfterEach
  void stop() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    if (edge != null) {
      edge.close();
    }
  }

  @Test
  void everyMemberGetsTheFrameItWouldGetAlone() throws Exception {
    open(false);
    for (int length : new int[] {0, 1, 125, 126, 2000, FanOut.MAX_BYTES, FanOut.MAX_BYTES + 1}) {
      onEachLoop(members -> publish(members, "x".repeat(length)));
    }
    byte[] binary = {0, 1, (byte) 0xff};
    onEachLoop(members -> members.forEach(member -> member.socket.send(false, binary)));

    for (RawClient client : clients) {
      for (int length : new int[] {0, 1, 125, 126, 2000, FanOut.MAX_BYTES, FanOut.MAX_BYTES + 1}) {
        RawClient.Frame frame = client.frame();
        assertEquals(0x81, frame.first());
        assertEquals("x".repeat(length), frame.text());
      }
      RawClient.Frame frame = client.frame();
      assertEquals(0x82, frame.first());
      assertArrayEquals(binary, frame.payload());
    }
  }

  @Test
  void theSameBytesAsTextAndAsBinaryAreTwoMessages() throws Exception {
    open(false);
    byte[] same = bytes("same");
    onEachLoop(
        members -> {
          members.forEach(member -> member.socket.send(true, same));
          members.forEach(member -> member.socket.send(false, same));
        });

    for (RawClient client : clients) {
      assertEquals(0x81, client.frame().first());
      assertEquals(0x82, client.frame().first());
    }
  }

  /** NIO's sockets cannot be written to past Netty. */
  @Test
  @DisabledIfSystemProperty(named = "selvedge.transport", matches = "nio")
  void aSocketTakesTheFirstOfATickAtOnceAndWhatFollowsTogether() throws Exception {
    open(false);
    for (int round = 0; round < 2; round++) {
      onEachLoop(
          members -> {
            List<Member> others = members.subList(1, members.size());
            publish(members, "alone");
            assertTrue(members.get(0).socket.pendingBytes() > 0, "who says that others follow");
            assertTrue(others.stream().allMatch(member -> member.socket.pendingBytes() == 0));

            publish(members, "second");
            assertTrue(others.stream().allMatch(member -> member.socket.pendingBytes() > 0));
          });
      onEachLoop(
          members -> {
            publish(members, "behind such a tick");
            assertTrue(members.stream().allMatch(member -> member.socket.pendingBytes() > 0));
          });
    }
    for (RawClient client : clients) {
      for (int round = 0; round < 2; round++) {
        assertEquals("alone", client.frame().text());
        assertEquals("second", client.frame().text());
        assertEquals("behind such a tick", client.frame().text());
      }
    }
  }

  @Test
  void whatIsSentToOneBeforeAndBehindStaysBeforeAndBehind() throws Exception {
    open(false);
    for (int round = 0; round < 50; round++) {
      String number = "" + round;
      onEachLoop(
          members -> {
            for (Member member : members) {
              if (member.number % 3 == 0) {
                member.socket.send(true, bytes("before " + number));
              }
            }
            publish(members, "all " + number);
            for (Member member : members) {
              if (member.number % 2 == 0) {
                member.socket.send(true, bytes("behind " + number));
              }
            }
          });
    }

    for (int i = 0; i < CLIENTS; i++) {
      for (int round = 0; round < 50; round++) {
        if (i % 3 == 0) {
          assertEquals("before " + round, clients.get(i).frame().text());
        }
        assertEquals("all " + round, clients.get(i).frame().text());
        if (i % 2 == 0) {
          assertEquals("behind " + round, clients.get(i).frame().text());
        }
      }
    }
  }

  @Test
  void severalOfOneTickComeInTheirOrder() throws Exception {
    open(false);
    Random random = new Random(7);
    int[] counts = random.ints(40, 1, 6).toArray();
    for (int tick = 0; tick < counts.length; tick++) {
      String name = tick + "/";
      int count = counts[tick];
      onEachLoop(
          members -> {
            for (int i = 0; i < count; i++) {
              publish(members, name + i);
            }
          });
    }

    for (RawClient client : clients) {
      for (int tick = 0; tick < counts.length; tick++) {
        for (int i = 0; i < counts[tick]; i++) {
          assertEquals(tick + "/" + i, client.frame().text());
        }
      }
    }
  }

  /** Their sockets take a part of a frame, or nothing: the rest is theirs when they read. */
  @Test
  void whoeverDoesNotReadForAWhileMissesNothing() throws Exception {
    open(false);
    int sent = 0;
    boolean[] full = new boolean[1];
    while (!full[0]) {
      String message = (char) ('a' + sent % 26) + "0123456789".repeat(1500);
      onEachLoop(
          members -> {
            publish(members, message);
            full[0] |= members.stream().anyMatch(member -> member.socket.pendingBytes() > 40_000);
          });
      sent++;
    }
    String last = "last";
    onEachLoop(members -> publish(members, last));

    assertTrue(sent > 3);
    for (RawClient client : clients) {
      for (int i = 0; i < sent; i++) {
        byte[] payload = client.frame().payload();
        assertEquals(15_001, payload.length);
        assertEquals('a' + i % 26, payload[0]);
        assertTrue(Arrays.equals(payload, 1, 15_001, bytes("0123456789".repeat(1500)), 0, 15_000));
      }
      assertEquals(last, client.frame().text());
    }
  }

  @Test
  void oneThatIsGoneIsNoTroubleToTheOthers() throws Exception {
    open(false);
    for (int i = 0; i < CLIENTS; i += 2) {
      clients.get(i).socket().setSoLinger(true, 0); // a reset
      clients.get(i).close();
    }
    for (int round = 0; round < 100; round++) {
      String text = "round " + round;
      onEachLoop(members -> publish(members, text));
    }

    for (int i = 1; i < CLIENTS; i += 2) {
      for (int round = 0; round < 100; round++) {
        assertEquals("round " + round, clients.get(i).frame().text());
      }
    }
  }

  @Test
  void whoAgreedOnCompressionGetsItCompressed() throws Exception {
    open(true);
    String large = "0123456789".repeat(300);
    onEachLoop(members -> publish(members, large));
    onEachLoop(members -> publish(members, "small"));

    for (int i = 0; i < CLIENTS; i++) {
      RawClient.Frame frame = clients.get(i).frame();
      assertEquals(i % 2 == 0 ? 0xc1 : 0x81, frame.first());
      assertEquals(i % 2 == 0, frame.payload().length < 200);
      assertFalse(frame.payload().length == 0);
      assertEquals("small", clients.get(i).frame().text());
    }
  }
}
