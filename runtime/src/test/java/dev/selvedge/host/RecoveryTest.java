package dev.selvedge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.host.Workbench.Client;
import dev.selvedge.session.Claim;
import dev.selvedge.session.SessionId;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that outlive their clients' connections. */
class RecoveryTest {
  private static final RecoveryConfig LONG =
      new RecoveryConfig(Duration.ofMinutes(10), 16 * 1024 * 1024);

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private Workbench bench;

  private void open(RecoveryConfig rules) throws Exception {
    bench = new Workbench(rules);
    bench.serve(1, ThreadingModel.EVENT_LOOP, Talking::new);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private final class Talking extends Workbench.Recorder {
    Talking() {
      super(bench, heard);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      int count = count(client);
      heard.add(message.event());
      return switch (message.event()) {
        case "publish" -> groups().publish("room", message.text());
        case "quickly" -> groups().asVolatile().publish("room", message.text());
        case "leave" -> client.leave("room");
        case "many" -> many(client, Integer.parseInt(message.text()));
        case "bye" -> client.close(CloseReason.KICKED);
        default -> message.expectsReply() ? message.reply(count) : client.send("count", count);
      };
    }

    private static Future<?> many(Session client, int count) {
      for (int i = 0; i < count; i++) {
        client.send("n", i);
      }
      return Future.succeededFuture();
    }
  }

  /** A client that may come back; it has been welcomed. */
  private Client kept(int lane, SessionId secret) {
    Client client = bench.connectAndThen(lane, session -> session.keep(secret));
    Workbench.await("welcome", () -> client.received().contains("welcome[]"));
    Workbench.await("accepted", () -> client.accepted);
    return client;
  }

  private SessionId secret(int lane) {
    return SessionId.random(bench.fabric.membership().self(), lane, new SecureRandom());
  }

  private static void lose(Client client) {
    client.on(() -> client.session.lost(CloseReason.LOST));
  }

  /** The client comes back on a lane: a new port with what it has missed, or null. */
  private Client comeBack(Client before, SessionId secret, int lane) {
    return comeBack(before.offset, secret, lane, "tested", "/");
  }

  private Client comeBack(
      String offset, SessionId secret, int lane, String function, String namespace) {
    return bench.comeBack(new Claim(secret, offset, function, namespace), lane);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "1, 0"})
  void aClientThatComesBackHasItsSessionItsStateAndWhatItMissed(int from, int to) throws Exception {
    open(LONG);
    SessionId secret = secret(from);
    Client client = kept(from, secret);
    Client other = kept(1 - from, secret(1 - from));
    String id = client.session.id();
    client.say("hello");
    Workbench.await("counted", () -> client.received().contains("count[1]"));

    lose(client);
    other.say("publish", "while-away");
    Workbench.await("published", () -> other.received().contains("while-away[]"));
    Client again = comeBack(client, secret, to);

    assertEquals(id, again.session.id());
    assertEquals(List.of("while-away[]"), again.received());
    again.ask(5, "again");
    Workbench.await("answered", () -> again.received().contains("reply 5[2]"));
    other.say("publish", "after");
    Workbench.await("after", () -> again.received().contains("after[]"));
    assertEquals(List.of("while-away[]", "reply 5[2]", "after[]"), again.received());
    assertEquals(2, heard.stream().filter("open"::equals).count());
    assertTrue(heard.stream().noneMatch(what -> what.startsWith("close")), heard.toString());
    assertTrue(client.received().stream().noneMatch("while-away[]"::equals));
  }

  @Test
  void whatTheClientHadNotGotBeforeItWasMissedIsSentAgain() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    String welcome = client.offset;
    client.say("one");
    client.say("two");
    Workbench.await("counted", () -> client.received().contains("count[2]"));
    lose(client);

    Client again = comeBack(welcome, secret, 0, "tested", "/");

