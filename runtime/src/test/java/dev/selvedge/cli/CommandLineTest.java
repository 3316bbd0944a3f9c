package dev.selvedge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.admin.AdminServer;
import dev.selvedge.admin.FakeOperations;
import dev.selvedge.metrics.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
  private static final String S1 = "aaaaaaaa-0-s1";

  @TempDir Path directory;

  private final FakeOperations operations = new FakeOperations();
  private final Metrics metrics = new Metrics();
  private final Map<String, String> environment = new HashMap<>();
  private Vertx vertx;
  private AdminServer server;
  private Shell shell;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    server =
        new AdminServer(
            vertx,
            operations,
            metrics,
            new AdminServer.Settings("127.0.0.1", 0, () -> "tok", directory.resolve("up")));
    int port = server.start().await(60, TimeUnit.SECONDS);
    environment.put("SELVEDGE_NODE", "http://127.0.0.1:" + port);
    environment.put("SELVEDGE_TOKEN", "tok");
    shell = new Shell(directory, environment);
  }

  @AfterEach
  void stop() throws Exception {
    server.close().await(60, TimeUnit.SECONDS);
    vertx.close().await(60, TimeUnit.SECONDS);
    metrics.close();
  }

  private Shell.Result ok(String... args) {
    Shell.Result result = shell.run(args);
    assertEquals(0, result.exitCode(), result.err());
    return result;
  }

  private void fails(int exitCode, String text, String... args) {
    Shell.Result result = shell.run(args);
    assertEquals(exitCode, result.exitCode(), result.err());
    assertTrue(result.err().contains(text), result.err());
    assertEquals("", result.out());
  }

  @Test
  void listsAreTablesWithAlignedColumns() {
    assertEquals(
        List.of(
            "ID          PHASE     ROLES      CLIENTS                 ADMIN                  "
                + " SESSIONS  VERSION",
            "aaaaaaaa *  ready     edge host  http://127.0.0.1:8080/  http://127.0.0.1:9090/ "
                + " 2         1.0",
            "bbbbbbbb    draining  host       -                       http://127.0.0.1:9091/ "
                + " 1         1.0"),
        ok("nodes").out().lines().toList());
    assertEquals(
        List.of(
            "NAME  VERSION  ROUTES  READY  SESSIONS  ERRORS",
            "chat  2        /chat   1/2    2         7"),
        ok("functions").out().lines().toList());
    assertEquals(
        List.of("GROUP  MEMBERS  NODES", "lobby  2        2"), ok("groups").out().lines().toList());
  }

  @Test
  void jsonIsAnArrayForListsAndAnObjectForOneThing() {
    for (String list : List.of("nodes", "functions", "sessions", "groups")) {
      assertFalse(new JsonArray(ok(list, "--json").out()).isEmpty(), list);
    }
    assertEquals("chat", new JsonObject(ok("functions", "chat", "--json").out()).getString("name"));
    assertEquals(
        "chat", new JsonObject(ok("undeploy", "chat", "--json").out()).getString("undeployed"));
    assertEquals(
        "ann",
        new JsonArray(ok("groups", "lobby", "--json").out())
            .getJsonObject(0)
            .getJsonObject("meta")
            .getString("name"));
  }

  @Test
  void aFunctionIsShownWithItsVersionsAndNodes() {
    String out = ok("functions", "chat").out();

    assertTrue(out.startsWith("chat 2 serves /chat on 2 nodes"), out);
    assertTrue(out.contains("version 2  deployed 2026-01-02T03:04:05Z  sha256 abab"), out);
    assertTrue(out.contains("node bbbbbbbb  version 1  starting"), out);
    assertTrue(out.contains("slow disk"), out);
  }

  @Test
  void deploySendsTheJarWithItsNameAndRoute() throws Exception {
    Files.write(directory.resolve("my.jar"), new byte[] {1, 2, 3});

    String out = ok("deploy", "my.jar", "--name", "talk", "--route", "/a b").out();

    assertEquals("deployed: chat 3 serves /chat on 2 nodes", out.strip());
    assertArrayEquals(new byte[] {1, 2, 3}, operations.deployed.get(0));
    assertEquals(List.of("deploy talk /a b"), operations.asked);
    fails(1, "/chat belongs to chat", "deploy", "my.jar", "--name", "taken");
    fails(2, "no.jar", "deploy", "no.jar");
  }

  @Test
  void warningsOfADeployDoNotGetIntoItsOutput() throws Exception {
    Files.write(directory.resolve("my.jar"), new byte[] {1, 2, 3});
    operations.warnings = List.of("node bbbbbbbb is slow");

    Shell.Result plain = ok("deploy", "my.jar");
    Shell.Result json = ok("deploy", "my.jar", "--json");

    assertEquals("warning: node bbbbbbbb is slow", plain.err().strip());
    assertEquals("deployed: chat 3 serves /chat on 2 nodes", plain.out().strip());
    assertEquals(
        new JsonArray(operations.warnings), new JsonObject(json.out()).getJsonArray("warnings"));
    assertEquals("warning: node bbbbbbbb is slow", ok("rollback", "chat").err().strip());
  }

  @Test
  void functionsAreRolledBackAndUndeployed() {
    ok("rollback", "chat");
    ok("rollback", "chat", "--to", "1");
    ok("undeploy", "chat");

    assertEquals(List.of("rollback chat -", "rollback chat 1", "undeploy chat"), operations.asked);
    fails(5, "no function nope", "undeploy", "nope");
    fails(2, "--to", "rollback", "chat", "--to", "one");
  }

  @Test
  void aCallPrintsTheAnswerAsItIs() {
    assertEquals("{\"a\":1}", ok("call", "echo", "{\"a\": 1}").out().strip());
    assertEquals("\"plain word\"", ok("call", "echo", "plain word").out().strip());
    assertEquals("12.50", ok("call", "echo", "12.50").out().strip() + "0");
    assertEquals("-5", ok("call", "echo", "--", "-5").out().strip());
    assertEquals("null", ok("call", "echo").out().strip());
    fails(5, "no function nope", "call", "nope");
    fails(1, "no cheese", "call", "refuses");
    fails(2, "is not JSON", "call", "echo", "{\"a\": 1");
  }

  @Test
  void sessionsAreFilteredPagedAndClosed() {
    assertTrue(ok("sessions").out().contains("chat@2"));
    assertEquals(2, new JsonArray(ok("sessions", "--function", "chat", "--json").out()).size());
    assertEquals(1, new JsonArray(ok("sessions", "--edge", "bbbbbbbb", "--json").out()).size());
    assertEquals(1, new JsonArray(ok("sessions", "--group", "a/b ü", "--json").out()).size());
    Shell.Result limited = ok("sessions", "--limit", "1", "--json");
    assertEquals(1, new JsonArray(limited.out()).size());
    assertTrue(limited.err().contains("more"), limited.err());

    assertEquals("closed: " + S1, ok("sessions", "close", S1).out().strip());
    assertEquals(List.of("close " + S1), operations.asked);
    fails(5, "no session x", "sessions", "close", "x");
  }

  @Test
  void messagesTakeTheirArgumentsAsJsonOrAsWords() {
    ok("send", S1, "hi", "1", "word", "{\"a\":[true]}", "null", "\"1\"");
    ok("publish", "a/b ü", "hi", "--except", "s1", "x");

    assertEquals(
        List.of(
            "send " + S1 + " hi [1, word, {\"a\":[true]}, null, 1]",
            "publish a/b ü hi [x] except [s1]"),
        operations.asked);
    fails(5, "no session x", "send", "x", "hi");
  }

  @Test
  void aNodeIsDrained() {
    assertEquals("draining: aaaaaaaa", ok("drain", "aaaaaaaa").out().strip());
    fails(5, "no node zzzzzzzz", "drain", "zzzzzzzz");
  }

  @Test
  void anErrorIsAnObjectWithJson() {
    Shell.Result notFound = shell.run("undeploy", "nope", "--json");
    Shell.Result usage = shell.run("undeploy", "--json");

    assertEquals(5, notFound.exitCode());
    assertEquals("no-such-function", errorCode(notFound));
    assertEquals(2, usage.exitCode());
    assertEquals("usage", errorCode(usage));
  }

  private static String errorCode(Shell.Result result) {
    return new JsonObject(result.err()).getJsonObject("error").getString("code");
  }

  @Test
  void aWrongTokenAndNoTokenExitWithFour() {
    fails(4, "token", "nodes", "--token", "wrong");
    environment.remove("SELVEDGE_TOKEN");
    fails(4, ".selvedge/token", "nodes");
  }

  @Test
  void theTokenOfTheDataDirectoryIsUsed() throws Exception {
    environment.remove("SELVEDGE_TOKEN");
    Files.createDirectories(directory.resolve("d"));
    Files.writeString(directory.resolve("d/token"), "tok\n");

    ok("nodes", "--data", "d");
    environment.put("SELVEDGE_DATA", "d");
    ok("nodes");
    environment.remove("SELVEDGE_DATA");
    Files.createDirectories(directory.resolve(".selvedge"));
    Files.writeString(directory.resolve(".selvedge/token"), "tok\n");
    ok("nodes");
  }

  @Test
  void aNodeThatDoesNotAnswerExitsWithThree() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    fails(3, "no node answers", "nodes", "--node", "http://127.0.0.1:" + free);
  }

  @Test
  void wrongUsageExitsWithTwo() {
    fails(2, "Unmatched argument", "nodes", "extra");
    fails(2, "ftp://x", "nodes", "--node", "ftp://x");
    fails(2, "lounge", "lounge");
    fails(2, "JAR", "deploy");
  }

  @Test
  void everyCommandHasHelp() {
    var commands = Selvedge.commands(shell.console(), shell.starter()).getSubcommands();
    assertEquals(20, commands.size());
    for (String command : commands.keySet()) {
      String help = ok(command, "--help").out();
      assertTrue(help.startsWith("Usage: selvedge " + command), help);
    }
    assertTrue(ok("--help").out().contains("deploy"));
    assertTrue(ok().out().contains("deploy"));
    assertTrue(ok("--version").out().startsWith("selvedge "));
  }

  @Test
  void theCompletionScriptKnowsTheCommands() {
    String script = ok("completion").out();

    assertTrue(script.contains("complete -F _complete_selvedge"), "bash");
    assertTrue(script.contains("bashcompinit"), "zsh");
    assertTrue(script.contains("rollback"));
  }

  @Test
  void aBenchmarkThatReachesNobodyFailsAndSaysSo() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String nobody = "ws://127.0.0.1:" + port + "/echo";
    for (String mode : List.of("ws", "sio", "signalr", "idle", "fanout")) {
      Shell.Result result = shell.run("bench", mode, nobody, "--connections", "2", "--json");

      assertEquals(1, result.exitCode(), result.err());
      assertEquals(2, new JsonObject(result.out()).getInteger("failed"));
      assertTrue(result.err().contains("2 connections failed"), result.err());
    }
    fails(2, "ftp://localhost/", "bench", "idle", "ftp://localhost/");
    fails(2, "nowhere.pem", "bench", "idle", "wss://localhost/", "--ca", "nowhere.pem");
    fails(2, "depth: 0", "bench", "ws", nobody, "--depth", "0");
    fails(2, "protocol: smtp", "bench", "fanout", nobody, "--protocol", "smtp");
    fails(2, "path: /other", "bench", "ws", nobody, nobody.replace("/echo", "/other"));
    fails(2, "what to measure", "bench");
  }

  private void asks(String what, String says, String... args) {
    operations.asked.clear();
    assertEquals(says, ok(args).out().strip());
    assertEquals(List.of(what), operations.asked);
  }

  @Test
  void poolsAreATableOfTheirMembersOnAllNodes() {
    List<String> lines = ok("pools").out().lines().toList();

    assertTrue(lines.get(0).startsWith("POOL  MEMBER          STATE     WEIGHT  TUNNELS"));
    assertTrue(lines.get(1).startsWith("chat  127.0.0.1:3001  up        2       12"), lines.get(1));
    assertTrue(lines.get(1).contains("1.3 ms") || lines.get(1).contains("1.2 ms"), lines.get(1));
    assertTrue(lines.get(1).contains("2.0 KiB"), lines.get(1));
    assertTrue(lines.get(2).startsWith("chat  127.0.0.1:3002  down 1/2  0.5     3"), lines.get(2));
    assertTrue(lines.get(2).endsWith("connection refused"), lines.get(2));
    assertEquals(lines, ok("pools", "chat").out().lines().toList());
    assertEquals(
        "chat", new JsonArray(ok("pools", "--json").out()).getJsonObject(0).getString("name"));
    assertEquals(
        2, new JsonObject(ok("pools", "chat", "--json").out()).getJsonArray("members").size());
    fails(5, "no pool is called nope", "pools", "nope");
  }

  @Test
  void membersAreEditedByTheirAddress() {
    String at = "127.0.0.1:3001";
    asks(
        "change member chat " + at + " {\"state\":\"disabled\"}",
        "disabled: " + at + " in pool chat",
        "pool",
        "disable",
        "chat",
        at);
    asks(
        "change member chat " + at + " {\"state\":\"up\"}",
        "enabled: " + at + " in pool chat",
        "pool",
        "enable",
        "chat",
        at);
    asks(
        "change member chat " + at + " {\"state\":\"forced-offline\"}",
        "forced offline: " + at + " in pool chat",
        "pool",
        "force-offline",
        "chat",
        at);
    asks(
        "change member chat " + at + " {\"weight\":5}",
        "weight 5: " + at + " in pool chat",
        "pool",
        "weight",
        "chat",
        at,
        "5");
    asks(
        "change member chat " + at + " {\"max-tunnels\":9,\"max-new-per-second\":2}",
        "max-tunnels 9, max-new-per-second 2: " + at + " in pool chat",
        "pool",
        "limit",
        "chat",
        at,
        "--tunnels",
        "9",
        "--new-per-second",
        "2");
    asks(
        "add member chat {\"max-requests\":4,\"address\":\"[::1]:80\",\"weight\":3}",
        "added: [::1]:80 to pool chat",
        "pool",
        "add",
        "chat",
        "[::1]:80",
        "--weight",
        "3",
        "--requests",
        "4");
    asks(
        "remove member chat " + at,
        "removed: " + at + " from pool chat",
        "pool",
        "remove",
        "chat",
        at);
    asks(
        "close chat " + at + " Optional[PT5M]",
        "closing 7 tunnels: " + at + " in pool chat",
        "pool",
        "close",
        "chat",
        at,
        "--spread",
        "5m");
    fails(2, "no limit (expected: --tunnels", "pool", "limit", "chat", at);
    fails(1, "spread: soon (expected: a duration", "pool", "close", "chat", at, "--spread", "soon");
  }

  @Test
  void aPoolIsSetFromJsonOrAFileAndRemoved() throws Exception {
    Files.writeString(directory.resolve("chat.json"), "{\"members\": [\"a:1\"]}");

    asks(
        "put pool chat {\"members\":[\"a:1\"]}",
        "set: pool chat with 2 members",
        "pool",
        "set",
        "chat",
        "@chat.json");
    asks("put pool chat {}", "set: pool chat with 2 members", "pool", "set", "chat", "{}");
    asks("remove pool chat", "removed: pool chat", "pool", "remove", "chat");
    fails(2, "expected: a JSON object", "pool", "set", "chat", "word");
  }

  @Test
  void routesAreListedAddedAndRemoved() {
    assertEquals(
        List.of(
            "NAME  HOST       PATH   IF            TARGET     SOURCE",
            "chat  a.example  /chat  GET x-beta=1  pool chat  file"),
        ok("routes").out().lines().toList());
    asks(
        "add route {\"hosts\":[\"b.example\"],\"path\":\"/x\",\"methods\":[\"GET\",\"HEAD\"],"
            + "\"headers\":{\"x-a\":\"1\"},\"pool\":\"chat\",\"rewrite\":\"/\"}",
        "added: route new: b.example /x leads to pool chat",
        "routes",
        "add",
        "--host",
        "b.example",
        "--path",
        "/x",
        "--method",
        "GET,HEAD",
        "--header",
        "x-a=1",
        "--pool",
        "chat",
        "--rewrite",
        "/");
    asks(
        "add route {\"name\":\"old\",\"hosts\":[],\"path\":\"/old\",\"methods\":[],\"headers\":{},"
            + "\"redirect\":{\"to\":\"/new\",\"status\":308}}",
        "added: route old: any host /old leads to redirect 308 /new",
        "routes",
        "add",
        "--name",
        "old",
        "--path",
        "/old",
        "--redirect",
        "/new",
        "--status",
        "308");
    asks("remove route chat", "removed: route chat", "routes", "remove", "chat");
    fails(5, "no route is called x", "routes", "remove", "x");
  }

  @Test
  void listenersAreListedAddedAndRemoved() {
    assertEquals(
        "mqtt  0.0.0.0  1883  mqtt  run-time", ok("listeners").out().lines().toList().get(1));
    assertTrue(
        ok("listeners", "add", "mqtt", "--port", "1883", "--pool", "mqtt")
            .out()
            .startsWith("added: listener mqtt: port 1883 leads to pool mqtt"));
    asks("remove listener mqtt", "removed: listener mqtt", "listeners", "remove", "mqtt");
  }
}
