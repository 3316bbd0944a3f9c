package dev.selvedge.protocol.socketio.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.config.SessionConfig;
import dev.selvedge.config.SocketIoPeersConfig;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Peers;
import dev.selvedge.function.Transport;
import dev.selvedge.metrics.PeerMeters;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Clients;
import dev.selvedge.session.LocalSessions;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.PeerServers.Target;
import dev.selvedge.session.Placement;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.SessionListener;
import dev.selvedge.session.SessionTable;
import dev.selvedge.store.RedisServer;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of different clusters, peers of each other over a real Redis. */
class RedisPeersTest {
  private static final String FUNCTION = "chat";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Target EVERYBODY = new Target(List.of(), List.of());

  /** A client that keeps what it is sent, and answers what it is asked. */
  private static final class FakeClient implements ClientPort {
    final List<String> got = new CopyOnWriteArrayList<>();
    volatile ClientSession session;
    volatile CloseReason closed;
    volatile boolean hungUp;

    @Override
    public Transport transport() {
      return Transport.WEBSOCKET;
    }

    @Override
    public void send(Outbound message) {
      got.add(message.event() + message.args());
      if (message.request() >= 0) {
        session.answer(message.request(), List.of("yes"));
      }
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public long pendingBytes() {
      return 0;
    }

    @Override
    public void close(CloseReason reason) {
      closed = reason;
    }

    @Override
    public void hangUp(CloseReason reason) {
      hungUp = true;
      close(reason);
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}
  }

  /** Nobody serves the sessions; they are there all the same. */
  private static final class NoHosts implements Placement {
    @Override
    public boolean isDeployed(String function) {
      return true;
    }

    @Override
    public Optional<Binding> pick(String function, NodeId stay) {
      return Optional.empty();
    }

    @Override
    public int servingVersion(String function) {
      return 1;
    }

    @Override
    public SessionConfig rules(String function) {
      return SessionConfig.DEFAULT;
    }
  }

  /** A node of a cluster of its own. */
  private final class Server {
    final Fabric fabric = TestTransport.fabric();
    final SessionTable table =
        new SessionTable(fabric, new NoHosts(), SessionListener.NONE, RecoveryConfig.OFF);
    final RedisPeers peers;
    final Clients clients;
    final List<String> calls = new CopyOnWriteArrayList<>();

    Server() throws Exception {
      peers = new RedisPeers(fabric, config(), new LocalSessions(fabric, table), new PeerMeters());
      clients = new Clients(fabric, table, peers);
      Eventually.value(fabric.start());
      PeerNamespaces namespaces =
          new PeerNamespaces(
              List.of(new PeerNamespaces.Member(FUNCTION, List.of("/"), List.of("/custom"))));
      Eventually.value(
          peers.start(
              namespaces,
              (function, call) -> {
                calls.add(function + call.json().getString("event"));
                return call.json().getString("event").equals("bad")
                    ? Future.failedFuture(new FunctionException("sold-out", "no more"))
                    : Future.succeededFuture("of " + fabric.membership().self());
              }));
      servers.add(this);
    }

    FakeClient client(String namespace, String... groups) throws Exception {
      FakeClient client = new FakeClient();
      Handshake handshake =
          new Handshake("/socket.io/", Map.of("a", "b c"), Map.of("host", "x"), "127.0.0.1")
              .in(namespace, new JsonObject().put("token", "t"));
      Lane lane = fabric.lane(1);
      Promise<ClientSession> opened = Promise.promise();
      lane.run(
          () -> opened.complete(table.open(lane, FUNCTION, "socketio", handshake, null, client)));
      client.session = Eventually.value(opened.future());
      for (String group : groups) {
        SessionId id = SessionId.parse(client.session.id()).orElseThrow();
        Eventually.value(clients.join(fabric.lane(0), id, group, null));
      }
      return client;
    }

    void close() throws Exception {
      Eventually.value(peers.close());
      Eventually.value(fabric.close());
    }
  }

  @TempDir Path directory;
  private final List<Server> servers = new ArrayList<>();
  private RedisServer redis;
  private Server one;
  private Server two;

  private SocketIoPeersConfig config() {
    return new SocketIoPeersConfig(
        redis.url(),
        "socket.io",
        SocketIoPeersConfig.Adapter.CLASSIC,
        SocketIoPeersConfig.SubscriptionMode.DYNAMIC,
        Duration.ofSeconds(2),
        false);
  }

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start(directory);
    one = new Server();
    two = new Server();
  }