    assertEquals(List.of("count[1]", "count[2]"), again.received());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aClientMayComeBackBeforeItsLossWasSeenAndAgainAndAgain(int to) throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);

    Client second = comeBack(client, secret, to);
    Workbench.await("the first port is closed", () -> client.closed != null);
    second.say("a");
    Workbench.await("a", () -> second.received().contains("count[1]"));
    lose(second);
    Client third = comeBack(second, secret, 0);
    third.say("b");
    Workbench.await("b", () -> third.received().contains("count[2]"));

    assertEquals(List.of("count[2]"), third.received());
    assertNull(third.closed);
  }

  @Test
  void withoutAWayBackASessionEndsWithItsConnection() throws Exception {
    open(LONG);
    Client client = bench.connect(0);
    Workbench.await("accepted", () -> client.accepted);

    lose(client);

    Workbench.await("closed", () -> heard.contains("close 1006"));
    assertFalse(client.session.isOpen());
  }

  @Test
  void aSessionWhoseClientDoesNotComeBackEnds() throws Exception {
    open(new RecoveryConfig(Duration.ofMillis(50), 1024 * 1024));
    SessionId secret = secret(0);
    Client client = kept(0, secret);

    lose(client);

    Workbench.await("closed", () -> heard.contains("close 1006"));
    assertNull(comeBack(client, secret, 0));
    Workbench.await("forgotten", () -> bench.sessions.size() == 0);
  }

  @Test
  void aSessionThatEndsForGoodIsNotFound() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    client.say("bye");
    Workbench.await("closed", () -> heard.contains("close 4005"));

    assertNull(comeBack(client, secret, 0));
    assertNull(comeBack(client, secret, 1));
  }

  @Test
  void onlyTheSecretTheFunctionAndTheNamespaceTogetherLeadToIt() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    lose(client);

    assertNull(comeBack(client.offset, secret(0), 0, "tested", "/"));
    assertNull(
        comeBack(client.offset, SessionId.parse(client.session.id()).get(), 0, "tested", "/"));
    assertNull(comeBack(client.offset, secret, 0, "other", "/"));
    assertNull(comeBack(client.offset, secret, 0, "tested", "/admin"));
    assertNotNull(comeBack(client.offset, secret, 0, "tested", "/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1-aaaaaaaa"})
  void aClientThatNamesAnUnknownEventStartsAfresh(String offset) throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    lose(client);

    assertNull(comeBack(offset, secret, 1, "tested", "/"));
    Workbench.await("the old session ends", () -> heard.contains("close 1006"));
  }

  @Test
  void volatileEventsAndRepliesAreNotSentAgain() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    Client other = kept(1, secret(1));
    client.ask(3, "slow");
    Workbench.await("answered", () -> client.received().contains("reply 3[1]"));
    lose(client);
    other.say("quickly", "gone");
    other.say("publish", "stays");
    Workbench.await("published", () -> other.received().contains("stays[]"));

    assertEquals(List.of("stays[]"), comeBack(client, secret, 0).received());
  }

  @Test
  void aSlowClientOnAnotherLaneHoldsItsSessionBack() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    lose(client);
    Client again = comeBack(client, secret, 1);
    again.writable = false;

    again.say("many", "1000");
    again.say("handled");
    Workbench.await("handled", () -> heard.contains("handled"));
    assertEquals(List.of(), again.received());
    again.on(
        () -> {
          again.writable = true;
          again.session.drained();
        });

    Workbench.await("all", () -> again.received().size() == 1_001);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      expected.add("n[" + i + "]");
    }
    expected.add("count[2]");
    assertEquals(expected, again.received());
  }

  @Test
  void aClientOnAnotherLaneEndsItsSession() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    Client again = comeBack(client, secret, 1);

    again.on(() -> again.session.end(CloseReason.NORMAL));

    Workbench.await("closed", () -> heard.contains("close 1000"));
  }

  @Test
  void aFunctionClosesAClientOnAnotherLane() throws Exception {
    open(LONG);
    SessionId secret = secret(0);
    Client client = kept(0, secret);
    Client again = comeBack(client, secret, 1);

    again.say("bye");

    Workbench.await("closed", () -> again.closed != null);
    assertEquals(CloseReason.KICKED, again.closed);
  }
}
