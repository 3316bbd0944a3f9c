package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.IoTransport;
import dev.selvedge.edge.RawClient;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A tunnel through an edge on each implementation of sockets: both kinds of sockets, those that
 * were accepted and those that were connected, and all that may happen to them.
 */
@Timeout(120)
class EveryTransportTest {
  private static final int MOST = 1 << 20;

  private static RelayFixture relay(RawMember member, IoTransport transport) {
    try {
      return new RelayFixture(RelayFixture.spec(member), transport);
    } catch (ConfigException notHere) {
      return abort(notHere.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(IoTransport.class)
  void bytesPassBothWays(IoTransport transport) throws Exception {
    try (RawMember member = new RawMember(RawMember.TUNNEL_ECHO);
        RelayFixture relay = relay(member, transport)) {
      Random random = new Random(transport.ordinal());
      try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
        for (int length = 1; length <= MOST; length *= 4) {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          byte[] frame = RawClient.frame(0x82, bytes);
          client.send(frame);
          assertArrayEquals(frame, client.socket().getInputStream().readNBytes(frame.length));
        }
      }
      relay.untilNothingIsLeft();
    }
  }

  @ParameterizedTest
  @EnumSource(IoTransport.class)
  void oneDirectionMayEndBeforeTheOther(IoTransport transport) throws Exception {
    byte[] last = RawClient.frame(0x82, new byte[100_000]);
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.accept(connection.request());
                  connection.untilClosed();
                  connection.send(last);
                });
        RelayFixture relay = relay(member, transport)) {
      try (RawClient client = RawClient.webSocket(relay.port(), "/")) {
        client.socket().shutdownOutput();
        assertArrayEquals(last, client.untilClosed());
      }
      relay.untilNothingIsLeft();
    }
  }

  @ParameterizedTest
  @EnumSource(IoTransport.class)
  void aClientThatDoesNotReadStopsTheMember(IoTransport transport) throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] part = new byte[64 * 1024];
    Arrays.fill(part, (byte) 7);
    try (RawMember member =
            new RawMember(
                connection -> {
                  connection.accept(connection.request());
                  while (true) {
                    connection.send(part);
                    sent.addAndGet(part.length);
                  }
                });
        RelayFixture relay = relay(member, transport)) {
      try (RawClient client = relay.client().send(RawClient.handshake("/"))) {
        assertEquals(101, client.answer().status());
        long before = -1;
        while (before != sent.get() || before <= 0) {
          before = sent.get();
          TimeUnit.MILLISECONDS.sleep(300);
        }
        // What is under way sits in four socket buffers of the kernel.
        assertTrue(before < 32 * 1024 * 1024, "sent: " + before);
        byte[] expected = new byte[8 * 1024 * 1024];
        Arrays.fill(expected, (byte) 7);
        assertArrayEquals(expected, client.socket().getInputStream().readNBytes(expected.length));
      }
      relay.untilNothingIsLeft();
    }
  }
}