  @AfterEach
  void stop() throws Exception {
    for (Server server : servers) {
      server.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  private void say(String text, Target to) {
    one.peers.publish(FUNCTION, to, "said", List.of(text), false);
  }

  private static void awaitLast(FakeClient client, String text) throws Exception {
    Eventually.until(text, () -> client.got.contains("said[" + text + "]"));
  }

  @Test
  void broadcastsGoToTheSessionsOfTheNamespaceInTheRooms() throws Exception {
    FakeClient red = two.client("/", "red", "both");
    FakeClient blue = two.client("/", "blue", "both");
    FakeClient custom = two.client("/custom", "red");
    FakeClient elsewhere = two.client("/elsewhere", "red");
    FakeClient own = one.client("/", "red");

    say("to all", EVERYBODY);
    say("to red", new Target(List.of("red"), List.of()));
    say("to two", new Target(List.of("red", "both"), List.of()));
    say("to one", new Target(List.of(blue.session.id()), List.of()));
    say("but blue", new Target(List.of("both"), List.of("blue")));
    say("but me", new Target(List.of("both"), List.of(red.session.id())));
    say("end", EVERYBODY);

    for (FakeClient each : List.of(red, blue, custom)) {
      awaitLast(each, "end");
    }
    assertEquals(
        List.of("said[to all]", "said[to red]", "said[to two]", "said[but blue]", "said[end]"),
        red.got);
    assertEquals(
        List.of("said[to all]", "said[to two]", "said[to one]", "said[but me]", "said[end]"),
        blue.got);
    assertEquals(List.of("said[to all]", "said[to red]", "said[to two]", "said[end]"), custom.got);
    assertEquals(List.of(), elsewhere.got);
    assertEquals(List.of(), own.got); // what a node publishes its fabric delivers
  }

  @Test
  void namesThatSocketIoKeepsForItselfAreNotPassedOn() throws Exception {
    FakeClient client = two.client("/");

    one.peers.publish(FUNCTION, EVERYBODY, "disconnect", List.of(), false);
    say("end", EVERYBODY);

    awaitLast(client, "end");
    assertEquals(List.of("said[end]"), client.got);
  }

  @Test
  void peersMoveAndCloseSessions() throws Exception {
    FakeClient client = two.client("/", "red");
    Target red = new Target(List.of("red"), List.of());

    one.peers.join(FUNCTION, red, "moved");
    say("at once", new Target(List.of("moved"), List.of()));
    awaitLast(client, "at once");
    one.peers.leave(FUNCTION, red, "moved");
    say("no more", new Target(List.of("moved"), List.of()));
    one.peers.close(FUNCTION, red, false);

    Eventually.until("closed", () -> client.closed != null);
    assertEquals("io server disconnect", client.closed.text());
    assertEquals(List.of("said[at once]"), client.got);
    assertFalse(client.hungUp);

    FakeClient other = two.client("/", "red");
    one.peers.close(FUNCTION, red, true);
    Eventually.until("closed", () -> other.closed != null);
    assertTrue(other.hungUp);
  }

  @Test
  void clientsOfPeersAreListed() throws Exception {
    FakeClient client = two.client("/", "red");
    two.client("/custom", "red");
    one.client("/", "red");

    List<Peers.Client> found =
        Eventually.value(one.peers.clients(FUNCTION, new Target(List.of("red"), List.of())));

    assertEquals(2, found.size());
    Peers.Client first =
        found.stream().filter(each -> each.namespace().equals("/")).findFirst().orElseThrow();
    assertEquals(client.session.id(), first.id());
    assertEquals(List.of("red"), first.groups());
    assertEquals(new JsonObject(), first.data());
    assertEquals(
        Set.of("headers", "time", "address", "xdomain", "secure", "issued", "url", "query", "auth"),
        first.handshake().fieldNames());
    assertEquals("/socket.io/?a=b%20c", first.handshake().getString("url"));
    assertTrue(
        first.handshake().getString("time").endsWith("GMT+0000 (Coordinated Universal Time)"));
  }

  @Test
  void clientsOfPeersAnswer() throws Exception {
    two.client("/", "red");
    two.client("/custom", "red");
    two.client("/", "blue");

    Groups.Answers answers =
        Eventually.value(
            one.peers.request(
                FUNCTION,
                PATIENCE,
                new Target(List.of("red"), List.of()),
                "question",
                List.of("q")));

    assertEquals(0, answers.missing());
    assertEquals(
        List.of(new Groups.Answer("", List.of("yes")), new Groups.Answer("", List.of("yes"))),
        answers.answers());
  }

  @Test
  void functionsOfPeersAreToldAndAsked() throws Exception {
    one.peers.send(FUNCTION, "note", List.of());
    Eventually.until("both namespaces", () -> two.calls.size() == 2);
    assertEquals(List.of("chatnote", "chatnote"), two.calls);
    assertEquals(List.of(), one.calls);

    String name = "of " + two.fabric.membership().self();
    assertEquals(
        new Peers.Answers(List.of(name, name), 0),
        Eventually.value(one.peers.ask(FUNCTION, PATIENCE, "question", List.of())));
    JsonObject error =
        new JsonObject()
            .put("error", new JsonObject().put("code", "sold-out").put("text", "no more"));
    assertEquals(
        new Peers.Answers(List.of(error, error), 0),
        Eventually.value(one.peers.ask(FUNCTION, PATIENCE, "bad", List.of())));
  }

  private RedisConnection outsider() throws Exception {
    return Eventually.value(
        Redis.createClient(
                one.fabric.vertx(),
                new RedisOptions().setConnectionString(redis.url()).setProtocolNegotiation(false))
            .connect());
  }

  @Test
  void whoDoesNotAnswerIsMissedInTime() throws Exception {
    RedisConnection silent = outsider();
    Eventually.value(silent.send(Request.cmd(Command.SUBSCRIBE).arg("socket.io-request#/#")));
    RedisConnection asking = outsider();
    Eventually.until(
        "three are counted",
        () ->
            Eventually.value(
                        asking.send(
                            Request.cmd(Command.PUBSUB).arg("NUMSUB").arg("socket.io-request#/#")))
                    .get(1)
                    .toInteger()
                == 3);

    FunctionException late =
        assertThrows(
            FunctionException.class,
            () -> Eventually.value(one.peers.clients(FUNCTION, EVERYBODY)));
    assertEquals("timeout", late.code());
    Peers.Answers answers =
        Eventually.value(one.peers.ask(FUNCTION, Duration.ofSeconds(2), "question", List.of()));
    assertEquals(1, answers.missing());
    assertEquals(2, answers.answers().size());
  }

  @Test
  void olderServersGetTheirAnswers() throws Exception {
    FakeClient client = two.client("/", "red");
    List<JsonObject> heard = new CopyOnWriteArrayList<>();
    RedisConnection listening = outsider();
    listening.handler(
        message -> {
          if (message.get(0).toString().equals("message")) {
            heard.add(new JsonObject(message.get(2).toString()));
          }
        });
    Eventually.value(listening.send(Request.cmd(Command.SUBSCRIBE).arg("socket.io-response#/#")));
    RedisConnection saying = outsider();
    Eventually.until(
        "it listens",
        () ->
            Eventually.value(
                        saying.send(
                            Request.cmd(Command.PUBSUB).arg("NUMSUB").arg("socket.io-response#/#")))
                    .get(1)
                    .toInteger()
                == 3);
    for (String request :
        List.of(
            "{\"requestId\":\"j\",\"type\":2,\"sid\":\"ID\",\"room\":\"x\"}",
            "{\"uid\":\"old\",\"requestId\":\"s\",\"type\":0,\"rooms\":[\"x\"]}",
            "{\"uid\":\"old\",\"requestId\":\"r\",\"type\":1}",
            "{\"requestId\":\"d\",\"type\":4,\"sid\":\"ID\",\"close\":false}")) {
      String text = request.replace("ID", client.session.id());
      Eventually.value(
          saying.send(Request.cmd(Command.PUBLISH).arg("socket.io-request#/#").arg(text)));
      String id = new JsonObject(text).getString("requestId");
      int answers = id.equals("s") || id.equals("r") ? 2 : 1; // both, or who has the socket
      Eventually.until(
          "answers to " + id,
          () ->
              heard.stream().filter(each -> each.getString("requestId").equals(id)).count()
                  == answers);
    }
    String own = client.session.id();
    assertTrue(
        heard.contains(
            new JsonObject().put("requestId", "s").put("sockets", new JsonArray().add(own))),
        heard::toString);
    assertTrue(
        heard.contains(
            new JsonObject()
                .put("requestId", "r")
                .put("rooms", new JsonArray().add(own).add("red").add("x"))),
        heard::toString);
    Eventually.until("closed", () -> client.closed != null);
  }

  @Test
  void redisMayDieAndReturn() throws Exception {
    FakeClient client = two.client("/");
    redis.kill();
    Eventually.until("said", () -> two.peers.trouble().isPresent());
    Eventually.until("said", () -> one.peers.trouble().isPresent());
    assertTrue(one.peers.trouble().get().startsWith("redis redis://127.0.0.1:"));
    say("lost", EVERYBODY);
    FunctionException gone =
        assertThrows(
            FunctionException.class,
            () -> Eventually.value(one.peers.clients(FUNCTION, EVERYBODY)));
    assertEquals("unavailable", gone.code());

    redis.restart();
    Eventually.until("back", () -> one.peers.trouble().isEmpty());
    Eventually.until("back", () -> two.peers.trouble().isEmpty());
    say("end", EVERYBODY);
    awaitLast(client, "end");
    assertEquals(List.of("said[end]"), client.got);
  }
}
