package dev.selvedge.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.Transport;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  @TempDir Path directory;

  private Config load(Map<String, String> environment, Map<String, String> flags) {
    return loader(ConfigLoader.Mode.START, environment).load(Optional.empty(), flags);
  }

  private ConfigLoader loader(ConfigLoader.Mode mode, Map<String, String> environment) {
    return new ConfigLoader(mode, directory, directory.resolve("home"), environment);
  }

  private void file(String... lines) throws IOException {
    Files.write(directory.resolve("selvedge.yaml"), List.of(lines));
  }

  private String complaint(Map<String, String> environment, Map<String, String> flags) {
    return assertThrows(ConfigException.class, () -> load(environment, flags)).getMessage();
  }

  @Test
  void withoutAnythingTheRecordsDefaultsHold() {
    Config config = load(Map.of(), Map.of());

    assertEquals(EdgeConfig.DEFAULT, config.edge());
    assertEquals(SessionConfig.DEFAULT, config.session());
    assertEquals(SocketIoConfig.DEFAULT, config.socketIo());
    assertEquals(NodeConfig.defaults(directory.resolve("home/.selvedge")), config.node());
    assertEquals(Map.of(), config.functions());
  }

  @Test
  void theEnvironmentWinsOverTheFileAndFlagsOverBoth() throws IOException {
    file("edge:", "  port: 1001", "  max-body: 2MiB", "  keep-alive: 1m");
    var environment = Map.of("SELVEDGE_EDGE_PORT", "1002", "SELVEDGE_EDGE_MAX_BODY", "3MiB");

    EdgeConfig edge = load(environment, Map.of("edge.port", "1003")).edge();

    assertEquals(1003, edge.port());
    assertEquals(3 * 1024 * 1024, edge.maxBodyBytes());
    assertEquals(Duration.ofMinutes(1), edge.keepAlive());
  }

  @Test
  void everyKindOfValueIsRead() throws IOException {
    file(
        "edge:",
        "  transports: [sse, longpoll]",
        "  origins: https://a.example, https://b.example:8443",
        "  trusted-proxies:",
        "    - 10.0.0.0/8",
        "    - fd00::/8",
        "  websocket:",
        "    heartbeat: 500ms",
        "    idle: 0",
        "    compression: true",
        "session:",
        "  outbound-policy: drop-oldest",
        "cluster:",
        "  join: [10.0.0.7:5701, node-2.example:5702]",
        "store: redis://10.0.0.9:6379/1",
        "functions:",
        "  deli-counter: {clerks: 2, names: [ann, bob]}");

    Config config = load(Map.of(), Map.of());

    assertEquals(List.of(Transport.SSE, Transport.LONGPOLL), config.edge().transports());
    assertEquals(List.of("https://a.example", "https://b.example:8443"), config.edge().origins());
    assertEquals(List.of("10.0.0.0/8", "fd00::/8"), config.edge().trustedProxies());
    assertEquals(Duration.ofMillis(500), config.edge().webSocket().heartbeat());
    assertEquals(Duration.ZERO, config.edge().webSocket().idle());
    assertTrue(config.edge().webSocket().compression());
    assertEquals(OutboundPolicy.DROP_OLDEST, config.session().outboundPolicy());
    assertEquals(List.of("10.0.0.7:5701", "node-2.example:5702"), config.node().join());
    assertEquals("redis://10.0.0.9:6379/1", config.node().store());
    var deli = config.functions().get("deli-counter");
    assertEquals(2, deli.getInteger("clerks"));
    assertEquals("bob", deli.getJsonArray("names").getString(1));
  }

  @Test
  void devIsAloneOnLoopbackWithItsStoreInMemory() throws IOException {
    file("store: hazelcast");

    Config config = loader(ConfigLoader.Mode.DEV, Map.of()).load(Optional.empty(), Map.of());

    assertEquals("127.0.0.1", config.edge().host());
    assertFalse(config.node().clustered());
    assertEquals("memory", config.node().store());
  }

  @Test
  void aCertificateOpensTheListenerForTls() throws IOException {
    Files.writeString(directory.resolve("a.crt"), "");
    Files.writeString(directory.resolve("a.key"), "");
    file(
        "edge:",
        "  tls:",
        "    certificate: a.crt",
        "    key: [a.key]",
        "    min-version: TLSv1.3");

    TlsConfig tls = load(Map.of(), Map.of("edge.tls.hsts", "365d")).edge().tls().orElseThrow();

    assertEquals(8443, tls.port());
    assertEquals(List.of(directory.resolve("a.crt")), tls.certificates());
    assertEquals(List.of(directory.resolve("a.key")), tls.keys());
    assertEquals("TLSv1.3", tls.minVersion());
    assertEquals(Duration.ofDays(365), tls.hsts());
  }

  @Test
  void eachCertificateHasAKeyAndBothAreFiles() throws IOException {
    Files.writeString(directory.resolve("a.crt"), "");
    var unpaired = Map.of("edge.tls.certificate", "a.crt");
    var ghost = Map.of("edge.tls.certificate", "a.crt", "edge.tls.key", "ghost.key");

    assertTrue(
        complaint(Map.of(), unpaired)
            .contains("0 files (expected: one for each of the 1 of edge.tls.certificate)"));
    assertTrue(complaint(Map.of(), ghost).contains("ghost.key (expected: a readable PEM file)"));
  }

  @Test
  void shortVariablesSetTheDataDirectoryAndTheCredentials() {
    var environment =
        Map.of("SELVEDGE_DATA", "d", "SELVEDGE_TOKEN", "a,,b", "SELVEDGE_SECRET", "hush");

    NodeConfig node = load(environment, Map.of()).node();

    assertEquals(directory.resolve("d"), node.data());
    assertEquals(Optional.of("a,,b"), node.token());
    assertEquals(Optional.of("hush"), node.secret());
  }

  @Test
  void variablesOfTheLauncherAndOfKubernetesAreNotSettings() {
    var environment =
        Map.of(
            "SELVEDGE_JAVA_OPTS", "-Xmx1g",
            "SELVEDGE_TEST_ALL", "true",
            "SELVEDGE_NODE", "http://localhost:9090",
            "SELVEDGE_SERVICE_HOST", "10.0.0.1",
            "SELVEDGE_EDGE_SERVICE_PORT_HTTP", "80",
            "SELVEDGE_EDGE_PORT", "tcp://10.0.0.1:80",
            "SELVEDGE_PORT_8080_TCP_ADDR", "10.0.0.1",
            "SELVEDGE_EDGE_HOST", "");

    assertEquals(EdgeConfig.DEFAULT, load(environment, Map.of()).edge());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "edge.port | 99999 | 0..65535",
        "edge.port | http | a whole number",
        "edge.max-header | 64k | a size such as 4096, 64KiB or 1MiB, below 2GiB",
        "edge.max-body | 2GiB | a size such as 4096, 64KiB or 1MiB, below 2GiB",
        "edge.max-body | 0 | 1..1GiB",
        "edge.keep-alive | 30 | a duration such as 500ms, 25s, 5m or 1h; 0 for none",
        "edge.keep-alive | 2h | 1ms..1h",
        "edge.header-deadline | 0 | 1ms..1h",
        "edge.body-deadline | 2d | 1ms..1h",
        "edge.longpoll-wait | 90m | 1ms..1h",
        "edge.linger | 2h | 1ms..1h",
        "edge.max-connections-per-ip | -1 | 0..10000000",
        "edge.trusted-proxies | 10.0.0.300/8 | an address block such as 10.0.0.0/8 or fd00::/8",
        "edge.trusted-proxies | 10.0.0.0/33 | an address block such as 10.0.0.0/8 or fd00::/8",
        "edge.proxy-protocol | true | false, or edge.trusted-proxies to name who may send it",
        "edge.origins | example.org | * or scheme://host[:port], without a path",
        "edge.origins | https://a.example/x | * or scheme://host[:port], without a path",
        "edge.transports | smoke | websocket, sse, longpoll",
        "edge.websocket.max-frame | 0 | 1..1GiB",
        "edge.websocket.max-message | 0 | 1..1GiB",
        "edge.websocket.heartbeat | 2d | 0..1d",
        "edge.websocket.idle | soon | a duration such as 500ms, 25s, 5m or 1h; 0 for none",
        "edge.websocket.compression | yes | true or false",
        "session.inbound-credit | 0 | 1..65536",
        "session.outbound-limit | 0 | 1..1GiB",
        "session.outbound-policy | shrug | disconnect, drop-oldest, conflate",
        "node.roles | chef | edge, host or both",
        "admin.port | -1 | 0..65535",
        "cluster.port | 70000 | 0..65535",
        "cluster.bus-port | 70000 | 0..65535",
        "cluster.join | 10.0.0.7 | host:port, such as 10.0.0.7:5701",
        "cluster.join | a:0 | host:port, such as 10.0.0.7:5701",
        "socketio.redis | mongodb://x | redis://[[user]:password@]host[:port]",
        "store | mongodb://x | memory, hazelcast or redis://host[:port]",
      })
  void aBadValueIsNamedWithItsPlaceAndWhatWasExpected(String key, String value, String expected) {
    assertEquals(
        key + " (command line): " + value + " (expected: " + expected + ")",
        complaint(Map.of(), Map.of(key, value)));
  }

  @Test
  void aBadValueInTheFileIsNamedWithItsLine() throws IOException {
    file("# ports", "edge:", "  port: 99999");

    assertEquals(
        "edge.port (selvedge.yaml:3): 99999 (expected: 0..65535)", complaint(Map.of(), Map.of()));
  }

  @Test
  void aBadValueInTheEnvironmentIsNamedWithItsVariable() {
    assertEquals(
        "edge.port (SELVEDGE_EDGE_PORT): -5 (expected: 0..65535)",
        complaint(Map.of("SELVEDGE_EDGE_PORT", "-5"), Map.of()));
  }

  @Test
  void anUnknownKeyIsNamedWithTheNearestOne() throws IOException {
    file("edge:", "  prot: 80");

    assertEquals(
        "edge.prot (selvedge.yaml:2): 80 (expected: a known key; did you mean edge.port?)",
        complaint(Map.of(), Map.of()));
  }

  @Test
  void anUnknownKeyUnlikeAnyOtherPointsToTheList() throws IOException {
    file("edge:", "  colour-of-the-curtains: blue");

    assertEquals(
        "edge.colour-of-the-curtains (selvedge.yaml:2): blue (expected: a known key;"
            + " docs/configuration.md lists them)",
        complaint(Map.of(), Map.of()));
  }

  @Test
  void anUnknownVariableIsNamedWithTheNearestOne() {
    assertEquals(
        "SELVEDGE_EDGE_PROT: 80 (expected: a known variable; did you mean SELVEDGE_EDGE_PORT?)",
        complaint(Map.of("SELVEDGE_EDGE_PROT", "80"), Map.of()));
  }

  @Test
  void aMistypedCredentialIsNotShown() {
    assertEquals(
        "SELVEDGE_TOKN: (not shown) (expected: a known variable; did you mean SELVEDGE_TOKEN?)",
        complaint(Map.of("SELVEDGE_TOKN", "s3cret"), Map.of()));
    assertFalse(complaint(Map.of("SELVEDGE_TOKEN", "two words"), Map.of()).contains("words"));
    assertFalse(load(Map.of("SELVEDGE_TOKEN", "s3cret"), Map.of()).toString().contains("s3cret"));
  }

  @Test
  void aPasswordInTheUrlOfARedisIsNotShown() {
    assertFalse(complaint(Map.of("SELVEDGE_STORE", "redis://:pw@"), Map.of()).contains("pw"));
    assertFalse(
        complaint(Map.of("SELVEDGE_SOCKETIO_REDIS", "redis://:pw@"), Map.of()).contains("pw"));
    assertFalse(
        load(Map.of("SELVEDGE_SOCKETIO_REDIS", "redis://:pw@host"), Map.of())
            .toString()
            .contains("pw"));
  }

  @Test
  void theRedisOfSocketIoServersHasItsWords() throws IOException {
    file(
        "socketio:",
        "  redis: redis://10.0.0.9",
        "  redis-adapter: sharded",
        "  redis-mode: static");

    SocketIoPeersConfig peers = load(Map.of(), Map.of()).socketIoPeers().orElseThrow();
    assertEquals("socket.io", peers.key());
    assertEquals(SocketIoPeersConfig.Adapter.SHARDED, peers.adapter());
    assertEquals(SocketIoPeersConfig.SubscriptionMode.STATIC, peers.mode());
    assertEquals(
        "socketio.redis-mode (command line): lively (expected: static, dynamic, dynamic-private)",
        complaint(Map.of(), Map.of("socketio.redis-mode", "lively")));
  }

  @Test
  void aSectionThatIsAValueAndAValueThatIsASectionAreRefused() throws IOException {
    file("edge: 8080");
    assertEquals(
        "edge (selvedge.yaml:1): 8080 (expected: a section with keys)",
        complaint(Map.of(), Map.of()));

    file("edge:", "  port: {http: 80}");
    assertEquals(
        "edge.port (selvedge.yaml:2): {…} (expected: a value, not a section)",
        complaint(Map.of(), Map.of()));

    file("functions:", "  echo: loud");
    assertEquals(
        "functions.echo: loud (expected: a section with keys)", complaint(Map.of(), Map.of()));
  }

  @Test
  void aKeyGivenTwiceIsRefused() throws IOException {
    file("edge:", "  port: 80", "  port: 81");

    assertEquals(
        "edge.port (selvedge.yaml:3): (again) (expected: each key once)",
        complaint(Map.of(), Map.of()));
  }

  @Test
  void brokenYamlIsNamedWithItsLine() throws IOException {
    file("edge:", "  port: [80");

    String complaint = complaint(Map.of(), Map.of());

    assertTrue(complaint.contains("selvedge.yaml:"), complaint);
    assertTrue(complaint.endsWith("(expected: YAML)"), complaint);
  }

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    file("# nothing yet");

    assertEquals(EdgeConfig.DEFAULT, load(Map.of(), Map.of()).edge());
  }

  @Test
  void aNamedFileThatIsMissingIsAnError() {
    var loader = loader(ConfigLoader.Mode.START, Map.of());

    var error =
        assertThrows(
            ConfigException.class, () -> loader.load(Optional.of(Path.of("no.yaml")), Map.of()));

    assertTrue(error.getMessage().endsWith("no.yaml (expected: a readable YAML file)"));
  }

  @Test
  void poolsRoutesAndListenersAreReadAsTheyAreWritten() throws IOException {
    file(
        "pools:",
        "  chat:",
        "    sticky: {idle: 1h, at-limit: off}",
        "    members: [127.0.0.1:3001, {address: 127.0.0.1:3002, weight: 3}]",
        "routes:",
        "  - {path: /chat, pool: chat, headers: {x: \"7\", y: 010}}",
        "listeners:",
        "  mqtt: {port: 1883, pool: chat, proxy-protocol: true}");

    RoutingConfig routing = load(Map.of(), Map.of()).routing();

    assertEquals(
        new JsonObject(
            """
            {"chat": {"sticky": {"idle": "1h", "at-limit": "off"},
                      "members": ["127.0.0.1:3001",
                                  {"address": "127.0.0.1:3002", "weight": 3}]}}
            """),
        routing.pools());
    assertEquals(
        new JsonObject("{\"x\": \"7\", \"y\": \"010\"}"),
        routing.routes().getJsonObject(0).getJsonObject("headers"));
    assertEquals(true, routing.listeners().getJsonObject("mqtt").getBoolean("proxy-protocol"));
    assertEquals("selvedge.yaml:4", routing.places().get("pools.chat.members[1].weight"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pools: [chat] | pools (selvedge.yaml:1): [\"chat\"] (expected: pools by name)",
        "routes: {path: /} | routes (selvedge.yaml:1): {\"path\":\"/\"} (expected: a list of routes)",
        "pools: {a: {}, a: {}} | pools.a (selvedge.yaml:1): (again) (expected: each key once)"
      })
  void whatIsNoPoolsOrRoutesIsNamedWithItsPlace(String line, String expected) throws IOException {
    file(line);

    assertEquals(expected, complaint(Map.of(), Map.of()));
  }
}
