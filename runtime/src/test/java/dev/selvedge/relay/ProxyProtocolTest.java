package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.edge.EdgeFixture;
import dev.selvedge.edge.RawClient;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.PoolSpec.Key;
import dev.selvedge.router.PoolSpec.Tie;
import dev.selvedge.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a PROXY header that comes in means for members, for ties and for the access log. */
@Timeout(240)
class ProxyProtocolTest {
  private static final List<String> LOOPBACK = List.of("127.0.0.0/8");

  private static String from(String client) {
    return "PROXY TCP4 " + client + " 203.0.113.9 4660 443\r\n";
  }

  private static RelayFixture behindProxy(PoolSpec spec) {
    return new RelayFixture(
        spec,
        EdgeFixture.behindProxy(RelayFixture.config(List.of()), 0, "127.0.0.0/8"),
        List.of(RelayFixture.route("/")));
  }

  @Test
  void membersAndTheAccessLogLearnOfTheClientBehindTheProxy() throws Exception {
    try (RawMember member = new RawMember(RawMember.ECHO);
        RelayFixture relay = behindProxy(RelayFixture.spec(member))) {
      relay.ask(from("192.0.2.7") + RelayFixture.get("/", "X-Forwarded-For: 9.9.9.9"));

      RawMember.Request seen = member.onlyRequest();
      assertEquals("192.0.2.7", seen.header("x-forwarded-for"));
      assertEquals("192.0.2.7", seen.header("x-real-ip"));
      assertEquals("for=192.0.2.7;host=shop.example;proto=http", seen.header("forwarded"));
      Eventually.until("the request is logged", () -> relay.accesses.size() == 1);
      assertEquals("192.0.2.7", relay.accesses.get(0).client());
    }
  }

  private static PoolSpec stickyBySource(RawMember... members) {
    PoolSpec s = RelayFixture.spec(members);
    PoolSpec.Sticky sticky =
        new PoolSpec.Sticky(
            List.of(new Tie.ByKey(new Key.Source())),
            s.sticky().cookieName(),
            s.sticky().idle(),
            s.sticky().life(),
            s.sticky().sameSite(),
            s.sticky().atLimit(),
            s.sticky().strict());
    return new PoolSpec(
        s.name(),
        s.kind(),
        s.policy(),
        sticky,
        s.members(),
        s.minActive(),
        s.queue(),
        s.slowStart(),
        s.health(),
        s.relaying(),
        s.drain());
  }

  private static RawMember named(String name) throws IOException {
    return new RawMember(
        connection -> {
          connection.send(name);
          connection.untilClosed();
        });
  }

  private static String nameSeenBy(TcpListener listener, String header) throws IOException {
    try (RawClient client = new RawClient(listener.port()).send(header)) {
      return new String(
          client.socket().getInputStream().readNBytes(3), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void connectionsOfLayerFourStickBySourceAddress() throws Exception {
    try (RawMember one = named("one");
        RawMember two = named("two");
        RelayFixture relay = new RelayFixture(stickyBySource(one, two))) {
      TcpListener listener = relay.listen("tcp", LOOPBACK);
      Set<String> names = new HashSet<>();
      for (int client = 0; client < 20; client++) {
        String source = from("192.0.2." + client);
        String name = nameSeenBy(listener, source);
        names.add(name);
        for (int again = 0; again < 4; again++) {
          assertEquals(name, nameSeenBy(listener, source));
        }
      }
      assertEquals(Set.of("one", "two"), names);
      relay.untilNothingIsLeft();
      RelayFixture.await(listener.close());

      TcpListener direct = relay.listen("tcp", List.of());
      Set<String> here = new HashSet<>();
      for (int i = 0; i < 8; i++) {
        here.add(nameSeenBy(direct, ""));
      }
      assertEquals(1, here.size(), "all of them come from one address");
      relay.untilNothingIsLeft();
      RelayFixture.await(direct.close());
    }
  }

  private static PoolSpec tellingMembers(RawMember member) {
    PoolSpec spec = RelayFixture.spec(member);
    PoolSpec.Relaying r = spec.relaying();
    return RelayFixture.with(
        spec,
        new PoolSpec.Relaying(
            r.tls(),
            r.connect(),
            r.answer(),
            r.tunnelIdle(),
            r.fin(),
            r.keepAlive(),
            r.rewriteHost(),
            true),
        spec.drain());
  }

  /** In one piece, byte by byte, and with the client's end right behind. */
  @Test
  void whatTheProxyTellsIsToldOnToTheMember() throws Exception {
    byte[] expected =
        HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000207cb007109123401bb");
    List<byte[]> seen = new ArrayList<>();
    try (RawMember member =
            new RawMember(
                connection -> {
                  byte[] all = connection.in.readAllBytes();
                  seen.add(java.util.Arrays.copyOf(all, 28));
                  connection.send(java.util.Arrays.copyOfRange(all, 28, all.length));
                });
        RelayFixture relay = new RelayFixture(tellingMembers(member))) {
      TcpListener listener = relay.listen("tcp", LOOPBACK);
      for (int pieces = 1; pieces <= 2; pieces++) {
        try (RawClient client = new RawClient(listener.port())) {
          String all = from("192.0.2.7") + "question";
          int step = pieces == 1 ? all.length() : 1;
          for (int i = 0; i < all.length(); i += step) {
            client.send(all.substring(i, Math.min(all.length(), i + step)));
          }
          client.socket().shutdownOutput();
          assertEquals("question", new String(client.untilClosed(), StandardCharsets.ISO_8859_1));
        }
        assertArrayEquals(expected, seen.get(pieces - 1));
      }
      relay.untilNothingIsLeft();
      RelayFixture.await(listener.close());
    }
  }

  @Test
  void noMemberHearsOfAConnectionWithoutItsHeader() throws Exception {
    try (RawMember member = named("one");
        RelayFixture relay = new RelayFixture(RelayFixture.spec(member))) {
      TcpListener strict = relay.listen("tcp", List.of("10.0.0.0/8"));
      TcpListener listener = relay.listen("tcp", LOOPBACK);
      for (String bytes : List.of("MQTT", "PROXY TCP4 x y 1 2\r\n", "")) {
        try (RawClient client = new RawClient(listener.port())) {
          client.send(bytes);
          client.socket().shutdownOutput();
          assertEquals(0, client.untilClosed().length);
        }
      }
      try (RawClient client = new RawClient(strict.port())) {
        assertEquals(0, client.untilClosed().length);
      }
      assertEquals(0, member.accepted.get());
      assertEquals("one", nameSeenBy(listener, from("192.0.2.7")));
      relay.untilNothingIsLeft();
      RelayFixture.await(strict.close());
      RelayFixture.await(listener.close());
    }
  }
}
