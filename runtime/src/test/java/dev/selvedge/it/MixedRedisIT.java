package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.it.function.PeerHub;
import dev.selvedge.store.RedisServer;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two Node servers with the Redis adapter, ann and bob, and two nodes, n1 and n2, on one Redis,
 * with official clients on all four, and the official emitter.
 */
class MixedRedisIT {
  private static final String FIND_ALL =
      "return Promise.race([io.fetchSockets().then((all) => all.length),"
          + " new Promise((late) => setTimeout(late, 10000, 0))])";

  private static final List<String> NODES = List.of("n1", "n2");
  private static final List<String> SERVERS = List.of("ann", "bob", "n1", "n2");

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private final Map<String, NodeScript> scripts = new LinkedHashMap<>();
  private final Map<String, TestNode> nodes = new LinkedHashMap<>();

  private final Map<String, Integer> ports = new LinkedHashMap<>();

  /** Who is to get what has been said, by its tag. */
  private final Map<String, Set<String>> said = new TreeMap<>();

  private RedisServer redis;
  private NodeScript clients;
  private SocketClient raw;
  private int tags;

  @AfterEach
  void end() throws Exception {
    for (NodeScript script : scripts.values()) {
      script.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  private void start(String adapter) throws Exception {
    redis = RedisServer.start(cluster.directory(), adapter.equals("sharded") ? 7 : 6);
    Path config = cluster.directory().resolve("selvedge.yaml");
    Files.writeString(
        config, "socketio:\n  redis: %s\n  redis-adapter: %s\n".formatted(redis.url(), adapter));
    NODES.forEach(name -> nodes.put(name, join(config)));
    String redisPort = redis.url().replaceAll(".*:", "");
    Ports free = new Ports();
    for (String name : List.of("ann", "bob")) {
      ports.put(name, free.free());
      scripts.put(name, NodeScript.start("server", name, "" + ports.get(name), redisPort, adapter));
    }
    cluster.awaitFormed();
    cluster.deploy(
        nodes.get("n1"),
        FunctionJar.of("hub", PeerHub.class)
            .with("routes", new JsonArray().add("/"))
            .with("namespaces", new JsonArray().add("/custom")));
    NODES.forEach(name -> ports.put(name, nodes.get(name).clientPort()));
    Stream<String> places = SERVERS.stream().map(name -> name + "=" + ports.get(name));
    clients = NodeScript.start(Stream.concat(Stream.of("clients"), places).toArray(String[]::new));
    scripts.put("clients", clients);
    if (adapter.equals("classic")) {
      scripts.put("emitter", NodeScript.start("emitter", redisPort));
    }
    raw = cluster.clients().socket(nodes.get("n2"), "/");
    Eventually.value(raw.request("join", "red"));
    // A subscription of a newly deployed function's namespace takes a moment.
    Eventually.until("all hear /custom", () -> hears("/custom") == SERVERS.size());
  }

  private TestNode join(Path config) {
    try {
      return cluster.join("--config", config.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many servers ann counts in a namespace. */
  private int hears(String namespace) throws Exception {
    return (int)
        scripts.get("ann").run("return io.of('%s').adapter.serverCount()".formatted(namespace));
  }

  // ---- who is who

  private static Set<String> all(String... kinds) {
    return SERVERS.stream()
        .flatMap(server -> Arrays.stream(kinds).map(kind -> server + "." + kind))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> without(Set<String> some, String... names) {
    Set<String> rest = new TreeSet<>(some);
    rest.removeAll(List.of(names));
    return rest;
  }

  private String id(String client) throws Exception {
    return (String) clients.run("return all['%s'].id".formatted(client));
  }

  // ---- what is said

  private String tag(Set<String> receivers) {
    String tag = "t" + ++tags;
    said.put(tag, receivers);
    return tag;
  }

  /** Has a server say something; checks who gets it. */
  private void says(String server, String code, Set<String> receivers) throws Exception {
    String tag = tag(receivers);
    scripts.get(server).run(code.replace("TAG", tag));
    awaitSaid(tag);
  }

  private void publishes(String node, JsonObject what, Set<String> receivers) throws Exception {
    String tag = tag(receivers);
    call(node, what.put("do", "publish").put("tag", tag));
    awaitSaid(tag);
  }

  private Object call(String node, JsonObject body) throws Exception {
    return nodes.get(node).admin().call("hub", body);
  }

  private void awaitSaid(String tag) throws Exception {
    Set<String> wanted = said.get(tag);
    try {
      Eventually.until("all get " + tag, () -> got(tag).keySet().containsAll(wanted));
    } catch (AssertionError late) {
      throw new AssertionError(tag + " for " + wanted + ", got by " + got(tag), late);
    }
  }

  private Map<String, Long> got(String tag) {
    return of("said").stream()
        .filter(event -> event.getJsonArray("args").getValue(0).equals(tag))
        .collect(
            Collectors.groupingBy(
                event -> event.getString("client"), TreeMap::new, Collectors.counting()));
  }

  /** Once each, and nobody else: looked at when whatever comes later has had its time to come. */
  private void nothingWasDoubledOrAstray() {
    said.forEach(
        (tag, receivers) -> {
          Map<String, Long> expected = new TreeMap<>();
          receivers.forEach(name -> expected.put(name, 1L));
          assertEquals(expected, got(tag), "receivers of " + tag);
        });
  }

  // ---- the checks

  @Test
  void classicAdapter() throws Exception {
    start("classic");
    checks();
    emitterReachesAll();
    redisDiesAndReturns();
    nothingWasDoubledOrAstray();
  }

  @Test
  void shardedAdapter() throws Exception {
    start("sharded");
    checks();
    redisDiesAndReturns();
    nothingWasDoubledOrAstray();
  }

  private void checks() throws Exception {
    for (String node : List.of("ann", "bob")) {
      broadcastsOfServer(node);
      listingsOfServer(node);
      membershipsOfServer(node);
      messagesOfServer(node);
    }
    for (String node : NODES) {
      broadcastsOfNode(node);
      listingsOfNode(node);
      membershipsOfNode(node);
      messagesOfNode(node);
    }
    for (String server : SERVERS) {
      disconnects(server);
    }
  }

  private void broadcastsOfServer(String ann) throws Exception {
    says(ann, "io.emit('said', 'TAG')", all("x", "y"));
    says(ann, "io.of('/custom').emit('said', 'TAG')", all("c"));
    says(ann, "io.to('red').emit('said', 'TAG')", all("x"));
    says(ann, "io.of('/custom').to('red').emit('said', 'TAG')", all("c"));
    says(ann, "io.to('red').to('blue').emit('said', 'TAG')", all("x", "y"));
    says(ann, "io.except('red').emit('said', 'TAG')", all("y"));
    String two = id("n2.x");
    says(ann, "io.to('%s').emit('said', 'TAG')".formatted(two), Set.of("n2.x"));
    says(
        ann,
        "io.to('red').except('%s').emit('said', 'TAG')".formatted(two),
        without(all("x"), "n2.x"));
    String own = ann + ".x";
    String tag = tag(without(all("x", "y"), own));
    clients.run("all['%s'].emit('shout', '%s')".formatted(own, tag));
    awaitSaid(tag);

    int before = raw.eventCount();
    says(ann, "io.to('red').emit('said', 'TAG')", all("x"));
    Eventually.until("the raw client in the room", () -> raw.eventCount() > before);

    says(
        ann,
        "io.to('red').emit('said', 'TAG', Buffer.from([1, 2]), new Date(0), undefined)",
        all("x"));
    assertEquals(
        Set.of("[{\"type\":\"Buffer\",\"data\":[1,2]},\"1970-01-01T00:00:00.000Z\",null]"),
        arguments("t" + tags));
  }

  /** The further arguments that came with a tag. */
  private Set<String> arguments(String tag) {
    return clients.events().stream()
        .filter(event -> tag.equals(event.getJsonArray("args").getValue(0)))
        // What follows is the offset by which a client of a node could be recovered.
        .map(event -> new JsonArray(event.getJsonArray("args").getList().subList(1, 4)).encode())
        .collect(Collectors.toSet());
  }

  private void broadcastsOfNode(String node) throws Exception {
    publishes(node, new JsonObject(), all("x", "y", "c"));
    publishes(node, rooms("red"), all("x", "c"));
    publishes(node, rooms("red", "blue"), all("x", "y", "c"));
    publishes(node, rooms("red", "blue").put("exceptGroups", new JsonArray().add("red")), all("y"));
    publishes(node, rooms(id("ann.y")), Set.of("ann.y"));
    publishes(
        node,
        rooms("red").put("except", new JsonArray().add(id("bob.x")).add(id("n1.x"))),
        without(all("x", "c"), "bob.x", "n1.x"));
    String tag = tag(without(all("x", "c"), node + ".x"));
    clients.run("all['%s.x'].emit('shout', '%s')".formatted(node, tag));
    awaitSaid(tag);
  }

  private static JsonObject rooms(String... rooms) {
    return new JsonObject().put("rooms", new JsonArray(List.of(rooms)));
  }

  private void listingsOfServer(String ann) throws Exception {
    JsonArray found =
        (JsonArray)
            scripts
                .get(ann)
                .run(
                    "return (await io.in('blue').fetchSockets()).map(s => ({id: s.id, data: s.data,"
                        + " rooms: [...s.rooms], handshake: s.handshake}))");
    Map<String, JsonObject> byName = new TreeMap<>();
    for (int i = 0; i < found.size(); i++) {
      JsonObject socket = found.getJsonObject(i);
      byName.put(socket.getJsonObject("data").getString("name"), socket);
    }
    assertEquals(all("y"), byName.keySet());
    JsonObject two = byName.get("n2.y");
    assertEquals(id("n2.y"), two.getString("id"));
    assertEquals(new JsonArray().add(id("n2.y")).add("blue"), two.getJsonArray("rooms"));
    JsonObject theirs = byName.get(ann + ".y").getJsonObject("handshake");
    JsonObject ours = two.getJsonObject("handshake");
    assertEquals(new TreeSet<>(theirs.fieldNames()), new TreeSet<>(ours.fieldNames()));
    for (String name : theirs.fieldNames()) {
      assertEquals(
          theirs.getValue(name).getClass(), ours.getValue(name).getClass(), "handshake." + name);
    }
    assertEquals("n2.y", ours.getJsonObject("auth").getString("name"));
    assertEquals(4, scripts.get(ann).run("return (await io.of('/custom').fetchSockets()).length"));
    // The raw client is in the main namespace.
    assertEquals(9, scripts.get(ann).run("return (await io.fetchSockets()).length"));
    assertEquals(0, scripts.get(ann).run("return (await io.in('nobody').fetchSockets()).length"));
  }

  private void listingsOfNode(String node) throws Exception {
    JsonArray found = (JsonArray) call(node, group("clients", "blue"));
    Map<String, JsonObject> byName = new TreeMap<>();
    for (int i = 0; i < found.size(); i++) {
      byName.put(
          found.getJsonObject(i).getJsonObject("data").getString("name"), found.getJsonObject(i));
    }
    assertEquals(Set.of("ann.y", "bob.y"), byName.keySet());
    assertEquals(id("ann.y"), byName.get("ann.y").getString("id"));
    assertEquals(new JsonArray().add("blue"), byName.get("ann.y").getJsonArray("groups"));
    assertEquals("/", byName.get("ann.y").getString("namespace"));
  }

  private static JsonObject group(String operation, String group) {
    return new JsonObject().put("do", operation).put("group", group);
  }

  private void membershipsOfServer(String ann) throws Exception {
    String room = "of-" + ann;
    scripts.get(ann).run("io.in('red').socketsJoin('%s')".formatted(room));
    // The members n2.x, ann.x… and the raw client.
    Eventually.until("all are in " + room, () -> count(ann, room) == 5);
    says(ann, "io.to('%s').emit('said', 'TAG')".formatted(room), all("x"));
    scripts.get(ann).run("io.in('%s').socketsLeave('%s')".formatted(room, room));
    Eventually.until("none is in " + room, () -> count(ann, room) == 0);
  }

  private int count(String ann, String room) throws Exception {
    return (int)
        scripts.get(ann).run("return (await io.in('%s').fetchSockets()).length".formatted(room));
  }

  private void membershipsOfNode(String node) throws Exception {
    String room = "of-" + node;
    call(node, group("joinAll", "blue").put("other", room));
    Eventually.until("all are in " + room, () -> everyone(node, room) == 4);
    publishes(node, rooms(room), all("y"));
    call(node, group("leaveAll", room).put("other", room));
    Eventually.until("none is in " + room, () -> everyone(node, room) == 0);
  }

  private int everyone(String node, String room) throws Exception {
    return ((JsonArray) call(node, group("everyone", room))).size();
  }

  private void messagesOfServer(String ann) throws Exception {
    JsonObject answers =
        (JsonObject)
            scripts
                .get(ann)
                .run(
                    "return new Promise(done => io.serverSideEmit('question', 'q',"
                        + " (error, answers) => done({error: error && error.message, answers})))");
    String other = ann.equals("ann") ? "bob" : "ann";
    assertEquals(null, answers.getValue("error"));
    assertEquals(List.of("q " + other, "q selvedge", "q selvedge"), sorted(answers));

    scripts.get(ann).run("io.of('/custom').serverSideEmit('note', '%s')".formatted("of " + ann));
    Eventually.until(
        "each node hears it",
        () -> call("n1", group("heard", "/custom of " + ann)).equals(NODES.size()));

    JsonArray acks =
        (JsonArray)
            scripts
                .get(ann)
                .run("return io.to('blue').timeout(30000).emitWithAck('question', 'q')");
    assertEquals(
        all("y").stream().map(name -> "q " + name).toList(),
        acks.stream().map(String::valueOf).sorted().toList());
  }

  private static List<String> sorted(JsonObject answers) {
    return answers.getJsonArray("answers").stream().map(String::valueOf).sorted().toList();
  }

  private void messagesOfNode(String node) throws Exception {
    // In each of the function's two namespaces.
    JsonObject answers = (JsonObject) call(node, group("ask", "q"));
    assertEquals(0, answers.getInteger("missing"));
    assertEquals(List.of("q ann", "q ann", "q bob", "q bob"), sorted(answers));

    call(node, group("tell", "of " + node));
    for (String server : List.of("ann", "bob")) {
      Eventually.until(
          server + " hears it",
          () ->
              scripts
                  .get(server)
                  .run("return heard.filter(([text]) => text === 'of %s').length".formatted(node))
                  .equals(2));
    }

    JsonObject acks = (JsonObject) call(node, group("request", "blue"));
    assertEquals(0, acks.getInteger("missing"));
    assertEquals(all("y").stream().map(name -> "q " + name).toList(), sorted(acks));
  }

  /** Has a server disconnect a client of each. */
  private void disconnects(String by) throws Exception {
    Set<String> doomed = all("doomed-by-" + by);
    for (String server : SERVERS) {
      clients.run(
          "await (await open('%s.doomed-by-%s', '', %s, '/')).emitWithAck('join', 'doomed')"
              .formatted(server, by, ports.get(server)));
    }
    // Another namespace over the connection of one of them.
    clients.run(
        ("all.second = all['n1.doomed-by-%s'].io.socket('/custom', {auth: {name: 'second'}});"
                + " await new Promise(done => all.second.once('connect', done))")
            .formatted(by));
    boolean connections = by.equals("ann");
    if (nodes.containsKey(by)) {
      call(by, group("closeAll", "doomed"));
    } else {
      scripts.get(by).run("io.in('doomed').disconnectSockets(%s)".formatted(connections));
    }
    try {
      Eventually.until(
          "all are disconnected by " + by, () -> disconnected(doomed).containsAll(doomed));
    } catch (AssertionError late) {
      throw new AssertionError("disconnects: " + of("disconnect"), late);
    }
    if (connections) {
      Eventually.until(
          "its connection is closed",
          () -> clients.run("return all.second.connected").equals(false));
    } else {
      clients.run("await all.second.emitWithAck('join', 'red'); all.second.disconnect()");
    }
  }

  private List<JsonObject> of(String name) {
    return clients.events().stream()
        .filter(event -> event.getString("event").equals(name))
        .toList();
  }

  private Set<String> disconnected(Set<String> among) {
    return of("disconnect").stream()
        .filter(event -> event.getJsonArray("args").getString(0).equals("io server disconnect"))
        .map(event -> event.getString("client"))
        .filter(among::contains)
        .collect(Collectors.toSet());
  }

  private void emitterReachesAll() throws Exception {
    says("emitter", "emitter.emit('said', 'TAG')", all("x", "y"));
    says("emitter", "emitter.to('red').emit('said', 'TAG')", all("x"));
    says("emitter", "emitter.except('red').emit('said', 'TAG')", all("y"));
    says("emitter", "emitter.of('/custom').emit('said', 'TAG')", all("c"));
    NodeScript emitter = scripts.get("emitter");
    emitter.run("emitter.in('red').socketsJoin('emitted')");
    Eventually.until("all are in", () -> count("ann", "emitted") == 5);
    emitter.run("emitter.in('emitted').socketsLeave('emitted')");
    Eventually.until("none is in", () -> count("ann", "emitted") == 0);
    emitter.run("emitter.serverSideEmit('note', 'of the emitter')");
    Eventually.until(
        "each node hears it",
        () -> call("n1", group("heard", "/ of the emitter")).equals(NODES.size()));
  }

  private void redisDiesAndReturns() throws Exception {
    redis.kill();
    for (TestNode node : nodes.values()) {
      Eventually.until(node.name() + " says so", () -> !node.admin().isReady());
      JsonObject readiness = node.admin().readiness();
      assertTrue(
          readiness.getJsonArray("reasons").getString(0).startsWith("peers: redis"),
          readiness::encode);
    }
    publishes("n1", rooms("red"), Set.of("n1.x", "n2.x", "n1.c", "n2.c"));

    redis.restart();
    for (TestNode node : nodes.values()) {
      node.awaitReady();
      assertEquals("ok", node.admin().readiness().getString("peers"));
    }
    Eventually.until("the other servers are back", () -> hears("/") == SERVERS.size());
    Eventually.until("the other servers are back", () -> hears("/custom") == SERVERS.size());
    // Node's subscriptions come back one by one; until all have, a broadcast may miss some.
    Eventually.until("the way is open", this::everyoneHearsEveryone);
    says("ann", "io.emit('said', 'TAG')", all("x", "y"));
    publishes("n2", rooms("red"), all("x", "c"));
    // It has not asked since, and so may not know yet that its connection is gone.
    Eventually.until("it finds all", () -> scripts.get("bob").run(FIND_ALL).equals(9));
    assertFalse(raw.isClosed());
    assertEquals(Set.of(), disconnected(all("x", "y", "c")));
  }

  private boolean everyoneHearsEveryone() throws Exception {
    String probe = "probe" + ++tags;
    scripts.get("ann").run("io.emit('said', '%s')".formatted(probe));
    call("n1", new JsonObject().put("do", "publish").put("tag", probe));
    Eventually.until("own clients get it", () -> got(probe).containsKey("ann.x"));
    return got(probe).values().stream().filter(count -> count == 2).count() == all("x", "y").size();
  }
}
