package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.Talk;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.vertx.core.json.JsonArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Unmodified Socket.IO clients against three nodes. What leads them there knows no stickiness: each
 * connection arrives at another node, and no cookie is kept.
 */
class SocketIoIT {
  private static final List<String> TRANSPORTS =
      List.of("polling", "websocket", "polling,websocket");

  private static final int PING_INTERVAL = 10_000;
  private static final int PING_TIMEOUT = 10_000;

  @RegisterExtension
  final TestCluster cluster =
      new TestCluster(
          Map.of(
              "SELVEDGE_TOKEN", TestCluster.TOKEN,
              "SELVEDGE_SOCKETIO_PING_INTERVAL", PING_INTERVAL + "ms",
              "SELVEDGE_SOCKETIO_PING_TIMEOUT", PING_TIMEOUT + "ms"));

  private final List<Socket> clients = new ArrayList<>();
  private List<TestNode> nodes;
  private Spray spray;

  @BeforeEach
  void start() throws Exception {
    nodes = cluster.start(3);
    cluster.deploy(
        nodes.get(0),
        FunctionJar.of("talk", Talk.class)
            .with("routes", new JsonArray().add("/"))
            .with("namespaces", new JsonArray().add("/admin")));
    cluster.deploy(nodes.get(0), FunctionJar.of("other", Talk.class));
    spray = Spray.over(cluster.vertx(), nodes);
  }

  @AfterEach
  void closeClients() {
    clients.forEach(Socket::close);
  }

  /** Runs checks that print what failed and exit with a code that says so. */
  private void run(Path directory, List<String> command, Map<String, String> environment)
      throws Exception {
    Path log = cluster.directory().resolve("checks.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process checks = builder.start();
    try {
      assertTrue(checks.waitFor(8, TimeUnit.MINUTES), () -> "does not end: " + text(log));
    } finally {
      checks.destroyForcibly();
    }
    assertEquals(0, checks.exitValue(), () -> text(log));
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (java.io.IOException e) {
      return e.getMessage();
    }
  }

  @Test
  void clientsForNode() throws Exception {
    Path packages = NodePackages.install();
    for (String transports : TRANSPORTS) {
      run(packages, List.of("node", "socket-io-checks.js", spray.url(), transports), Map.of());
    }
  }

  @Test
  void everyRuleOfTheWire() throws Exception {
    run(
        NodePackages.install(),
        List.of(
            "node",
            "engine-io-checks.js",
            spray.url(),
            "" + PING_INTERVAL,
            "" + PING_TIMEOUT,
            "1000000"),
        Map.of());
  }

  @Test
  void clientsForPython() throws Exception {
    Path python = Programs.requirePython("socketio", "requests", "websocket");
    Path script = Path.of("src", "test", "python", "socket_io_checks.py").toAbsolutePath();
    for (String transports : TRANSPORTS) {
      run(
          cluster.directory(),
          List.of(python.toString(), script.toString(), spray.url(), transports),
          Map.of("PYTHONUNBUFFERED", "1"));
    }
  }

  // The client for Java.

  private Socket client(String namespace, String transports, Map<String, String> auth) {
    IO.Options options =
        IO.Options.builder()
            .setForceNew(true)
            .setTransports(transports.split(","))
            .setReconnectionDelay(100)
            .setReconnectionDelayMax(1_000)
            .setAuth(auth)
            .build();
    Socket client = IO.socket(java.net.URI.create(spray.url() + namespace), options);
    clients.add(client);
    return client;
  }

  private static BlockingQueue<Object[]> heard(Socket client, String event) {
    BlockingQueue<Object[]> heard = new LinkedBlockingQueue<>();
    client.on(event, heard::add);
    return heard;
  }

  private static Object[] next(BlockingQueue<Object[]> heard) throws InterruptedException {
    Object[] args = heard.poll(60, TimeUnit.SECONDS);
    assertTrue(args != null, "nothing heard in time");
    return args;
  }

  /** Whether it answers soon; what was sent into a dead connection never is. */
  private static boolean answers(Socket client) throws InterruptedException {
    BlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
    client.emit("echo", new Object[] {"there?"}, answer::add);
    return answer.poll(5, TimeUnit.SECONDS) != null;
  }

  private static Object ask(Socket client, String event, Object... args) throws Exception {
    BlockingQueue<Object[]> answer = new LinkedBlockingQueue<>();
    client.emit(event, args, answer::add);
    return next(answer)[0];
  }

  @Test
  void clientsForJava() throws Exception {
    for (String transports : TRANSPORTS) {
      welcomeEchoAndQuestions(transports);
      refusal(transports);
      namespacesAndRooms(transports);
    }
  }

  @Test
  void clientsOfANodeThatDiesComeBackToAnother() throws Exception {
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Socket client = client("/", i % 2 == 0 ? "polling" : "websocket", Map.of());
      all.add(client.connect());
      assertEquals("here", ask(client, "echo", "here"));
    }

    nodes.get(1).kill();

    for (Socket client : all) {
      Eventually.until("a client talks again", () -> answers(client));
    }
  }

  private void welcomeEchoAndQuestions(String transports) throws Exception {
    Socket client = client("/", transports, Map.of("token", "123"));
    BlockingQueue<Object[]> welcome = heard(client, "welcome");
    BlockingQueue<Object[]> answered = heard(client, "answered");
    client.on("question", args -> ((Ack) args[args.length - 1]).call("yes to " + args[0], args[1]));
    client.connect();

    JSONObject greeting = (JSONObject) next(welcome)[0];
    assertEquals("123", greeting.getJSONObject("auth").getString("token"));
    assertEquals(client.id(), greeting.getString("id"));
    assertEquals("ünï¢ødé €😀", ask(client, "echo", "ünï¢ødé €😀"));
    byte[] bytes = {0, 1, -1};
    assertArrayEquals(bytes, (byte[]) ask(client, "echo", (Object) bytes));
    JSONObject nested = (JSONObject) ask(client, "echo", new JSONObject().put("a", bytes));
    assertArrayEquals(bytes, (byte[]) nested.get("a"));
    assertEquals(
        "sold-out", ((JSONObject) ask(client, "fail")).getJSONObject("error").getString("code"));
    client.emit("ask me", "tea?", bytes);
    Object[] answer = next(answered);
    assertEquals("yes to tea?", answer[0]);
    assertArrayEquals(bytes, (byte[]) answer[1]);
  }

  private void refusal(String transports) throws Exception {
    Socket client = client("/", transports, Map.of("refuse", "mood"));
    BlockingQueue<Object[]> refused = heard(client, Socket.EVENT_CONNECT_ERROR);
    client.connect();

    JSONObject error = (JSONObject) next(refused)[0];
    assertEquals("not you", error.getString("message"));
    assertEquals("mood", error.getJSONObject("data").getString("because"));
  }

  private void namespacesAndRooms(String transports) throws Exception {
    List<BlockingQueue<Object[]>> heard = new ArrayList<>();
    Socket last = null;
    for (int i = 0; i < 3; i++) {
      last = client("/other", transports, Map.of());
      heard.add(heard(last, "shouted"));
      last.connect();
      assertEquals("joined", ask(last, "join", "java " + transports));
    }
    last.emit("shout", "java " + transports, "all");
    for (BlockingQueue<Object[]> each : heard) {
      assertArrayEquals(new Object[] {"all"}, next(each));
    }
  }
}
