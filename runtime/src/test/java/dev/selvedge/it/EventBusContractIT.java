package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import dev.selvedge.it.function.Room;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code docs/event-bus.md}, by a program that has no class of Selvedge. */
class EventBusContractIT {
  @RegisterExtension final TestCluster cluster = new TestCluster();

  private final Ports ports = new Ports();
  private List<TestNode> nodes;
  private Vertx program;
  private EventBus bus;

  @BeforeEach
  void joinAsPlainVertxProgram() throws Exception {
    nodes = cluster.start(2);
    cluster.deploy(nodes.get(0), FunctionJar.of("room", Room.class));
    program =
        Eventually.value(
            Vertx.builder()
                .with(
                    new VertxOptions()
                        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .withClusterManager(new HazelcastClusterManager(hazelcast()))
                .buildClustered());
    bus = program.eventBus();
  }

  private Config hazelcast() {
    Config config = new Config().setClusterName("selvedge");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "none");
    config.getNetworkConfig().setPort(ports.free()).setPortAutoIncrement(false);
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true);
    nodes.forEach(node -> join.getTcpIpConfig().addMember(node.clusterAddress()));
    return config;
  }

  @AfterEach
  void leave() throws Exception {
    if (program != null) {
      Eventually.value(program.close());
    }
  }

  @Test
  void programCallsFunctionsReachesSessionsAndPublishes() throws Exception {
    SocketClient here = cluster.clients().socket(nodes.get(0), "/room");
    SocketClient there = cluster.clients().socket(nodes.get(1), "/room");
    Eventually.value(here.request("here"));
    Eventually.value(there.request("here"));

    callsTakeAndGiveValues();
    sendsReachOneSession(here, there);
    publicationsReachTheGroup(here, there);
    membershipsCanBeChanged(there);
    failuresSayWhatIsWrong();
    closesSession(there);
    // A program that comes and goes is no node: nothing of it is left, and nobody minds.
    assertEquals(2, nodes.get(0).admin().nodes().size());
    Eventually.value(program.close());
    program = null;
    assertEquals("websocket", Eventually.value(here.request("here")).getString(0));
  }

  private void callsTakeAndGiveValues() throws Exception {
    List<Object> values =
        List.of(true, 42, "text", new JsonObject().put("a", 1), new JsonArray().add(1).add("two"));
    for (Object body : values) {
      JsonObject answer = (JsonObject) ask("selvedge.call.room", body);
      assertEquals("bus", answer.getString("source"));
      assertEquals(body, answer.getValue("body"));
    }
    JsonObject bytes = (JsonObject) ask("selvedge.call.room", Buffer.buffer(new byte[] {1, 2}));
    assertEquals(Buffer.buffer(new byte[] {1, 2}), bytes.getBuffer("body"));
    JsonObject nothing = (JsonObject) ask("selvedge.call.room", null);
    assertEquals(null, nothing.getValue("body"));
  }

  private void sendsReachOneSession(SocketClient here, SocketClient there) throws Exception {
    int before = there.eventCount();
    ask(
        "selvedge.send",
        new JsonObject()
            .put("session", here.session())
            .put("event", "note")
            .put("args", new JsonArray().add("for you").add(7)));

    awaitLast(here, TestClient.message("note", "for you", 7));
    assertEquals(before, there.eventCount());
  }

  private void publicationsReachTheGroup(SocketClient here, SocketClient there) throws Exception {
    for (int i = 1; i <= 100; i++) {
      ask("selvedge.publish", publication("all", i));
    }
    JsonObject except = publication("some", 101).put("except", new JsonArray().add(here.session()));
    ask("selvedge.publish", except);

    awaitLast(there, TestClient.message("some", 101));
    awaitLast(here, TestClient.message("all", 100));
    List<Integer> hundred = IntStream.rangeClosed(1, 100).boxed().toList();
    assertEquals(hundred, numbers(here, "all"));
    assertEquals(hundred, numbers(there, "all"));
    assertEquals(List.of(), numbers(here, "some"));
  }

  private static JsonObject publication(String event, int number) {
    return new JsonObject()
        .put("group", "room")
        .put("event", event)
        .put("args", new JsonArray().add(number));
  }

  private static List<Integer> numbers(TestClient client, String event) {
    return client.events().stream()
        .filter(each -> each.getString("event").equals(event))
        .map(each -> each.getJsonArray("args").getInteger(0))
        .toList();
  }

  private void membershipsCanBeChanged(SocketClient client) throws Exception {
    JsonObject membership =
        new JsonObject().put("session", client.session()).put("group", "side room");
    JsonObject meta = new JsonObject().put("name", "ann");

    ask("selvedge.join", membership.copy().put("meta", meta));
    JsonArray members =
        (JsonArray) ask("selvedge.members", new JsonObject().put("group", "side room"));
    assertEquals(
        new JsonArray().add(new JsonObject().put("session", client.session()).put("meta", meta)),
        members);
    ask("selvedge.leave", membership);
    members = (JsonArray) ask("selvedge.members", new JsonObject().put("group", "side room"));
    assertTrue(members.isEmpty(), members::encode);
  }

  private void failuresSayWhatIsWrong() {
    ReplyException nobody = refused("selvedge.call.nobody", null);
    assertEquals(ReplyFailure.NO_HANDLERS, nobody.failureType());
    ReplyException gone =
        refused(
            "selvedge.send",
            new JsonObject()
                .put("session", "aaaaaaaa-0-aaaaaaaaaaaaaaaaaaaaaa")
                .put("event", "note")
                .put("args", new JsonArray()));
    assertEquals(404, gone.failureCode());
    assertTrue(gone.getMessage().startsWith("no-such-session: "), gone::getMessage);
    ReplyException bad = refused("selvedge.publish", new JsonObject().put("event", "note"));
    assertEquals(400, bad.failureCode());
  }

  private void closesSession(SocketClient client) throws Exception {
    ask(
        "selvedge.close",
        new JsonObject().put("session", client.session()).put("code", 4500).put("text", "enough"));

    JsonObject reason = Eventually.value(client.closed());
    assertEquals(new JsonObject().put("code", 4500).put("text", "enough"), reason);
  }

  private Object ask(String address, Object body) throws Exception {
    DeliveryOptions patient = new DeliveryOptions().setSendTimeout(Eventually.PATIENCE.toMillis());
    return Eventually.value(bus.<Object>request(address, body, patient)).body();
  }

  private ReplyException refused(String address, Object body) {
    return assertInstanceOf(
        ReplyException.class, assertThrows(Exception.class, () -> ask(address, body)));
  }

  private static void awaitLast(TestClient client, JsonObject expected) throws Exception {
    Eventually.until(
        "the client gets " + expected.encode(),
        () -> {
          List<JsonObject> events = client.events();
          return !events.isEmpty() && events.get(events.size() - 1).equals(expected);
        });
  }
}
