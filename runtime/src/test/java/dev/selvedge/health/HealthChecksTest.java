package dev.selvedge.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.edge.TestCertificate;
import dev.selvedge.router.Member;
import dev.selvedge.router.MemberState;
import dev.selvedge.router.Pool;
import dev.selvedge.router.PoolFormat;
import dev.selvedge.router.Pools;
import dev.selvedge.router.StickyKeys;
import dev.selvedge.testing.Eventually;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthChecksTest {
  private Vertx vertx;
  private Context context;
  private Pools pools;
  private HealthChecks checks;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    pools = Pools.alone(vertx, () -> StickyKeys.of("a secret of tests", Optional.empty()));
    context = vertx.getOrCreateContext();
    checks = new HealthChecks(vertx, context, pools);
    pools.listen(checks);
  }

  @AfterEach
  void stop() throws Exception {
    await(checks.close());
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** A pool with one member and that health section. */
  private Member member(int port, String health) throws Exception {
    JsonObject definition =
        new JsonObject()
            .put("members", List.of("127.0.0.1:" + port))
            .put("health", new JsonObject(health).put("interval", "50ms").put("rise", 2));
    pools.apply(List.of(PoolFormat.read("pool", "chat", definition)));
    follow();
    return pool().members().iterator().next();
  }

  /** Returns when the checks have followed. */
  private void follow() throws Exception {
    checks.follow();
    settle();
  }

  /** Returns when the checks' loop has done what it was told to. */
  private void settle() throws Exception {
    Promise<Void> done = Promise.promise();
    context.runOnContext(now -> done.complete());
    await(done.future());
  }

  private Pool pool() {
    return pools.find("chat").orElseThrow();
  }

  private static void becomes(Member member, MemberState state) throws Exception {
    Eventually.until("the member is " + state, () -> member.state() == state);
  }

  private int httpServer(AtomicInteger status) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .response()
                        .setStatusCode(request.path().equals("/up") ? status.get() : 404)
                        .end("x".repeat(100)));
    return await(server.listen(0, "127.0.0.1")).actualPort();
  }

  @Test
  void aMemberThatRefusesConnectionsIsDownAndUpWhenItTakesThemAgain() throws Exception {
    NetServer first = await(vertx.createNetServer().connectHandler(s -> {}).listen(0, "127.0.0.1"));
    int port = first.actualPort();
    Member member = member(port, "{\"check\": \"tcp\", \"fall\": 3}");
    becomes(member, MemberState.UP);

    await(first.close());
    becomes(member, MemberState.DOWN);
    assertTrue(member.stats().reason().toLowerCase().contains("refused"), member.stats().reason());

    await(vertx.createNetServer().connectHandler(s -> {}).listen(port, "127.0.0.1"));
    becomes(member, MemberState.UP);
    assertEquals("", member.stats().reason());
  }

  @Test
  void anHttpCheckLooksAtTheStatusOfItsPath() throws Exception {
    AtomicInteger status = new AtomicInteger(503);
    int port = httpServer(status);
    Member member =
        member(port, "{\"check\": \"http\", \"path\": \"/up\", \"status\": \"200-299\"}");

    becomes(member, MemberState.DOWN);
    assertEquals("status 503", member.stats().reason());

    status.set(204);
    becomes(member, MemberState.UP);
  }

  private int secureServer(TestCertificate certificate) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(certificate.certificate().toString())
                            .setKeyPath(certificate.key().toString())))
            .requestHandler(request -> request.response().end());
    return await(server.listen(0, "127.0.0.1")).actualPort();
  }

  private Member member(int port, String check, JsonObject tls) throws Exception {
    JsonObject health = new JsonObject().put("check", check).put("interval", "50ms");
    JsonObject definition =
        new JsonObject()
            .put("members", List.of("127.0.0.1:" + port))
            .put("health", health)
            .put("tls", tls);
    pools.apply(List.of(PoolFormat.read("pool", "chat", definition)));
    follow();
    return pool().members().iterator().next();
  }

  @Test
  void aCheckOverTlsChecksNameAndCertificateAsThePoolDoes(@TempDir Path directory)
      throws Exception {
    TestCertificate certificate = TestCertificate.make(directory, "bank", "EC", "bank.internal");
    int port = secureServer(certificate);
    JsonObject trusting = new JsonObject().put("ca", certificate.certificate().toString());

    Member wrongName = member(port, "http", trusting);
    becomes(wrongName, MemberState.DOWN);
    assertFalse(wrongName.stats().reason().isEmpty());
    becomes(
        member(port, "http", trusting.copy().put("server-name", "bank.internal")), MemberState.UP);
    becomes(
        member(port, "http", new JsonObject().put("server-name", "bank.internal")),
        MemberState.DOWN);
    becomes(member(port, "http", new JsonObject().put("verify", false)), MemberState.UP);
  }

  @Test
  void aWebSocketCheckWantsAHandshake() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    Set<Boolean> mode = ConcurrentHashMap.newKeySet();
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions())
            .webSocketHandshakeHandler(
                handshake -> {
                  if (mode.isEmpty()) {
                    handshake.reject(status.get() + 200);
                  } else {
                    handshake.accept();
                  }
                })
            .webSocketHandler(socket -> {});
    int port = await(server.listen(0, "127.0.0.1")).actualPort();
    Member member = member(port, "{\"check\": \"websocket\", \"path\": \"/ws\"}");
    becomes(member, MemberState.DOWN);

    mode.add(true);
    becomes(member, MemberState.UP);
  }

  @Test
  void aMemberThatDoesNotAnswerInTimeIsDown() throws Exception {
    NetServer silent =
        await(vertx.createNetServer().connectHandler(s -> {}).listen(0, "127.0.0.1"));
    Member member =
        member(silent.actualPort(), "{\"check\": \"http\", \"timeout\": \"100ms\", \"fall\": 2}");

    becomes(member, MemberState.DOWN);
    assertEquals("no answer within 100 ms", member.stats().reason());
  }

  @Test
  void connectsOfClientsThatFailTakeAMemberDownWithoutAnyCheck() throws Exception {
    NetServer server =
        await(vertx.createNetServer().connectHandler(s -> {}).listen(0, "127.0.0.1"));
    int port = server.actualPort();
    await(server.close());
    Member member = member(port, "{\"check\": \"passive\", \"fall\": 3}");

    for (int i = 0; i < 10; i++) {
      checks.connectFailed(pool(), member);
      checks.connectFailed(pool(), member);
      checks.connected(pool(), member);
    }
    settle();
    assertEquals(MemberState.UP, member.state());

    checks.connectFailed(pool(), member);
    checks.connectFailed(pool(), member);
    checks.connectFailed(pool(), member);
    becomes(member, MemberState.DOWN);
    assertTrue(member.stats().reason().contains("in a row failed"), member.stats().reason());

    await(vertx.createNetServer().connectHandler(s -> {}).listen(port, "127.0.0.1"));
    becomes(member, MemberState.UP);
  }

  @Test
  void anAgentDrainsWeighsAndTakesDownAndOnlyItUndoesThat() throws Exception {
    AtomicReference<String> word = new AtomicReference<>("ready up 100%");
    AtomicReference<Runnable> answered = new AtomicReference<>(() -> {});
    NetServer agent =
        await(
            vertx
                .createNetServer()
                .connectHandler(
                    socket -> {
                      socket.end(Buffer.buffer(word.get() + "\n"));
                      answered.get().run();
                    })
                .listen(0, "127.0.0.1"));
    NetServer server =
        await(vertx.createNetServer().connectHandler(s -> {}).listen(0, "127.0.0.1"));
    Member member =
        member(
            server.actualPort(),
            "{\"check\": \"tcp\", \"agent-port\": " + agent.actualPort() + "}");
    becomes(member, MemberState.UP);

    word.set("drain 50%");
    becomes(member, MemberState.DISABLED);
    word.set("up");
    Eventually.until("half the weight", () -> member.stats().weight() == 0.5);
    AtomicInteger asked = new AtomicInteger();
    answered.set(asked::incrementAndGet);
    Eventually.until("the agent said so again", () -> asked.get() > 1);
    assertEquals(MemberState.DISABLED, member.state(), "what is not said does not change");
    word.set("ready down#disk full");
    becomes(member, MemberState.DOWN);
    assertEquals("agent: disk full", member.stats().reason());
    word.set("up 100%");
    becomes(member, MemberState.UP);
  }

  @Test
  void aMemberThatWasRemovedIsNotCheckedAnyMore() throws Exception {
    Set<Integer> connections = ConcurrentHashMap.newKeySet();
    NetServer server =
        await(
            vertx
                .createNetServer()
                .connectHandler(s -> connections.add(s.remoteAddress().port()))
                .listen(0, "127.0.0.1"));
    member(server.actualPort(), "{\"check\": \"tcp\"}");
    Eventually.until("it is checked", () -> connections.size() > 1);

    pools.apply(List.of());
    follow();
    try (Socket last = new Socket("127.0.0.1", server.actualPort())) {
      Eventually.until(
          "those before are accepted", () -> connections.contains(last.getLocalPort()));
    }
    int counted = connections.size();
    AtomicInteger others = new AtomicInteger();
    NetServer other =
        await(
            vertx
                .createNetServer()
                .connectHandler(s -> others.incrementAndGet())
                .listen(0, "127.0.0.1"));
    member(other.actualPort(), "{\"check\": \"tcp\"}");
    Eventually.until("another one is checked", () -> others.get() > 5);
    assertTrue(connections.size() <= counted + 1, "but for a check that was under way");
  }
}
