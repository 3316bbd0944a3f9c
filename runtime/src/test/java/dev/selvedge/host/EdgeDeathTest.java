package dev.selvedge.host;

import static dev.selvedge.host.Workbench.await;
import static dev.selvedge.host.Workbench.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.host.Workbench.Client;
import dev.selvedge.session.Claim;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that outlive their edges: three nodes, of which the first in the order of ids ends. */
class EdgeDeathTest extends OnThreeNodes {
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private void open(RecoveryConfig rules) throws Exception {
    open(
        fabric -> {
          Workbench node = new Workbench(fabric, rules);
          node.serve(1, ThreadingModel.EVENT_LOOP, () -> new Talking(node));
          return node;
        });
  }

  private final class Talking extends Workbench.Recorder {
    Talking(Workbench at) {
      super(at, heard);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      int count = count(client);
      return switch (message.event()) {
        case "publish" -> groups().publish("room", message.text());
        case "join" -> client.join(message.text()).onSuccess(in -> heard.add("joined"));
        default -> client.send("count", count);
      };
    }
  }

  private SessionId secret(int node, int lane) {
    NodeId self = nodes.get(node).fabric.membership().self();
    return SessionId.random(self, lane, new SecureRandom());
  }

  /** A client that may come back; it has been welcomed. */
  private Client kept(int node, int lane, SessionId secret) {
    Client client = nodes.get(node).connectAndThen(lane, session -> session.keep(secret));
    await("welcome", () -> client.received().contains("welcome[]"));
    await("accepted", () -> client.accepted);
    return client;
  }

