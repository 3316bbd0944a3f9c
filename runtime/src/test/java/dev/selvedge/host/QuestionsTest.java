package dev.selvedge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.function.Sessions;
import dev.selvedge.host.Workbench.Client;
import dev.selvedge.session.ReplyError;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What functions ask clients, how they let them in, and whom they publish to. */
class QuestionsTest {
  private static final Duration LONG = Duration.ofMinutes(3);

  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final List<Asking> instances = new CopyOnWriteArrayList<>();
  private Workbench bench;

  @BeforeEach
  void open() throws Exception {
    bench = new Workbench();
    bench.serve(1, ThreadingModel.EVENT_LOOP, Asking::new);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private final class Asking extends Workbench.Tested {
    Asking() {
      super(bench);
      instances.add(this);
    }

    @Override
    protected Future<?> onOpen(Session client) {
      String name = client.handshake().path();
      if (name.equals("/banned")) {
        throw new FunctionException("banned", "not you", 7);
      }
      client.send("welcome");
      return client.join("all");
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      return switch (message.event()) {
        case "join" -> client.join(message.text());
        case "ask" -> note(client.request(LONG, "question", message.text()));
        case "ask-briefly" -> note(client.request(Duration.ofMillis(20), "question"));
        case "volatile" -> client.sendVolatile("quick", message.args().toArray());
        case "to-both" -> groups().publish(List.of("a", "b"), "both");
        case "to-a-not-b" -> groups().exceptGroups("b").publish("a", "only");
        case "to-everyone" -> sessions().publish("everyone");
        case "quickly-to-a" -> groups().asVolatile().publish("a", "quick");
        case "note" -> {
          answers.add("noted");
          yield Future.succeededFuture();
        }
        default -> client.send(message.event());
      };
    }

    private Future<Void> note(Future<List<Object>> answer) {
      answer.onComplete(
          done ->
              answers.add(
                  done.succeeded()
                      ? done.result().toString()
                      : ((FunctionException) done.cause()).code()));
      return Future.succeededFuture();
    }

    Sessions mySessions() {
      return sessions();
    }

    Groups myGroups() {
      return groups();
    }
  }

  private static long questionOf(Client client) {
    Workbench.await(
        "a question",
        () -> client.received().stream().anyMatch(line -> line.startsWith("question")));
    String line =
        client.received().stream().filter(each -> each.startsWith("question")).findFirst().get();
    return Long.parseLong(line.substring(line.indexOf('?') + 1));
  }

  @Test
  void theAnswerOfTheClientIsTheFuturesValue() {
    Client client = bench.connect(0);
    client.say("ask", "why");
    long question = questionOf(client);

    client.on(() -> client.session.answer(question + 1, List.of("unasked")));
    client.on(() -> client.session.answer(question, List.of("because", 1)));
    client.on(() -> client.session.answer(question, List.of("twice")));

    Workbench.await("the answer", () -> answers.size() == 1);
    assertEquals(List.of("[because, 1]"), answers);
  }

  @Test
  void anErrorATimeoutAndTheEndOfTheSessionFailIt() {
    Client client = bench.connect(0);
    client.say("ask", "one");
    long question = questionOf(client);
    client.on(() -> client.session.answerError(question, new ReplyError("no", "never", null)));
    Workbench.await("the error", () -> answers.equals(List.of("no")));

    client.say("ask-briefly");
    Workbench.await("the time-out", () -> answers.equals(List.of("no", "timeout")));

    client.say("ask", "two");
    Workbench.await("asked again", () -> client.received().size() == 4);
    client.on(() -> client.session.end(CloseReason.NORMAL));
    Workbench.await("the end", () -> answers.equals(List.of("no", "timeout", "no-such-session")));
  }

  @Test
  void timeoutsOutOfRangeAreRefused() {
    Client client = bench.connect(0);
    Workbench.await("in", () -> client.accepted);
    String id = client.session.id();

    for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofHours(2))) {
      FunctionException refused =
          assertThrows(
              FunctionException.class,
              () -> instances.get(0).mySessions().request(id, bad, "question"));
      assertTrue(refused.text().contains(bad.toString()), refused.text());
    }
  }

  /** Long enough for two answers on a busy machine; the third never comes. */
  private static final Duration TIME_FOR_TWO = Duration.ofSeconds(10);

  @Test
  void allMembersOfAGroupCanBeAsked() {
    Client first = bench.connect(0);
    Client second = bench.connect(1);
    Client silent = bench.connect(1);
    for (Client each : List.of(first, second, silent)) {
      Workbench.await("in", () -> each.accepted);
    }

    Future<Groups.Answers> asked =
        instances.get(0).myGroups().request(TIME_FOR_TWO, "all", "question");
    long one = questionOf(first);
    first.on(() -> first.session.answer(one, List.of(1)));
    long two = questionOf(second);
    second.on(() -> second.session.answer(two, List.of(2)));

    Groups.Answers answers = Workbench.get(asked);
    assertEquals(1, answers.missing());
    assertEquals(
        List.of(1, 2),
        answers.answers().stream().map(each -> (Integer) each.args().get(0)).sorted().toList());
  }

  @Test
  void aPortIsToldThatItsClientWasLetInOrWhyNot() {
    Client client = bench.connect(0);
    Workbench.await("in", () -> client.accepted);

    Client banned = bench.connect(0, "/banned");
    Workbench.await("out", () -> banned.closed != null);
    assertEquals(new ReplyError("banned", "not you", 7), banned.refused);
    assertEquals(CloseReason.REFUSED.code(), banned.closed.code());
    assertTrue(!banned.accepted);
  }

  @Test
  void volatileMessagesAreDroppedForClientsThatAreBehind() {
    Client client = bench.connect(0);
    Workbench.await("in", () -> client.accepted);
    client.say("join", "a");
    client.say("joined?");
    Workbench.await("joined", () -> client.received().contains("joined?[]"));
    client.on(() -> client.writable = false);

    client.say("volatile", 1);
    client.say("quickly-to-a");
    client.say("note");
    Workbench.await("what was said has been handled", () -> answers.contains("noted"));
    client.on(
        () -> {
          client.writable = true;
          client.session.drained();
        });
    client.say("volatile", 2);

    Workbench.await("the second", () -> client.received().contains("quick[2]"));
    assertEquals(List.of("welcome[]", "joined?[]", "quick[2]"), client.received());
  }

  @Test
  void publicationsToSeveralGroupsReachEachSessionOnceAndExceptionsNone() {
    Client a = bench.connect(0);
    Client both = bench.connect(1);
    Client neither = bench.connect(1);
    a.say("join", "a");
    both.say("join", "a");
    both.say("join", "b");
    neither.say("join", "c");
    List<Client> all = List.of(a, both, neither);
    Workbench.await("joined", () -> Workbench.get(membersOf("b")).size() == 1);
    Workbench.await("joined", () -> Workbench.get(membersOf("a")).size() == 2);

    a.say("to-both");
    a.say("to-a-not-b");
    a.say("to-everyone");

    for (Client each : all) {
      Workbench.await("the last", () -> each.received().contains("everyone[]"));
    }
    assertEquals(List.of("welcome[]", "both[]", "only[]", "everyone[]"), a.received());
    assertEquals(List.of("welcome[]", "both[]", "everyone[]"), both.received());
    assertEquals(List.of("welcome[]", "everyone[]"), neither.received());
  }

  private Future<List<Groups.Member>> membersOf(String group) {
    return instances.get(0).myGroups().members(group);
  }

  @Test
  void membersOfAGroupCanBeMovedAndClosedTogether() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(bench.connect(i % 2));
    }
    clients.forEach(each -> Workbench.await("in", () -> each.accepted));
    Groups groups = instances.get(0).myGroups();

    Workbench.get(groups.joinAll("all", "party"));
    assertEquals(6, Workbench.get(membersOf("party")).size());

    Workbench.get(groups.except(clients.get(0).session.id()).leaveAll("party", "party"));
    assertEquals(1, Workbench.get(membersOf("party")).size());

    Workbench.get(groups.closeAll("party", CloseReason.KICKED));
    Workbench.await("closed", () -> clients.get(0).closed != null);
    assertEquals(CloseReason.KICKED, clients.get(0).closed);
    assertTrue(clients.stream().skip(1).allMatch(each -> each.closed == null));
  }
}
