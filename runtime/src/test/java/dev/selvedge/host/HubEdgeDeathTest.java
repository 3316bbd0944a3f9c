package dev.selvedge.host;

import static dev.selvedge.host.Workbench.await;
import static dev.selvedge.host.Workbench.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.selvedge.config.EdgeConfig;
import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.config.SignalRConfig;
import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.WebSocketLimits;
import dev.selvedge.fabric.Lane;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.protocol.Dispatch;
import dev.selvedge.protocol.signalr.SignalRProtocol;
import dev.selvedge.session.SessionId;
import dev.selvedge.session.ToClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SignalR's stateful reconnect across the end of an edge: three nodes, of which the first in the
 * order of ids ends; it has the connections.
 */
class HubEdgeDeathTest extends OnThreeNodes {
  private final Map<Workbench, Dispatch> doors = new ConcurrentHashMap<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Promise<Void>> held = new ConcurrentHashMap<>();

  private void open(RecoveryConfig rules) throws Exception {
    open(
        fabric -> {
          Workbench node = new Workbench(fabric, rules, bench -> doors.put(bench, door(bench)));
          node.serve(1, ThreadingModel.EVENT_LOOP, () -> new Talking(node));
          return node;
        });
  }

  private static Dispatch door(Workbench bench) {
    FunctionRoute route =
        new FunctionRoute(
            "/tested",
            Workbench.FUNCTION,
            List.of("signalr"),
            List.of(),
            WebSocketLimits.DEFAULT,
            Duration.ofSeconds(25),
            Duration.ofSeconds(30),
            name -> Optional.empty());
    SignalRProtocol signalR =
        new SignalRProtocol(
            bench.fabric, bench.sessions, EdgeConfig.DEFAULT, SignalRConfig.DEFAULT);
    return new Dispatch(
        bench.fabric,
        asked -> Optional.of(route),
        List.of(signalR),
        (function, call) -> Future.failedFuture("not called"));
  }

  private final class Talking extends Workbench.Recorder {
    Talking(Workbench at) {
      super(at, heard);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      String what = message.args().isEmpty() ? "" : String.valueOf(message.args().get(0));
      handled.add(message.event() + what + (message.redelivered() ? "*" : ""));
      return switch (message.event()) {
        case "tell" -> client.send("told", what);
        case "publish" -> groups().publish("room", "shouted", what);
        case "ask" -> message.reply(what);
        case "hold" ->
            held.computeIfAbsent(what, name -> Promise.promise())
                .future()
                .compose(
                    done -> message.expectsReply() ? message.reply(what) : client.send("held"));
        case "count" -> Future.succeededFuture(); // a stream that never begins
        default -> Future.failedFuture("no such event");
      };
    }
  }

  private Lane lane(int node, int lane) {
    return nodes.get(node).fabric.lane(lane);
  }

  private Dispatch door(int node) {
    return doors.get(nodes.get(node));
  }

  /** A client whose function has let it in, and that has got two messages. */
  private HubClient client(int node, int lane) {
    HubClient client = new HubClient(door(node), lane(node, lane));
    client.invoke("0", "ask", "hello");
    client.await("let in", () -> client.received.contains("0=hello"));
    assertEquals(List.of("welcome[]", "0=hello"), client.received);
    client.received.clear();
    handled.clear();
    return client;
  }

