package dev.selvedge.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Socket.IO and SignalR, against servers that are scripted from the protocols' documents. */
class DialectTest {
  private static final Progress SILENT = line -> {};
  private static final Dialect MAIN = Dialect.socketIo("/socket.io/", "/");
  private static final String PUBLISHED = "[\"say\",\"{key}\"]";

  private EchoServer server;

  @BeforeEach
  void start() throws Exception {
    server = new EchoServer(500);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private Load load(Dialect dialect, int connections) {
    return load(dialect, "/hub", connections);
  }

  private Load load(Dialect dialect, String path, int connections) {
    return new Load(
        List.of(server.target(path), server.target(path)),
        dialect,
        Trust.STANDARD,
        connections,
        0,
        2,
        null,
        List.of(),
        List.of(),
        Duration.ofMillis(50),
        Duration.ofMillis(400),
        Duration.ofMinutes(3),
        Duration.ofMinutes(3));
  }

  private static long number(Report report, String name) {
    return ((Number) report.figures().get(name)).longValue();
  }

  private static Bench.Echo echo(boolean reply, int depth, double rate) {
    return new Bench.Echo("[\"echo\",\"" + "x".repeat(64) + "\"]", false, reply, depth, rate);
  }

  private static Dialect dialect(String word) {
    return Dialect.of(word, "/socket.io/", Target.parse("http://localhost/room"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sio", "signalr", "signalr-messagepack"})
  void eventsComeBackAndRequestsHaveTheirReplies(String word) throws Exception {
    for (boolean reply : List.of(false, true)) {
      for (int depth : List.of(1, 5)) {
        Bench.Echo echo = echo(reply, depth, 0);
        Report report =
            BenchTest.withMessages(() -> Bench.echo(load(dialect(word), 3), echo, SILENT));

        assertEquals(List.of(), report.complaints());
        assertEquals(3, number(report, "opened"));
        assertTrue(number(report, "messages") > 0, report.toString());
        assertEquals(0, number(report, "unexpected"), report.toString());
        assertEquals(word, report.figures().get("mode"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sio", "signalr", "signalr-messagepack"})
  void withARateAsManyAreSentAsWereAskedFor(String word) throws Exception {
    Report report = Bench.echo(load(dialect(word), 3), echo(true, 1, 500), SILENT);

    assertEquals(List.of(), report.complaints());
    Map<?, ?> latency = (Map<?, ?>) report.figures().get("latencyMicros");
    assertEquals(200, ((Number) latency.get("count")).longValue(), 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sio", "signalr", "signalr-messagepack"})
  void aFanoutReachesEveryMember(String word) throws Exception {
    Bench.Fanout fanout = new Bench.Fanout("[\"join\"]", "", PUBLISHED, 0);
    Report report = Bench.fanout(load(dialect(word), 8), fanout, SILENT);

    assertEquals(List.of(), report.complaints());
    assertEquals(8, number(report, "joined"));
    assertTrue(number(report, "published") > 0, report.toString());
    assertEquals(0, number(report, "unexpected"), report.toString());
  }

  @Test
  void aConnectionCountsWhenItsProtocolIsThroughWithItsGreetings() throws Exception {
    for (String word : Dialect.WORDS.subList(1, 4)) {
      Report report = Bench.idle(load(dialect(word), 2), SILENT);

      assertEquals(List.of(), report.complaints());
      assertEquals(2, number(report, "opened"));
      assertEquals(word, report.figures().get("protocol"));
    }
  }

  @Test
  void whomTheServerRefusesIsReportedWithItsReason() throws Exception {
    Dialect nowhere = Dialect.socketIo("/socket.io/", "/nowhere");
    Report socketIo = Bench.idle(load(nowhere, 1), SILENT);
    assertEquals(
        Map.of("refused: /nowhere,{\"message\":\"Invalid namespace\"}", 1L),
        socketIo.figures().get("reasons"));

    Report signalR = Bench.idle(load(Dialect.signalR(false), "/hub/closed", 1), SILENT);
    assertEquals(
        Map.of("refused: {\"error\":\"closed today\"}", 1L), signalR.figures().get("reasons"));
  }

  @Test
  void errorsAreNoReplies() {
    Dialect.Answers json = Dialect.signalR(false).replies();
    assertTrue(includes(json, "{\"type\":3,\"invocationId\":\"1\",\"result\":{\"error\":1}}"));
    assertTrue(includes(json, "{\"type\":3,\"invocationId\":\"1\"}"));
    assertFalse(includes(json, "{\"type\":3,\"invocationId\":\"1\",\"error\":\"no\"}"));
    assertFalse(includes(json, "{\"type\":1,\"target\":\"a\",\"arguments\":[]}"));

    Dialect.Answers binary = Dialect.signalR(true).replies();
    // The vectors of the protocol's own tests.
    assertFalse(includes(binary, packed("lQOAo3h5egGwRXJyb3Igbm90IGZvdW5kIQ==")));
    assertTrue(includes(binary, packed("lAOAo3h5egI=")));
    assertTrue(includes(binary, packed("lQOAo3h5egMq")));
  }

  private static byte[] packed(String base64) {
    byte[] body = Base64.getDecoder().decode(base64);
    byte[] whole = new byte[body.length + 1];
    whole[0] = (byte) body.length;
    System.arraycopy(body, 0, whole, 1, body.length);
    return whole;
  }

  private static boolean includes(Dialect.Answers answers, String message) {
    return includes(answers, (message + "\u001e").getBytes(StandardCharsets.UTF_8));
  }

  private static boolean includes(Dialect.Answers answers, byte[] message) {
    ByteBuf bytes = Unpooled.wrappedBuffer(message);
    return answers.include(bytes, 0, message.length);
  }

  @Test
  void anEventWithAnArgumentBehindIsAnEcho() {
    Dialect.Answers echoes = MAIN.echoesOf("[\"echo\",\"a\"]");
    for (String same : List.of("42[\"echo\",\"a\"]", "42[\"echo\",\"a\",\"1700000000000-0\"]")) {
      ByteBuf bytes = Unpooled.copiedBuffer(same, StandardCharsets.UTF_8);
      assertTrue(echoes.include(bytes, 0, bytes.readableBytes()), same);
    }
    ByteBuf other = Unpooled.copiedBuffer("42[\"echo\",\"b\"]", StandardCharsets.UTF_8);
    assertFalse(echoes.include(other, 0, other.readableBytes()));
  }

  @Test
  void whatIsNoEventIsRefused() {
    Bench.Fanout fanout = new Bench.Fanout("", "", "{key}", 0);
    Load load = load(Dialect.signalR(false), 1);
    assertThrows(IllegalArgumentException.class, () -> Bench.fanout(load, fanout, SILENT));
    assertThrows(IllegalArgumentException.class, () -> dialect("smtp"));
  }
}
