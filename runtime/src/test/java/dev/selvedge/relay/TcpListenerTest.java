package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.edge.RawClient;
import dev.selvedge.router.PoolSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of layer 4 through a listener. */
@Timeout(120)
class TcpListenerTest {
  private interface Body {
    void run(RelayFixture relay, TcpListener listener) throws Exception;
  }

  private static void with(RawMember.Script script, boolean proxyProtocol, Body body)
      throws Exception {
    try (RawMember member = new RawMember(script)) {
      PoolSpec spec = RelayFixture.spec(member);
      PoolSpec.Relaying r = spec.relaying();
      PoolSpec.Relaying relaying =
          new PoolSpec.Relaying(
              r.tls(),
              r.connect(),
              r.answer(),
              r.tunnelIdle(),
              r.fin(),
              r.keepAlive(),
              r.rewriteHost(),
              proxyProtocol);
      try (RelayFixture relay = new RelayFixture(RelayFixture.with(spec, relaying, spec.drain()))) {
        TcpListener listener = relay.listen();
        body.run(relay, listener);
        relay.untilNothingIsLeft();
        RelayFixture.await(listener.close());
      }
    }
  }

  @RepeatedTest(20) // the client's end may come before the member is connected
  void aHalfCloseIsKept() throws Exception {
    with(
        connection -> {
          byte[] all = connection.in.readAllBytes();
          connection.send("got " + new String(all, StandardCharsets.ISO_8859_1));
        },
        false,
        (relay, listener) -> {
          try (RawClient client = new RawClient(listener.port())) {
            client.send("question");
            client.socket().shutdownOutput();
            assertEquals(
                "got question", new String(client.untilClosed(), StandardCharsets.ISO_8859_1));
          }
        });
  }

  @Test
  void theMemberLearnsOfItsClientByAProxyHeader() throws Exception {
    byte[] header = new byte[28];
    with(
        connection -> {
          connection.in.readNBytes(header, 0, 28);
          connection.in.transferTo(connection.socket.getOutputStream());
        },
        true,
        (relay, listener) -> {
          try (RawClient client = new RawClient(listener.port())) {
            client.send("abc");
            assertEquals(
                "abc",
                new String(
                    client.socket().getInputStream().readNBytes(3), StandardCharsets.ISO_8859_1));
            byte[] start = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x21, 0x11, 0, 12};
            ByteBuffer expected = ByteBuffer.allocate(28).put(start);
            expected.put(new byte[] {127, 0, 0, 1, 127, 0, 0, 1});
            InetSocketAddress own =
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), client.socket().getLocalPort());
            expected.putShort((short) own.getPort()).putShort((short) listener.port());
            assertArrayEquals(expected.array(), header);
          }
        });
  }

  @Test
  void bigStreamsPassWholeAndMembersThatAreGoneCloseTheClient() throws Exception {
    with(
        connection -> connection.in.transferTo(connection.socket.getOutputStream()),
        false,
        (relay, listener) -> {
          try (RawClient client = new RawClient(listener.port())) {
            byte[] part = new byte[1024 * 1024];
            for (int i = 0; i < 4; i++) {
              client.send(part);
              assertEquals(
                  part.length, client.socket().getInputStream().readNBytes(part.length).length);
            }
          }
          relay.untilNothingIsLeft();
          relay.pools.apply(List.of());
          try (RawClient client = new RawClient(listener.port())) {
            assertEquals(0, client.untilClosed().length);
          }
          relay.pools.apply(List.of(PoolSpec.of("pool", List.of())));
        });
  }
}