  private Client comeBack(Client before, SessionId secret, int node, int lane) {
    Claim claim = new Claim(secret, before.offset, Workbench.FUNCTION, "/");
    return nodes.get(node).comeBack(claim, lane);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0", "0, 2, 1", "1, 2, 0", "2, 2, 1"})
  void aClientWhoseEdgeHasDiedGoesOnElsewhere(int host, int backTo, int lane) throws Exception {
    open(LONG);
    hostOn(host, 1, 2);
    SessionId secret = secret(0, 1);
    Client client = kept(0, 1, secret);
    Client other = kept(2, 0, secret(2, 0));
    client.say("hello");
    await("counted", () -> client.received().contains("count[1]"));

    kill(0);
    other.say("publish", "while-away");
    await("published", () -> other.received().contains("while-away[]"));
    Client again = comeBack(client, secret, backTo, lane);

    assertNotNull(again);
    assertEquals(client.session.id(), again.session.id());
    again.say("again");
    await("counted on", () -> again.received().contains("count[2]"));
    other.say("publish", "after");
    await("after", () -> again.received().contains("after[]"));
    assertEquals(List.of("while-away[]", "count[2]", "after[]"), again.received());
    assertEquals(2, heard.stream().filter("open"::equals).count());
    assertTrue(heard.stream().noneMatch(what -> what.startsWith("close")), heard.toString());
  }

  /** Holds all lanes of a node until it is opened. */
  private CountDownLatch stall(int node) {
    CountDownLatch opened = new CountDownLatch(1);
    for (Lane lane : nodes.get(node).fabric.lanes()) {
      lane.run(() -> awaitQuietly(opened));
    }
    return opened;
  }

  private static void awaitQuietly(CountDownLatch opened) {
    try {
      opened.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoHasJoinedAGroupOutlivesItsEdgeThere() throws Exception {
    open(LONG);
    hostOn(2);
    Client client = kept(0, 1, secret(0, 1));
    CountDownLatch opened = new CountDownLatch(1);
    CountDownLatch stalled = new CountDownLatch(1);
    Lane lane = nodes.get(1).fabric.lane(1); // lane 0 still hears what the others say of groups
    lane.run(
        () -> {
          stalled.countDown();
          awaitQuietly(opened);
        });
    stalled.await();

    client.say("join", "fresh");
    NodeId edge = nodes.get(0).fabric.membership().self();
    await("known", () -> nodes.get(2).sessions.groups().nodesWith("fresh").contains(edge));
    Thread.sleep(200); // a join that did not wait would be over
    heard.add("standby goes on");
    opened.countDown();

    await("joined", () -> heard.contains("joined"));
    assertTrue(heard.indexOf("standby goes on") < heard.indexOf("joined"), heard.toString());
    NodeId standby = nodes.get(1).fabric.membership().self();
    assertTrue(nodes.get(2).sessions.groups().nodesWith("fresh").contains(standby));
  }

  @Test
  void aHostThatLeavesIsRidOfSessionsThatAnotherEdgeTookOver() throws Exception {
    open(LONG);
    hostOn(2, 1);
    SessionId secret = secret(0, 1);
    Client client = kept(0, 1, secret);
    CountDownLatch opened = stall(1);
    kill(0);
    await("gone", () -> nodes.get(2).fabric.membership().nodes().size() == 2);

    Future<Void> left = nodes.get(2).host.drainAll(600_000);
    opened.countDown();
    get(left);
    hostOn(1);
    Client again = comeBack(client, secret, 1, 1);
    again.say("again");

    await("counted", () -> again.received().contains("count[1]"));
    assertTrue(heard.stream().noneMatch(what -> what.startsWith("close")), heard.toString());
  }

  @Test
  void whoeverKnowsTheIdStillReachesIt() throws Exception {
    open(LONG);
    hostOn(2, 1);
    SessionId secret = secret(0, 0);
    Client client = kept(0, 0, secret);
    SessionId id = SessionId.parse(client.session.id()).orElseThrow();
    kill(0);
    Client again = comeBack(client, secret, 2, 0);

    get(
        nodes
            .get(2)
            .clients
            .send(nodes.get(2).fabric.lane(1), id, Outbound.event("direct", List.of())));
    await("direct", () -> again.received().contains("direct[]"));
  }

  @Test
  void anEdgeThatStopsHandsItsSessionsOver() throws Exception {
    open(LONG);
    hostOn(2, 1);
    SessionId secret = secret(0, 1);
    Client client = kept(0, 1, secret);
    Client other = kept(2, 0, secret(2, 0));

    get(nodes.get(0).sessions.drain());
    assertEquals(CloseReason.SERVICE_RESTART, client.closed);
    other.say("publish", "meanwhile");
    await("published", () -> other.received().contains("meanwhile[]"));
    Client again = comeBack(client, secret, 2, 1);
    assertNotNull(again);
    kill(0);
    again.say("again");

    await("counted", () -> again.received().contains("count[1]"));
    assertEquals(List.of("meanwhile[]", "count[1]"), again.received());
    assertTrue(heard.stream().noneMatch(what -> what.startsWith("close")), heard.toString());
  }

  @Test
  void whoDoesNotComeBackIsOver() throws Exception {
    open(new RecoveryConfig(Duration.ofSeconds(1), 1024 * 1024));
    hostOn(2, 1);
    SessionId secret = secret(0, 0);
    Client client = kept(0, 0, secret);

    kill(0);

    await("closed", () -> heard.contains("close 1006"));
    assertNull(comeBack(client, secret, 1, 0));
    assertEquals(1, heard.stream().filter("close 1006"::equals).count());
  }

  @Test
  void anHeirThatDiesHasAnHeir() throws Exception {
    open(LONG);
    hostOn(2);
    SessionId secret = secret(0, 0);
    Client client = kept(0, 0, secret);
    kill(0);
    Client second = comeBack(client, secret, 2, 0);
    second.say("a");
    await("a", () -> second.received().contains("count[1]"));

    kill(1);
    await("cut off", () -> second.closed != null);
    Client third = comeBack(second, secret, 2, 1);

    assertNotNull(third);
    third.say("b");
    await("b", () -> third.received().contains("count[2]"));
    assertEquals(List.of("count[2]"), third.received());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noPublicationIsLostOrSeenTwice(boolean violently) throws Exception {
    open(LONG);
    hostOn(2);
    SessionId secret = secret(0, 0);
    Client client = kept(0, 0, secret);
    Client other = kept(2, 0, secret(2, 0));
    int count = 3_000;
    for (int i = 0; i < count; i++) {
      other.say("publish", "n" + i);
      if (i == 1_000) {
        await("some", () -> client.received().size() > 500);
        if (violently) {
          kill(0);
        } else {
          get(nodes.get(0).sessions.drain());
        }
      }
    }
    await("all published", () -> other.received().contains("n" + (count - 1) + "[]"));

    Client again = comeBack(client, secret, 1, 0);

    assertNotNull(again);
    await("the last", () -> again.received().contains("n" + (count - 1) + "[]"));
    List<String> all = new ArrayList<>(client.received());
    all.addAll(again.received());
    List<String> expected = new ArrayList<>();
    expected.add("welcome[]");
    for (int i = 0; i < count; i++) {
      expected.add("n" + i + "[]");
    }
    assertEquals(expected, all);
  }
}
