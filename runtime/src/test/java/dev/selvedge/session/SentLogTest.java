package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.selvedge.fabric.NodeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client has missed that names the last event it got. */
class SentLogTest {
  private static final NodeId NODE = new NodeId("aaaaaaaa");
  private static final SessionId ANN = new SessionId(NODE, 0, "a".repeat(22));
  private static final SessionId BOB = new SessionId(NODE, 0, "b".repeat(22));

  private final SentLog log = new SentLog(1_000_000, 1_000);
  private long number;
  private Mark settled;
  private SentLog.Past past = SentLog.Past.NONE;

  private Mark direct(SessionId to) {
    Outbound message = next();
    log.add(new SentLog.Direct(message, to, 0));
    return message.mark();
  }

  private Mark published(Audience audience) {
    Outbound message = next();
    log.add(new SentLog.Published(message, audience, 0));
    return message.mark();
  }

  private Outbound next() {
    number++;
    return Outbound.event("e" + number, List.of()).marked(new Mark(NODE, number));
  }

  private void joined(SessionId session, String group) {
    log.add(new SentLog.Moved(session, group, true, 0));
  }

  private void left(SessionId session, String group) {
    log.add(new SentLog.Moved(session, group, false, 0));
  }

  private static GroupWire.Publish to(String group, String... except) {
    return new GroupWire.Publish(group, "e", List.of(), List.of(except));
  }

  private Optional<List<String>> missed(SessionId by, Mark last, String... groupsNow) {
    return new SentLog.Search(by, "f", List.of(groupsNow), last, settled, past)
        .in(log.backwards())
        .map(all -> all.stream().map(Outbound::event).toList());
  }

  @Test
  void ownEventsAfterTheLastOneInTheirOrder() {
    Mark last = direct(ANN);
    direct(BOB);
    direct(ANN);
    direct(ANN);

    assertEquals(Optional.of(List.of("e3", "e4")), missed(ANN, last));
    assertEquals(Optional.of(List.of()), missed(ANN, new Mark(NODE, 4)));
  }

  @Test
  void anEventOfAnotherClientIsNotOneThatThisOneCanHaveGot() {
    direct(ANN);
    Mark bobs = direct(BOB);

    assertEquals(Optional.empty(), missed(ANN, bobs));
    assertEquals(Optional.empty(), missed(ANN, new Mark(NODE, 99)));
  }

  static Stream<Arguments> audiences() {
    return Stream.of(
        arguments(to("g"), true),
        arguments(to("h"), false),
        arguments(to("g", ANN.toString()), false),
        arguments(broadcast(List.of("x", "g"), null, List.of()), true),
        arguments(broadcast(List.of(), "f", List.of()), true),
        arguments(broadcast(List.of(), "other", List.of()), false),
        arguments(broadcast(List.of("g"), "f", List.of("g")), false));
  }

  private static GroupWire.Broadcast broadcast(
      List<String> groups, String function, List<String> exceptGroups) {
    return new GroupWire.Broadcast(
        groups, function, "e", List.of(), List.of(), exceptGroups, false);
  }

  @ParameterizedTest
  @MethodSource("audiences")
  void publicationsThatAreMeantForIt(Audience audience, boolean meant) {
    Mark last = direct(ANN);
    published(audience);

    assertEquals(Optional.of(meant ? List.of("e2") : List.of()), missed(ANN, last, "g"));
  }

  @Test
  void publicationsOfTheTimeInTheGroupOnly() {
    Mark last = direct(ANN);
    published(to("g"));
    joined(ANN, "g");
    joined(BOB, "h");
    published(to("g"));
    published(to("h"));
    left(ANN, "g");
    published(to("g"));
    joined(ANN, "h");
    published(to("h"));

    assertEquals(Optional.of(List.of("e3", "e6")), missed(ANN, last, "h"));
  }

  @Test
  void afterALongSilenceNothingElseWasMissedThanWhatTheLogHas() {
    settled = new Mark(NODE, 1_000);
    direct(ANN);

    assertEquals(Optional.of(List.of("e1")), missed(ANN, settled));
    assertEquals(Optional.empty(), missed(ANN, new Mark(NODE, 1_001)));
  }

  @Test
  void thePastAtAnotherEdgeComesBeforeWhatWasSentHere() {
    SentLog.Published first = new SentLog.Published(next(), to("g"), 0);
    SentLog.Late second = new SentLog.Late(new Mark(NODE, 2), 0);
    SentLog.Direct third = new SentLog.Direct(Marked.event("e3", "3-aaaaaaaa"), ANN, 0);
    past = new SentLog.Past(List.of(first, second, third), Map.of(new Mark(NODE, 2), second));
    number = 9;
    published(to("g"));
    log.add(new SentLog.Adopted(ANN, 0));
    published(to("g"));

    assertEquals(Optional.of(List.of("e11")), missed(ANN, new Mark(NODE, 3), "g"));
    assertEquals(Optional.of(List.of("e3", "e11")), missed(ANN, new Mark(NODE, 2), "g"));
    assertEquals(Optional.empty(), missed(ANN, new Mark(NODE, 1), "g"));

    SentLog.Published late = new SentLog.Published(Marked.event("e2", "2-aaaaaaaa"), to("g"), 0);
    second.arrived(late);
    log.add(late);
    assertEquals(Optional.of(List.of("e2", "e3", "e11")), missed(ANN, new Mark(NODE, 1), "g"));
    assertEquals(Optional.of(List.of("e3", "e11")), missed(ANN, new Mark(NODE, 2), "g"));
  }

  @Test
  void whatIsTooOldIsForgotten() {
    Mark last = direct(ANN);
    log.add(new SentLog.Direct(next(), ANN, 1_000));
    assertEquals(Optional.of(List.of("e2")), missed(ANN, last));

    log.add(new SentLog.Direct(next(), ANN, 1_001));

    assertEquals(Optional.empty(), missed(ANN, last));
    assertEquals(Optional.of(List.of("e3")), missed(ANN, new Mark(NODE, 2)));
  }

  @Test
  void bytesAreBounded() {
    Mark first = direct(ANN);
    Mark latest = first;
    for (int i = 0; i < 100_000; i++) {
      latest = direct(ANN);
    }
    direct(ANN);

    assertEquals(Optional.empty(), missed(ANN, first));
    assertEquals(Optional.of(List.of("e100002")), missed(ANN, latest));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "1-",
        "-aaaaaaaa",
        "1-aaaaaaa",
        "1-aaaaaaaaa",
        "A-aaaaaaaa",
        "0x1-aaaaaaaa",
        "9999999999999-aaaaaaaa",
        "1aaaaaaaa"
      })
  void whatIsNoMarkIsNone(String text) {
    assertEquals(Optional.empty(), Mark.parse(text));
  }

  @Test
  void marksAreRead() {
    for (long n : new long[] {1, 35, 36, 1_234_567_890_123L}) {
      assertEquals(Optional.of(new Mark(NODE, n)), Mark.parse(new Mark(NODE, n).toString()));
    }
  }
}