  private static List<String> numbered(String event, int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(event + "[" + i + "]");
    }
    return all;
  }

  private List<String> handled() {
    synchronized (handled) {
      return List.copyOf(handled);
    }
  }

  private static List<String> only(List<String> all, String beginning) {
    return all.stream().filter(each -> each.startsWith(beginning)).toList();
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 0", "0, 2, 1", "1, 2, 1", "2, 1, 0", "2, 2, 1"})
  void aConnectionGoesOnAtTheHeir(int host, int backTo, int lane) throws Exception {
    open(LONG);
    hostOn(host, 1, 2);
    HubClient client = client(0, 1);
    client.send("tell", "before");
    client.await("before", () -> client.received.contains("told[before]"));

    kill(0);
    client.comeBack(door(backTo), lane(backTo, lane));
    client.send("tell", "after");
    client.invoke("7", "ask", "x");
    client.await("answered", () -> client.received.contains("7=x"));

    assertEquals(List.of("told[before]", "told[after]", "7=x"), client.received);
    assertEquals(List.of("tellbefore", "tellafter", "askx"), handled());
    assertEquals(List.of("open"), heard);
    assertEquals(List.of(1L), client.sequences);
    assertNull(client.error);
  }

  @Test
  void whatIsAcknowledgedIsNotRepeated() throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);
    client.send("tell", "a");
    client.await("a", () -> client.received.contains("told[a]"));
    client.acknowledge();
    client.send("tell", "b");
    client.await("b", () -> client.received.contains("told[b]"));

    kill(0);
    client.comeBack(door(1), lane(1, 0));

    assertEquals(List.of(4L), client.sequences);
    client.send("tell", "c");
    client.await("c", () -> client.received.contains("told[c]"));
    assertEquals(List.of("told[a]", "told[b]", "told[c]"), client.received);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsLostOrDoubledInTheMidstOfTraffic(boolean violently) throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);
    HubClient other = client(2, 1);
    int count = 2_000;
    for (int i = 0; i < count; i++) {
      client.send("tell", "" + i);
      other.send("publish", "" + i);
      if (i == count / 2) {
        client.await("some", () -> client.received.size() > 300);
        client.acknowledge();
        if (violently) {
          // What a function sends to a client alone and an edge takes with it is gone with that.
          client.await("all told", () -> client.received.contains("told[" + count / 2 + "]"));
          kill(0);
        } else {
          get(nodes.get(0).sessions.drain());
        }
        client.comeBack(door(2), lane(2, 0));
      }
      if (i % 50 == 0) {
        client.acknowledge();
        other.acknowledge();
      }
    }
    client.await(
        "all",
        () -> {
          client.acknowledge();
          other.acknowledge();
          return only(client.received, "told").size() >= count
              && only(client.received, "shouted").size() >= count;
        });

    assertEquals(numbered("told", count), only(client.received, "told"));
    assertEquals(numbered("shouted", count), only(client.received, "shouted"));
    assertEquals(count, only(handled(), "tell").size());
    assertEquals(2, heard.stream().filter("open"::equals).count());
    assertEquals(2, heard.size(), heard.toString());
  }

  @Test
  void whatTheDeadEdgeHadPassedOnIsHandledOnce() throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);
    client.send("hold", "a");
    client.invoke("1", "ask", "b");
    client.send("tell", "c");
    await("handling", () -> handled().size() == 1);

    kill(0);
    client.comeBack(door(1), lane(1, 0));
    client.send("tell", "d");
    held.get("a").complete();

    client.await("all", () -> client.received.contains("told[d]"));
    assertEquals(List.of("holda", "askb", "tellc", "telld"), handled());
    assertEquals(List.of("held[]", "1=b", "told[c]", "told[d]"), client.received);
  }

  @Test
  void anInvocationUnderWayIsAnsweredThroughTheHeir() throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);
    client.invoke("1", "hold", "a");
    await("handling", () -> handled().size() == 1);

    kill(0);
    client.comeBack(door(2), lane(2, 1));
    held.get("a").complete();

    client.await("answer", () -> client.received.contains("1=a"));
    assertEquals(List.of("holda"), handled());
  }

  @Test
  void whatDiedWithItsHostIsHandledAgain() throws Exception {
    open(LONG);
    hostOn(0, 1);
    HubClient client = client(0, 0);
    client.invoke("1", "hold", "a");
    client.send("tell", "b");
    await("handling", () -> handled().size() == 1);

    kill(0);
    held.get("a").complete();
    client.comeBack(door(2), lane(2, 1));

    client.await("answer", () -> client.received.contains("told[b]"));
    assertEquals(List.of("holda", "holda*", "tellb*"), handled());
    assertEquals(List.of("1=a", "told[b]"), client.received);
  }

  @Test
  void aStreamEndsWithItsEdge() throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);
    client.stream("s", "count");
    await("handling", () -> handled().size() == 1);

    kill(0);
    client.comeBack(door(1), lane(1, 1));

    client.await("its end", () -> client.received.contains("s!"));
    assertEquals(List.of("count"), handled());
  }

  @Test
  void anHeirThatDiesHasAnHeir() throws Exception {
    open(LONG);
    hostOn(2);
    HubClient client = client(0, 0);
    client.send("tell", "a");
    client.await("a", () -> client.received.contains("told[a]"));
    kill(0);
    client.comeBack(door(2), lane(2, 0));
    client.send("tell", "b");
    client.await("b", () -> client.received.contains("told[b]"));

    kill(1);
    client.await("cut off", client::isCutOff);
    client.comeBack(door(2), lane(2, 1));
    client.send("tell", "c");

    client.await("c", () -> client.received.contains("told[c]"));
    assertEquals(List.of("told[a]", "told[b]", "told[c]"), client.received);
    assertEquals(List.of("tella", "tellb", "tellc"), handled());
  }

  @Test
  void aStoppingEdgeBreaksTheSocketWithoutAWordOfGoodbye() throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);

    get(nodes.get(0).sessions.drain());

    client.await("cut off", client::isCutOff);
    assertNull(client.error);
    // The node that stops knows where it is, too.
    client.comeBack(door(0), lane(0, 1));
    client.send("tell", "a");
    client.await("a", () -> client.received.contains("told[a]"));
  }

  @Test
  void whoMissesWhatNobodyKnowsBeginsAnew() throws Exception {
    open(LONG);
    hostOn(2, 1);
    HubClient client = client(0, 0);
    kill(0);
    client.comeBack(door(1), lane(1, 0));
    SessionId session = SessionId.parse(client.id).orElseThrow();
    NodeId heir = nodes.get(1).fabric.membership().self();

    // As the host would say it, had it sent more to the dead edge than that has told of.
    Lane host = lane(2, 0);
    host.run(() -> host.send(heir, new ToClient.Posted(session, 3)));

    client.await("told", () -> client.error != null);
    assertEquals("{\"type\":7,\"allowReconnect\":true}", client.error);
    await("closed", () -> heard.contains("close 1012"));
    assertEquals(404, client.tryAgain(door(2), lane(2, 0)));
  }

  @Test
  void withoutAWindowTheConnectionEndsWithItsEdge() throws Exception {
    open(RecoveryConfig.OFF);
    hostOn(2, 1);
    HubClient client = client(0, 0);

    kill(0);

    assertEquals(404, client.tryAgain(door(1), lane(1, 0)));
    await("closed", () -> heard.contains("close 1006"));
  }
}
